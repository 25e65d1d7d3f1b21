"""One decision in the making: events are applied as they are emitted, so each rule sees the newest state."""

from typing import Final

from treadle.core.evolve import evolve
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.events import ActivityStarted, Event, NodeCompleted, NodeEntered, NodeSkipped
from treadle.model.execution import Execution, Frame
from treadle.model.ids import FrameId, Instant
from treadle.model.program import Program

TRANSITIONS_MAX: Final = 256
"""Visits entered or left in one decision; then it is committed, and continued."""
TRANSITIONS: Final = frozenset({NodeEntered, NodeCompleted, NodeSkipped})


class Turn:
    """Mutable, and never leaves `decide`. `execution` is the state after the events so far.

    `since` is the version before this decision, `started` are the frames of which an attempt was started;
    `is_settled` says that nothing more can be done now.
    """

    __slots__ = (
        "events",
        "execution",
        "has_started",
        "is_settled",
        "now",
        "program",
        "since",
        "started",
        "transitions",
    )
    execution: Execution

    def __init__(self, program: Program, execution: Execution | None, now: Instant) -> None:
        self.program = program
        self.now = now
        self.events: list[Event] = []
        self.started: list[FrameId] = []
        self.transitions = 0
        self.is_settled = False
        self.has_started = execution is not None
        self.since = 0 if execution is None else execution.version
        if execution is not None:
            self.execution = execution

    def emit(self, event: Event) -> None:
        """Let it have happened."""
        self.events.append(event)
        self.execution = evolve(self.execution if self.has_started else None, event)
        self.has_started = True
        if type(event) in TRANSITIONS:
            self.transitions += 1

    def start(self, attempt: ActivityStarted) -> None:
        """Owe an attempt."""
        self.emit(attempt)
        self.started.append(attempt.frame)

    def frame(self, frame: FrameId) -> Frame:
        """The frame as it is now."""
        return self.execution.frames[frame]

    @property
    def root(self) -> Frame:
        return self.execution.frames[ROOT_FRAME]
