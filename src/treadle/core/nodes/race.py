"""`race`: the first branch to complete wins; the others trail: they stop and are undone beside the winner."""

from treadle.core.folding.changes import output_of
from treadle.core.nodes.bodies import complete, failure_of, has_room, open_body, take_in
from treadle.core.nodes.failing import fail
from treadle.core.nodes.parallel import branch_name
from treadle.core.required import required
from treadle.core.stopping import stop
from treadle.core.turn import Turn
from treadle.model.events import BranchCancelled
from treadle.model.execution import Frame, Role
from treadle.model.ids import Path
from treadle.model.program import RaceNode


def enter(turn: Turn, frame: Frame, node: RaceNode, path: Path) -> None:
    """Open every branch."""
    if has_room(turn, frame, len(node.branches)):
        for branch in node.branches:
            open_body(turn, frame, branch.body)


def joined(turn: Turn, node: RaceNode, child: Frame) -> None:
    """The first that completes wins. When all have failed, the visit fails with the last failure."""
    value = output_of(turn.execution, child)
    frame = take_in(turn, child)
    if frame.ending is not None:
        return
    if child.ending is None:
        for loser in losers(turn, frame):
            event = BranchCancelled(at=turn.now, frame=loser.id, is_trailing=True)
            stop(turn, event, loser.id)
        output = {"winner": branch_name(child), "value": value}
        complete(turn, turn.frame(frame.id), node, output, next_=node.next)
    elif frame.children == frame.trailing:
        joining = required(frame.joining, "failure of the branches")
        fail(turn, frame, joining.failure or failure_of(child))


def losers(turn: Turn, frame: Frame) -> list[Frame]:
    """The branches of this visit that still live, oldest first."""
    return sorted(
        (
            one
            for one in turn.execution.frames.values()
            if one.parent == frame.id and one.role is Role.BODY and not one.is_trailing
        ),
        key=lambda one: one.id,
    )
