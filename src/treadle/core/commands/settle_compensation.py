"""The three ways out of stuck: retry, skip, accept."""

from treadle.core.commands.refusals import invalid_transition
from treadle.core.status import status_of
from treadle.core.turn import Turn
from treadle.model.commands import AcceptCompensation, RetryCompensation, SkipCompensation
from treadle.model.decision import Refused
from treadle.model.events import CompensationAccepted, CompensationRetried, CompensationSkipped
from treadle.model.execution import ExecutionStatus, Frame, Phase
from treadle.model.ids import Path


def retry_compensation(turn: Turn, command: RetryCompensation) -> Refused | None:
    """As many calls anew as its policy gives; attempt numbers go on."""
    undo = _exhausted(turn, command.path, "retry a compensation of")
    if isinstance(undo, Refused):
        return undo
    granted = undo.activity.counted - undo.activity.granted if undo.activity else 0
    turn.emit(
        CompensationRetried(
            at=turn.now,
            frame=undo.id,
            path=command.path,
            granted=granted,
            actor=command.actor,
            reason=command.reason,
        )
    )
    return None


def skip_compensation(turn: Turn, command: SkipCompensation) -> Refused | None:
    """Leave the visit undone and go on."""
    undo = _exhausted(turn, command.path, "skip a compensation of")
    if isinstance(undo, Refused):
        return undo
    turn.emit(
        CompensationSkipped(
            at=turn.now, frame=undo.id, path=command.path, actor=command.actor, reason=command.reason
        )
    )
    return None


def accept_compensation(turn: Turn, command: AcceptCompensation) -> Refused | None:
    """A person has undone the visit; go on."""
    undo = _exhausted(turn, command.path, "accept a compensation of")
    if isinstance(undo, Refused):
        return undo
    turn.emit(
        CompensationAccepted(
            at=turn.now, frame=undo.id, path=command.path, actor=command.actor, reason=command.reason
        )
    )
    return None


def _exhausted(turn: Turn, path: Path, asked: str) -> Frame | Refused:
    """The undo frame of `path` that is stuck, in an execution that is stuck."""
    execution = turn.execution
    if path not in execution.compensations:
        return Refused(code="compensation_not_found", message=f"{path} has no compensation")
    if status_of(execution) is not ExecutionStatus.STUCK:
        return invalid_transition(execution, asked)
    for frame in execution.frames.values():
        if frame.compensates == path and frame.phase is Phase.STUCK:
            return frame
    return invalid_transition(execution, asked, f"the compensation of {path} is not exhausted")
