"""The status of an execution, derived from its state (SEMANTICS 5)."""

from typing import Final

from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.execution import Execution, ExecutionStatus, Failure, Frame, Phase

MOVING: Final = frozenset(
    {Phase.READY, Phase.BUSY, Phase.BACKOFF, Phase.SLEEPING, Phase.WAITING, Phase.CLOSING}
)
ACTIVE: Final = frozenset({Phase.READY, Phase.BUSY, Phase.BACKOFF, Phase.CLOSING})


def status_of(execution: Execution) -> ExecutionStatus:
    """What the execution is doing, by the order of SEMANTICS 5."""
    if execution.ended is not None:
        return execution.ended
    if is_stuck(execution):
        return ExecutionStatus.STUCK
    if execution.paused is not None:
        return ExecutionStatus.PAUSED
    if execution.frames[ROOT_FRAME].ending is not None:
        return ExecutionStatus.COMPENSATING
    if execution.started_at is None:
        return ExecutionStatus.PENDING
    for frame in execution.frames.values():
        if frame.phase in ACTIVE:
            return ExecutionStatus.RUNNING
    return ExecutionStatus.WAITING


def failure_of(execution: Execution) -> Failure | None:
    """Why the execution failed, or is going to: known as soon as its root body has failed."""
    if execution.failure is not None or execution.ended is not None:
        return execution.failure
    ending = execution.frames[ROOT_FRAME].ending
    return ending.failure if ending is not None else None


def is_stuck(execution: Execution) -> bool:
    """Whether a compensation is exhausted and nothing else can move."""
    is_any = False
    for frame in execution.frames.values():
        if frame.phase is Phase.STUCK:
            is_any = True
        elif can_move(frame):
            return False
    return is_any


def can_move(frame: Frame) -> bool:
    """Whether the frame itself, not a child of it, has something to come.

    A frame that was told to stop, and is ready but for its children, waits for them.
    """
    if frame.phase is Phase.READY and frame.children:
        return False
    return frame.phase in MOVING
