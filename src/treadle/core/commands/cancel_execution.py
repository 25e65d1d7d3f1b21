"""Stop with undo, and stop now."""

from typing import Final

from treadle.core.commands.refusals import invalid_transition
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.status import status_of
from treadle.core.stopping import stop
from treadle.core.turn import Turn
from treadle.core.unknowns import ENGINE
from treadle.model.commands import CancelExecution, TerminateExecution
from treadle.model.decision import Refused
from treadle.model.effects import Notice
from treadle.model.events import CancelRequested, CompensationDropped, ExecutionTerminated
from treadle.model.execution import TERMINAL, CompensationStatus, ExecutionStatus

CANCELLABLE: Final = frozenset(
    {
        ExecutionStatus.PENDING,
        ExecutionStatus.RUNNING,
        ExecutionStatus.WAITING,
        ExecutionStatus.PAUSED,
    }
)
OWED: Final = frozenset({CompensationStatus.ARMED, CompensationStatus.RUNNING, CompensationStatus.FAILED})


def cancel_execution(turn: Turn, command: CancelExecution) -> Refused | None:
    """Ends a pause; drain, undo, hook, `cancelled`. Refused once an outcome is decided or undo has begun.

    The cancel of a parent also reaches an execution that is stuck: it stops as soon as it can go on.
    """
    status = status_of(turn.execution)
    if status not in CANCELLABLE and not (status is ExecutionStatus.STUCK and is_of_parent(turn, command)):
        return invalid_transition(turn.execution, "cancel")
    if turn.execution.outcome is not None or turn.root.ending is not None:
        return invalid_transition(turn.execution, "cancel", "its outcome is decided")
    event = CancelRequested(at=turn.now, actor=command.actor, reason=command.reason)
    stop(turn, event, ROOT_FRAME)
    return None


def is_of_parent(turn: Turn, command: CancelExecution) -> bool:
    """Whether the execution that awaits this one was cancelled: it says so once, whatever stands here."""
    return turn.execution.parent is not None and command.actor == ENGINE


def terminate_execution(turn: Turn, command: TerminateExecution) -> Refused | None:
    """`terminated` now; what is armed is dropped, and listed as that, in the order of arming.

    Child executions that are awaited are terminated as well, and nobody waits for them.
    """
    if status_of(turn.execution) in TERMINAL:
        return invalid_transition(turn.execution, "terminate")
    owed = [one for one in turn.execution.compensations.values() if one.status in OWED]
    for compensation in sorted(owed, key=lambda one: one.seq):
        turn.emit(CompensationDropped(at=turn.now, path=compensation.path))
    for frame in sorted(turn.execution.frames.values(), key=lambda one: one.id):
        if frame.child is not None:
            told = TerminateExecution(actor="engine", reason="its parent was terminated")
            turn.owe(Notice(execution_id=frame.child.id, command=told))
    turn.emit(ExecutionTerminated(at=turn.now, actor=command.actor, reason=command.reason))
    return None
