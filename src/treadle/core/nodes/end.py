"""`end`: the execution ends here, completed or failed, wherever the node stands."""

from typing import Final

from msgspec import UNSET, UnsetType

from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.nodes.failing import fail_rejected
from treadle.core.scope import Scope
from treadle.core.stopping import stop
from treadle.core.turn import Turn
from treadle.model.events import BranchCancelled, EndReached, NodeCompleted
from treadle.model.execution import Failure, FailureKind, Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import FrameId, Path
from treadle.model.json import Json
from treadle.model.program import EndNode

CODE_DEFAULT: Final = "failed"


def enter(turn: Turn, frame: Frame, node: EndNode, path: Path) -> None:
    """Tell the root body to stop, and with it every other frame; this frame goes no further.

    In what still runs although the execution stops already (a shield, a `finally`), it ends that body alone.
    A shield or a `finally` around the node itself is finished by it.
    """
    roots = Scope(execution=turn.execution, frame=frame)
    try:
        output: Json | UnsetType = UNSET if node.output is None else node.output(roots)
        failure = failure_of(node, roots, path) if node.is_failed else None
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    if turn.root.ending is None:
        event = EndReached(at=turn.now, frame=frame.id, path=path, output=output, failure=failure)
        stop(turn, event, ROOT_FRAME)
    stop_around(turn, frame.id)
    value = None if output is UNSET else output
    turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, output=value))


def stop_around(turn: Turn, frame: FrameId) -> None:
    """Tell this frame to stop and all those around it, the outermost first, shielded or not."""
    parent = turn.frame(frame).parent
    if parent is not None:
        stop_around(turn, parent)
    if turn.frame(frame).ending is None:
        stop(turn, BranchCancelled(at=turn.now, frame=frame), frame)


def failure_of(node: EndNode, roots: Scope, path: Path) -> Failure:
    """The failure that the node words itself."""
    code = node.code or CODE_DEFAULT
    message = code if node.message is None else str(node.message(roots))
    return Failure(kind=FailureKind.REJECTED, code=code, message=message, path=path)
