"""`parallel`: all branches beside one another; the first failure stops the others."""

from treadle.core.folding.changes import joining_of
from treadle.core.nodes.bodies import complete, has_room, open_body, take_in
from treadle.core.nodes.failing import fail
from treadle.core.turn import Turn
from treadle.model.execution import Frame
from treadle.model.ids import Path
from treadle.model.program import ParallelNode


def enter(turn: Turn, frame: Frame, node: ParallelNode, path: Path) -> None:
    """Open every branch."""
    if not has_room(turn, frame, len(node.branches)):
        return
    for branch in node.branches:
        open_body(turn, frame, branch.body)
    if not node.branches:
        complete(turn, frame, node, {}, next_=node.next)


def joined(turn: Turn, node: ParallelNode, child: Frame) -> None:
    """A branch has ended and undone what it had to; the last one ends the visit."""
    name = branch_name(child)
    frame = take_in(turn, child, kept_as=name if child.ending is None else None)
    if frame.ending is not None or frame.children > frame.trailing:
        return
    joining = frame.joining
    if joining is not None and joining.is_stopping and joining.failure is not None:
        fail(turn, frame, joining.failure)
        return
    results = joining_of(frame).results
    output = {branch.name: results[branch.name] for branch in node.branches}
    complete(turn, frame, node, output, next_=node.next)


def branch_name(child: Frame) -> str:
    """The name of the branch that the frame runs: what follows the node in the name of its body."""
    return child.body.partition("/")[2]
