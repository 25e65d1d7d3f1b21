"""One decision in the making: events are applied as they are emitted, so each rule sees the newest state."""

from typing import Final

from treadle.core.evolve import FOLDS, begun
from treadle.core.folding.draft import Draft
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.bounds import ExecutionBounds
from treadle.model.effects import ChildStart, Notice
from treadle.model.events import (
    ActivityStarted,
    BranchOpened,
    Event,
    ExecutionStarted,
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

    `since` is the version before this decision, `started` are, in order, the frames of which an attempt was
    started, `others` is what other executions are owed, `state_bytes` is what the state holds at most,
    `payload_bytes` what the events hold beside their fixed size;
    `is_settled` says that nothing more can be done now, `is_held` that nothing may start.
    `later` are, while it catches up, the frames whose end was recorded and has its place only later.
    """

    __slots__ = (
        "_counted",
        "_transitions",
        "bounds",
        "events",
        "execution",
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
    )
    execution: Draft

    def __init__(
        self,
        program: Program,
        execution: Execution | None,
        now: Instant,
        bounds: ExecutionBounds,
        state_bytes: int,
        is_held: bool,
    ) -> None:
        self.program = program
        self.now = now
        self.bounds = bounds
        self.state_bytes = state_bytes
        self.is_held = is_held
        self.events: list[Event] = []
        self.started: dict[FrameId, None] = {}
        self.others: tuple[ChildStart | Notice, ...] = ()
        self.later = NO_FRAMES
        self.payload_bytes = self._transitions = self._counted = 0
        self.is_settled = False
        if execution is None:
            self.since = 0
        else:
            self.execution = Draft(execution)
            self.execution.updated_at = now  # as every event of the turn is of this instant
            self.since = execution.version

    @property
    def has_started(self) -> bool:
        """Whether there is an execution."""
        return bool(self.since or self.events)

    def begin(self, event: ExecutionStarted) -> None:
        """Let there be an execution."""
        self.events.append(event)
        self.execution = Draft(begun(event))

    def emit(self, event: Event) -> None:
        """Let it have happened; it is of the instant of the turn."""
        draft = self.execution
        self.events.append(event)
        draft.version += 1
        FOLDS[type(event)](draft, event)

    def is_spent(self) -> bool:
        """Whether as many visits were entered or left as one decision may.

        They are counted only once there are that many events, and each of those once.
        """
        events, most = self.events, self.bounds.transitions
        if len(events) < most:
            return False
        self._transitions += sum(type(event) in TRANSITIONS for event in events[self._counted :])
        self._counted = len(events)
        return self._transitions >= most

    def start(self, attempt: ActivityStarted) -> None:
        """Owe an attempt."""
        self.emit(attempt)
        self.started[attempt.frame] = None

    def owe(self, other: ChildStart | Notice) -> None:
        """Owe another execution its start, or a note."""
        self.others = (*self.others, other)

    def frame(self, frame: FrameId) -> Frame:
        """The frame as it is now."""
        return self.execution.frames[frame]

    @property
    def root(self) -> Frame:
        return self.execution.frames[ROOT_FRAME]
