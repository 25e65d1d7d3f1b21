"""What `each` and `loop` share: an iteration ends, and its results leave the state."""

from typing import Final

from msgspec import UNSET, UnsetType

from treadle.core.compensating import compensation_plan
from treadle.core.folding.draft import State
from treadle.core.required import required
from treadle.core.standing import UNDONE
from treadle.core.turn import Turn
from treadle.model.events import IterationEnded
from treadle.model.execution import Frame, VisitStatus
from treadle.model.ids import NodeId, Path
from treadle.model.json import Json
from treadle.model.program import EachNode, LoopNode

ALL_LEFT: Final = frozenset({VisitStatus.COMPLETED, VisitStatus.SKIPPED})


def end_iteration(
    turn: Turn,
    node: EachNode | LoopNode,
    child: Frame,
    *,
    kept_as: str,
    result: Json | UnsetType = UNSET,
) -> Frame:
    """Let the item or turn leave with the results of its visits; the frame of its visit as it stands then."""
    turn.emit(
        IterationEnded(
            at=turn.now,
            frame=child.id,
            path=required(child.opener, "visit to join"),
            index=required(child.index, "index of the iteration"),
            kept_as=kept_as,
            result=result,
            forgotten=forgotten(turn, node, child.suffix),
        )
    )
    return turn.frame(required(child.parent, "parent to join"))


def forgotten(turn: Turn, node: EachNode | LoopNode, suffix: str) -> tuple[str, ...]:
    """The keys of all visits, and of numbers kept, in the iteration that `suffix` names.

    Those of iterations within it have left before, but for what stopped or failed and was caught: only then
    they are searched for among all that the state holds.
    """
    inside, visits, numbers = turn.program.inside[node.id], turn.execution.visits, turn.execution.numbers
    found = [key for one in inside if (key := f"{one}{suffix}") in visits or key in numbers]
    for one in inside:
        if leaves_some(turn, one, suffix):
            return tuple(sorted({*found, *all_within(turn.execution, inside, suffix)}))
    return tuple(sorted(found))


def all_within(execution: State, inside: frozenset[NodeId], suffix: str) -> list[str]:
    """The keys of those nodes in the iteration and in all within it."""
    return [
        key
        for held in (execution.visits, execution.numbers)
        for key in held
        if is_within(key, suffix) and key.partition("[")[0] in inside
    ]


def leaves_some(turn: Turn, node: NodeId, suffix: str) -> bool:
    """Whether the node had iterations that may not all have left: in a visit that did not complete."""
    if not isinstance(turn.program.nodes[node], EachNode | LoopNode):
        return False
    visit = turn.execution.visits.get(f"{node}{suffix}")
    return visit is not None and (visit.number > 1 or visit.status not in ALL_LEFT)


def is_within(name: str, suffix: str) -> bool:
    """Whether a visit of that key or path belongs to the iteration, or to one in it."""
    return name[name.find("[") :].startswith(suffix) if "[" in name else False


def may_be_undone(turn: Turn, node: EachNode | LoopNode) -> bool:
    """Whether something inside has an undo: then some of the iterations may be undone, and others stand."""
    return any(compensation_plan(turn.program, one) is not None for one in turn.program.inside[node.id])


def undone_inside(turn: Turn, node: EachNode | LoopNode, outside: str, since: int) -> frozenset[int]:
    """The indices of the iterations of which something was undone after the event `since`."""
    inside = turn.program.inside[node.id]
    found = set()
    for path, compensation in turn.execution.compensations.items():
        if (
            compensation.status in UNDONE
            and compensation.settled > since
            and compensation.node in inside
            and is_within(path, f"{outside}[")
        ):
            found.add(index_after(path, outside))
    return frozenset(found)


def index_after(path: Path, outside: str) -> int:
    """The index of the iteration within `outside` in which the visit `path` is."""
    rest = path[path.index("[") + len(outside) + 1 :]
    return int(rest[: rest.index("]")])
