"""`set`: variables of the execution."""

from treadle.core.measuring import STATE_BYTES, fits, too_large
from treadle.core.nodes.failing import fail_bound, fail_rejected
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import NodeCompleted, VarsSet
from treadle.model.execution import Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import Path
from treadle.model.program import SetNode


def enter(turn: Turn, frame: Frame, node: SetNode, path: Path) -> None:
    """Give the variables their values, all of them rendered before any is set."""
    roots = turn.program.metered(Scope(execution=turn.execution, frame=frame))
    try:
        values = {name: value(roots) for name, value in node.vars.items()}
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    if not fits(turn, values):
        fail_bound(turn, frame, STATE_BYTES, too_large(turn))
        return
    turn.emit(VarsSet(at=turn.now, frame=frame.id, path=path, vars=values))
    turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, next=node.next))
