"""One decision in the making: events are applied as they are emitted, so each rule sees the newest state."""

from typing import Final

from treadle.core.evolve import evolve
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.bounds import ExecutionBounds
from treadle.model.effects import ChildStart, Notice
from treadle.model.events import (
    ActivityStarted,
    BranchOpened,
    Event,
    IterationEnded,
    NodeCompleted,
    NodeEntered,
    NodeSkipped,
    ResultKept,
)
from treadle.model.execution import Execution, Frame
from treadle.model.ids import FrameId, Instant
from treadle.model.program import Program

TRANSITIONS: Final = frozenset(
    {NodeEntered, NodeCompleted, NodeSkipped, ResultKept, BranchOpened, IterationEnded}
)
"""What counts towards the bound of one decision."""

NO_FRAMES: Final[frozenset[FrameId]] = frozenset()


class Turn:
    """Mutable, and never leaves `decide`. `execution` is the state after the events so far.

    `since` is the version before this decision, `started` are the frames of which an attempt was started,
    `others` is what other executions are owed, `state_bytes` is what the state holds at most,
    `payload_bytes` what the events hold beside their fixed size;
    `is_settled` says that nothing more can be done now, `is_held` that nothing may start.
    `later` are, while it catches up, the frames whose end was recorded and has its place only later.
    """

    __slots__ = (
        "bounds",
        "events",
        "execution",
        "has_started",
        "is_held",
        "is_settled",
        "later",
        "now",
        "others",
        "payload_bytes",
        "program",
        "since",
        "started",
        "state_bytes",
        "transitions",
    )
    execution: Execution

    def __init__(
        self, program: Program, execution: Execution | None, now: Instant, bounds: ExecutionBounds
    ) -> None:
        self.program = program
        self.now = now
        self.bounds = bounds
        self.events: list[Event] = []
        self.started: list[FrameId] = []
        self.others: list[ChildStart | Notice] = []
        self.state_bytes = 0
        self.payload_bytes = 0
        self.transitions = 0
        self.is_settled = False
        self.is_held = False
        self.later = NO_FRAMES
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
