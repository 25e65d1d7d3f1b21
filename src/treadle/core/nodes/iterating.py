"""What `each` and `loop` share: an iteration ends, and its results leave the state."""

from msgspec import UNSET, UnsetType

from treadle.core.required import required
from treadle.core.standing import UNDONE
from treadle.core.turn import Turn
from treadle.model.events import IterationEnded
from treadle.model.execution import Frame
from treadle.model.ids import Path
from treadle.model.json import Json
from treadle.model.program import EachNode, LoopNode


def end_iteration(
    turn: Turn,
    node: EachNode | LoopNode,
    child: Frame,
    *,
    kept_as: str | None,
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

    Those of iterations within it have left before, but for what stopped or failed and was caught.
    """
    execution, inside = turn.execution, turn.program.inside[node.id]
    if any(isinstance(turn.program.nodes[one], EachNode | LoopNode) for one in inside):
        found = {
            key
            for held in (execution.visits, execution.numbers)
            for key in held
            if is_within(key, suffix) and key.partition("[")[0] in inside
        }
        return tuple(sorted(found))
    keys = (f"{one}{suffix}" for one in inside)
    return tuple(sorted(key for key in keys if key in execution.visits or key in execution.numbers))


def is_within(name: str, suffix: str) -> bool:
    """Whether a visit of that key or path belongs to the iteration, or to one in it."""
    return name[name.find("[") :].startswith(suffix) if "[" in name else False


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
