"""The status of an execution, derived from its state (SEMANTICS 5)."""

from typing import Final

from treadle.core.folding.changes import visit_key
from treadle.core.folding.draft import State
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.execution import Execution, ExecutionStatus, Failure, Frame, Phase

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
BUSY: Final = Phase.BUSY
READY: Final = Phase.READY
STUCK: Final = Phase.STUCK
RUNNING: Final = ExecutionStatus.RUNNING

MOVING: Final = frozenset({READY, Phase.BUSY, Phase.BACKOFF, Phase.SLEEPING, Phase.WAITING, Phase.CLOSING})
WITH_CHILDREN: Final = frozenset({Phase.JOINING, Phase.UNDOING})
"""What waits for its children alone; without any it goes on in this decision or the next."""
ACTIVE: Final = frozenset({Phase.READY, Phase.BUSY, Phase.BACKOFF, Phase.CLOSING})


def status_of(execution: State) -> ExecutionStatus:
    """What the execution is doing, by the order of SEMANTICS 5."""
    if execution.ended is not None:
        return execution.ended
    if execution.compensations and is_stuck(execution):
        return ExecutionStatus.STUCK
    if execution.paused is not None:
        return ExecutionStatus.PAUSED
    root = execution.frames[ROOT_FRAME]
    if root.ending is not None and not root.ending.is_completing:
        return ExecutionStatus.COMPENSATING
    if execution.started_at is None:
        return ExecutionStatus.PENDING
    if root.phase is BUSY:  # most often there is no other frame to look at
        return RUNNING
    for frame in execution.frames.values():
        if frame.phase in ACTIVE and (not frame.children or can_move(execution, frame)):
            return RUNNING
    return ExecutionStatus.WAITING


def failure_of(execution: Execution) -> Failure | None:
    """Why the execution failed, or is going to: known as soon as its root body has failed."""
    if execution.failure is not None or execution.ended is not None:
        return execution.failure
    ending = execution.frames[ROOT_FRAME].ending
    return ending.failure if ending is not None else None


def is_stuck(execution: State) -> bool:
    """Whether a compensation is exhausted and nothing else can move."""
    is_any = False
    for frame in execution.frames.values():
        phase = frame.phase
        if phase is STUCK:
            is_any = True
        elif phase is BUSY or can_move(execution, frame):
            return False
    return is_any


def can_move(execution: State, frame: Frame) -> bool:
    """Whether the frame itself, not a child of it, has something to come.

    A frame that has nothing left to do but to wait for its children cannot.
    """
    if frame.phase is READY and frame.children:
        is_ending = frame.ending is not None or frame.node is None
        return not is_ending and not is_behind_losers(execution, frame)
    if frame.phase in WITH_CHILDREN:
        return frame.children == 0
    return frame.phase in MOVING


def is_behind_losers(execution: State, frame: Frame) -> bool:
    """Whether the body comes round to a race again of whose earlier visit a loser has not closed yet.

    The nodes in a race are visited by one branch at a time.
    """
    if not frame.trailing or frame.path is not None or frame.ending is not None:
        return False
    key = f"{frame.node}{frame.suffix}"
    return any(
        one.parent == frame.id and one.is_trailing and one.opener is not None and visit_key(one.opener) == key
        for one in execution.frames.values()
    )
