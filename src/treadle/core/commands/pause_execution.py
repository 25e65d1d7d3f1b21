"""Hold and go on."""

from typing import Final

from treadle.core.commands.refusals import invalid_transition
from treadle.core.status import status_of
from treadle.core.timers import fire_due
from treadle.core.turn import Turn
from treadle.model.commands import PauseExecution, ResumeExecution
from treadle.model.decision import Refused
from treadle.model.events import ExecutionPaused, ExecutionResumed
from treadle.model.execution import ExecutionStatus

PAUSABLE: Final = frozenset(
    {
        ExecutionStatus.PENDING,
        ExecutionStatus.RUNNING,
        ExecutionStatus.WAITING,
        ExecutionStatus.COMPENSATING,
    }
)


def pause_execution(turn: Turn, command: PauseExecution) -> Refused | None:
    """At once: what is in flight or arrives is recorded, nothing new starts."""
    if status_of(turn.execution) not in PAUSABLE:
        return invalid_transition(turn.execution, "pause")
    turn.emit(ExecutionPaused(at=turn.now, reason=command.reason, actor=command.actor))
    return None


def resume_execution(turn: Turn, command: ResumeExecution) -> Refused | None:
    """Back to the derived status; what fell due meanwhile applies in the order of its instants."""
    if status_of(turn.execution) is not ExecutionStatus.PAUSED:
        return invalid_transition(turn.execution, "resume")
    turn.emit(ExecutionResumed(at=turn.now, actor=command.actor, reason=command.reason))
    fire_due(turn)
    return None
