"""Hold and go on."""

from typing import Final

from treadle.core.commands.refusals import invalid_transition
from treadle.core.status import status_of
from treadle.core.turn import Turn
from treadle.core.unknowns import is_for_unknown, pause_for_unknown, unresolved
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
    """Back to the derived status; what fell due meanwhile applies in the order of its instants.

    A pause for an unknown outcome ends when somebody has said what was done, and not before.
    """
    pause = turn.execution.paused
    if status_of(turn.execution) is not ExecutionStatus.PAUSED or pause is None:
        return invalid_transition(turn.execution, "resume")
    asked = unresolved(turn.execution)
    if asked and is_for_unknown(pause):
        paths = ", ".join(str(frame.path) for frame in asked)
        return invalid_transition(turn.execution, "resume", f"resolve what became of {paths}")
    turn.emit(ExecutionResumed(at=turn.now, actor=command.actor, reason=command.reason))
    if asked:
        pause_for_unknown(turn)
    return None
