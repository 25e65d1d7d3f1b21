"""A node that fails by itself, before or after its activity."""

from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import NodeFailed
from treadle.model.execution import Failure, FailureKind, Frame
from treadle.model.expression import ExpressionError


def rejected(frame: Frame, error: ExpressionError) -> Failure:
    """The failure of a visit whose template or condition has no value."""
    attempt = frame.activity.number if frame.activity else None
    return Failure(
        kind=FailureKind.REJECTED, code=error.code, message=error.message, path=frame.path, attempt=attempt
    )


def fail_rejected(turn: Turn, frame: Frame, error: ExpressionError) -> None:
    """Fail the open visit of the frame for an expression without a value."""
    path = required(frame.path, "open visit")
    turn.emit(NodeFailed(at=turn.now, frame=frame.id, path=path, failure=rejected(frame, error)))
