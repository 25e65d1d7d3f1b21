"""Stop with undo, and stop now."""

from typing import Final

from treadle.core.commands.refusals import invalid_transition
from treadle.core.status import status_of
from treadle.core.turn import Turn
from treadle.model.commands import CancelExecution, TerminateExecution
from treadle.model.decision import Refused
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
    """Ends a pause; drain, undo, hook, `cancelled`. Refused once an outcome is decided or undo has begun."""
    if status_of(turn.execution) not in CANCELLABLE:
        return invalid_transition(turn.execution, "cancel")
    if turn.execution.outcome is not None or turn.root.ending is not None:
        return invalid_transition(turn.execution, "cancel", "its outcome is decided")
    turn.emit(CancelRequested(at=turn.now, actor=command.actor, reason=command.reason))
    return None


def terminate_execution(turn: Turn, command: TerminateExecution) -> Refused | None:
    """`terminated` now; what is armed is dropped, and listed as that, in the order of arming."""
    if status_of(turn.execution) in TERMINAL:
        return invalid_transition(turn.execution, "terminate")
    owed = [one for one in turn.execution.compensations.values() if one.status in OWED]
    for compensation in sorted(owed, key=lambda one: one.seq):
        turn.emit(CompensationDropped(at=turn.now, path=compensation.path))
    turn.emit(ExecutionTerminated(at=turn.now, actor=command.actor, reason=command.reason))
    return None
