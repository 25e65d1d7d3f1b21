"""Another run of a failed execution."""

from treadle.core.commands.refusals import invalid_transition
from treadle.core.status import status_of
from treadle.core.turn import Turn
from treadle.model.commands import RetryExecution
from treadle.model.decision import Refused
from treadle.model.events import ExecutionRetried
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Instant
from treadle.model.program import ROOT_BODY


def retry_execution(turn: Turn, command: RetryExecution) -> Refused | None:
    """It goes in again at its first node without a standing result.

    A child whose parent awaited it has told it of its failure in the commit that failed it: too late.
    """
    execution = turn.execution
    if status_of(execution) is not ExecutionStatus.FAILED:
        return invalid_transition(execution, "retry")
    if execution.parent is not None and execution.parent.activity is not None:
        message = f"{execution.parent.id} has taken its failure: retry that execution"
        return Refused(code="parent_moved_on", message=message)
    turn.emit(
        ExecutionRetried(
            at=turn.now,
            run=execution.run + 1,
            node=turn.program.bodies[ROOT_BODY].start,
            deadline_at=deadline_of(turn),
            actor=command.actor,
            reason=command.reason,
        )
    )
    return None


def deadline_of(turn: Turn) -> Instant | None:
    """A duration counts anew; an instant stays what it is, unless it has passed."""
    limit, until = turn.execution.deadline_ms, turn.execution.deadline_at
    if limit is not None:
        return Instant(turn.now + limit)
    return until if until is not None and until > turn.now else None
