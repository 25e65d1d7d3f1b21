"""`switch`: the first case that matches is taken; its body runs in a child frame."""

from treadle.core.nodes.failing import fail_rejected
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import BranchChosen, BranchOpened, NodeCompleted
from treadle.model.execution import Frame
from treadle.model.expression import ExpressionError, Roots
from treadle.model.ids import Path
from treadle.model.json import Json
from treadle.model.program import SwitchNode


def enter(turn: Turn, frame: Frame, node: SwitchNode, path: Path) -> None:
    """Choose a case; open its body, or complete if there is nothing to run."""
    try:
        case, body = choose(node, Scope(turn.execution, frame))
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    turn.emit(BranchChosen(at=turn.now, frame=frame.id, path=path, case=case))
    start = turn.program.bodies[body].start if body is not None else None
    if body is None or start is None:
        complete(turn, frame, node, path, value=None)
        return
    turn.emit(
        BranchOpened(at=turn.now, parent=frame.id, path=path, body=body, node=start, suffix=frame.suffix)
    )


def choose(node: SwitchNode, roots: Roots) -> tuple[str | int | None, str | None]:
    """The name (or index) of the case that matches and its body; None and the default without a match."""
    for index, case in enumerate(node.cases):
        if case.when(roots):
            return case.name if case.name is not None else index, case.body
    return None, node.default


def joined(turn: Turn, frame: Frame, node: SwitchNode, path: Path, value: Json) -> None:
    """The body has completed with `value`."""
    complete(turn, frame, node, path, value=value)


def complete(turn: Turn, frame: Frame, node: SwitchNode, path: Path, *, value: Json) -> None:
    """The output is `{case, value}`."""
    case = turn.execution.visits[f"{node.id}{frame.suffix}"].case
    output = {"case": case, "value": value}
    turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, output=output, next=node.next))
