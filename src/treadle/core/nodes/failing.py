"""A visit that fails, and what its failure means to the composite visit around its body."""

from treadle.core.compensating import leave_unknown
from treadle.core.ended import has_failed
from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import BranchFailed, NodeCancelled, NodeFailed
from treadle.model.execution import Failure, FailureKind, Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import FrameId
from treadle.model.program import EachNode, ParallelNode, ProgramNode, RaceNode


def rejected(frame: Frame, error: ExpressionError) -> Failure:
    """The failure of a visit whose template or condition has no value."""
    attempt = frame.activity.number if frame.activity else None
    return Failure(
        kind=FailureKind.REJECTED, code=error.code, message=error.message, path=frame.path, attempt=attempt
    )


def fail_rejected(turn: Turn, frame: Frame, error: ExpressionError) -> None:
    """Fail the open visit of the frame for an expression without a value."""
    fail(turn, frame, rejected(frame, error))


def fail_bound(turn: Turn, frame: Frame, code: str, message: str) -> None:
    """Fail the open visit of the frame because it would go beyond the bound `code`."""
    fail(turn, frame, beyond(frame, code, message))


def beyond(frame: Frame, code: str, message: str) -> Failure:
    """The failure of a visit that would go beyond the bound `code`."""
    attempt = frame.activity.number if frame.activity else None
    return Failure(kind=FailureKind.ERROR, code=code, message=message, path=frame.path, attempt=attempt)


def fail(turn: Turn, frame: Frame, failure: Failure) -> None:
    """Fail the open visit of the frame, and with it its body."""
    path = required(frame.path, "open visit")
    turn.emit(NodeFailed(at=turn.now, frame=frame.id, path=path, failure=failure))
    rise(turn, frame.id, failure)


def fail_or_give_up(turn: Turn, frame_id: FrameId, failure: Failure) -> None:
    """Fail the open visit of the frame, or give it up if the frame was told to stop before."""
    frame = turn.frame(frame_id)
    if frame.ending is not None:
        give_up(turn, frame)
    else:
        fail(turn, frame, failure)


def rise(turn: Turn, body: FrameId, failure: Failure) -> None:
    """Tell the composite visit around the body at once that it failed, if that stops other branches."""
    child = turn.frame(body)
    if child.parent is None or child.is_trailing:
        return
    parent = turn.frame(child.parent)
    if parent.node is None or parent.path is None or parent.ending is not None:
        return
    node = turn.program.nodes[parent.node]
    is_stopping = fails_fast(node)
    if not is_stopping and not isinstance(node, RaceNode):
        return
    if parent.joining is not None and parent.joining.failure is not None:
        if is_further(turn, parent, is_stopping=is_stopping):
            return
        turn.later -= {parent.id}
    turn.emit(
        BranchFailed(at=turn.now, frame=parent.id, path=parent.path, failure=failure, is_stopping=is_stopping)
    )


def is_further(turn: Turn, parent: Frame, *, is_stopping: bool) -> bool:
    """Whether a branch that fails changes nothing, since another has: the first counts, of a race the last.

    While the turn catches up, one that was recorded already may have failed after this one.
    """
    later = (turn.frame(one) for one in turn.later)
    is_before = any(one.parent == parent.id and has_failed(one) for one in later)
    return is_before is not is_stopping


def fails_fast(node: ProgramNode) -> bool:
    """Whether the first branch of the node that fails stops the others."""
    return isinstance(node, ParallelNode) or (isinstance(node, EachNode) and not node.collects)


def give_up(turn: Turn, frame: Frame) -> None:
    """The frame was told to stop and nothing of its visit is in flight any more.

    A visit whose own deadline has passed has failed; any other is cancelled.
    """
    path = required(frame.path, "visit to give up")
    leave_unknown(turn, frame, path)
    failure = frame.ending.failure if frame.ending else None
    if failure is not None and failure.path == path:
        turn.emit(NodeFailed(at=turn.now, frame=frame.id, path=path, failure=failure))
    else:
        turn.emit(NodeCancelled(at=turn.now, frame=frame.id, path=path))
