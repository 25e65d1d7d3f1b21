"""`shield`: its body is finished before a cancel takes effect."""

from typing import Final

from treadle.core.folding.changes import output_of
from treadle.core.nodes.bodies import Opening, complete, failure_of, open_only, take_in
from treadle.core.nodes.failing import fail
from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import NodeFailed
from treadle.model.execution import Frame
from treadle.model.ids import Path
from treadle.model.program import ShieldNode

SHIELDED: Final = Opening(is_shielded=True)


def enter(turn: Turn, frame: Frame, node: ShieldNode, path: Path) -> None:
    """Open the body, which no cancel reaches."""
    open_only(turn, frame, node.body, SHIELDED)


def joined(turn: Turn, node: ShieldNode, child: Frame) -> None:
    """The body was finished, whether its frame was told to stop meanwhile or not.

    One that an `end` in it has stopped is given up next.
    """
    value = output_of(turn.execution, child)
    frame = take_in(turn, child)
    if child.ending is None:
        complete(turn, frame, node, value, next_=node.next)
    elif frame.ending is None:
        fail(turn, frame, failure_of(child))
    elif child.ending.failure is not None:
        path = required(frame.path, "open visit")
        turn.emit(NodeFailed(at=turn.now, frame=frame.id, path=path, failure=failure_of(child)))
