"""A person knows what became of an attempt whose outcome was unknown."""

from treadle.core.commands.refusals import invalid_transition
from treadle.core.status import status_of
from treadle.core.turn import Turn
from treadle.core.unknowns import is_for_unknown, resolve, resume_if_resolved, unresolved
from treadle.model.commands import ResolveOutcome
from treadle.model.decision import Refused
from treadle.model.execution import ExecutionStatus


def resolve_outcome(turn: Turn, command: ResolveOutcome) -> Refused | None:
    """Without a path only if exactly one visit is unknown. The last one resolved ends the pause."""
    execution = turn.execution
    if status_of(execution) is not ExecutionStatus.PAUSED:
        return invalid_transition(execution, "resolve an outcome of")
    if execution.paused is None or not is_for_unknown(execution.paused):
        return invalid_transition(execution, "resolve an outcome of", "it is not paused for one")
    asked = unresolved(execution)
    found = [frame for frame in asked if command.path in (None, frame.path)]
    if not found:
        return invalid_transition(
            execution, "resolve an outcome of", f"that of {command.path} is not unknown"
        )
    if len(found) > 1:
        paths = ", ".join(sorted(str(frame.path) for frame in found))
        return Refused(code="ambiguous_path", message=f"say which of these is resolved: {paths}")
    resolve(turn, found[0], command.outcome, command.output, actor=command.actor, reason=command.reason)
    resume_if_resolved(turn, actor=command.actor, reason=command.reason)
    return None
