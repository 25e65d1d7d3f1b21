"""`split`: one of several weighted branches, the same one every time for the same execution and node."""

from treadle.core.backoff import unit
from treadle.core.nodes.bodies import complete, open_only, took_only
from treadle.core.turn import Turn
from treadle.model.events import BranchChosen
from treadle.model.execution import Frame
from treadle.model.ids import ExecutionId, Path
from treadle.model.program import SplitBranch, SplitNode


def enter(turn: Turn, frame: Frame, node: SplitNode, path: Path) -> None:
    """Choose by the execution's id, and open the branch."""
    branch = choose(node, turn.execution.id)
    turn.emit(BranchChosen(at=turn.now, frame=frame.id, path=path, case=branch.name))
    open_only(turn, turn.frame(frame.id), branch.body)


def choose(node: SplitNode, execution_id: ExecutionId) -> SplitBranch:
    """The first branch whose running weight exceeds u times the sum of all weights."""
    aim = unit(f"{execution_id}/{node.id}") * sum(branch.weight for branch in node.branches)
    running = 0.0
    for branch in node.branches:
        running += branch.weight
        if running > aim:
            return branch
    return node.branches[-1]


def joined(turn: Turn, node: SplitNode, child: Frame) -> None:
    """The output is `{branch, value}`."""
    taken = took_only(turn, child)
    if taken is None:
        return
    frame, value = taken
    branch = turn.execution.visits[f"{node.id}{frame.suffix}"].case
    complete(turn, frame, node, {"branch": branch, "value": value}, next_=node.next)
