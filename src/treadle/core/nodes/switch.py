"""`switch`: the first case that matches is taken; its body runs in a child frame."""

from treadle.core.nodes.bodies import complete, open_only, took_only
from treadle.core.nodes.failing import fail_rejected
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import BranchChosen
from treadle.model.execution import Frame
from treadle.model.expression import ExpressionError, Roots
from treadle.model.ids import NodeId, Path
from treadle.model.json import Json
from treadle.model.program import SwitchNode


def enter(turn: Turn, frame: Frame, node: SwitchNode, path: Path) -> None:
    """Choose a case; open its body, or complete if there is nothing to run."""
    try:
        case, body = choose(node, turn.program.metered(Scope(execution=turn.execution, frame=frame)))
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    turn.emit(BranchChosen(at=turn.now, frame=frame.id, path=path, case=case))
    if body is None or turn.program.bodies[body].start is None:
        finish(turn, frame, node, value=None)
    else:
        open_only(turn, turn.frame(frame.id), body)


def choose(node: SwitchNode, roots: Roots) -> tuple[str | int | None, str | None]:
    """The name (or index) of the case that matches and its body; None and the default without a match."""
    for index, case in enumerate(node.cases):
        if case.when(roots):
            return case.name if case.name is not None else index, case.body
    return None, node.default


def joined(turn: Turn, node: SwitchNode, child: Frame) -> None:
    """The body has ended."""
    taken = took_only(turn, child)
    if taken is not None:
        frame, value = taken
        finish(turn, frame, node, value=value)


def finish(turn: Turn, frame: Frame, node: SwitchNode, *, value: Json) -> None:
    """The output is `{case, value}`."""
    case = turn.execution.visits[f"{node.id}{frame.suffix}"].case
    complete(turn, frame, node, {"case": case, "value": value}, next_=follower(node, case))


def follower(node: SwitchNode, case: str | int | None) -> NodeId | None:
    """The node that follows when that case was taken: the case's own in a graph, else the switch's."""
    if case is None:
        return node.default_next or node.next
    taken = next(
        one for index, one in enumerate(node.cases) if case == (one.name if one.name is not None else index)
    )
    return taken.next or node.next
