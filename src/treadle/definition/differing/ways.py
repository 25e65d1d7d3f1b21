"""Ways of a graph that lead on to another node than before, but for those that are only longer or shorter."""

from collections.abc import Collection, Iterator

from treadle.definition.differing.nodes import Placed, PlacedNode
from treadle.definition.differing.sides import Sides
from treadle.model.ids import NodeId


def strayed(sides: Sides) -> dict[NodeId, str]:
    """Node -> what is so, for nodes that both have and that no longer go on with the same of these.

    Nodes that one of the two alone has are walked through by their `next`: who is put in between, or taken
    out, changes nothing in the order of the others.
    """
    both = sides.old_nodes.nodes.keys() & sides.new_nodes.nodes.keys()
    return {new.node.id: message for old, new in sides.kept for message in _strays(old, new, sides, both)}


def _strays(old: PlacedNode, new: PlacedNode, sides: Sides, both: Collection[NodeId]) -> Iterator[str]:
    if old.within.key != new.within.key or (old.within.body.start is None and new.within.body.start is None):
        return
    for way in old.ways.keys() & new.ways.keys():
        before = _kept_after(old.ways[way], sides.old_nodes, both)
        after = _kept_after(new.ways[way], sides.new_nodes, both)
        if before != after:
            yield f"`{new.node.id}` went on with `{before}` and goes on with `{after}`"


def _kept_after(target: NodeId, side: Placed, both: Collection[NodeId]) -> NodeId | None:
    """The first node on a way that both have, None if the body ends before."""
    seen: set[NodeId] = set()
    found: NodeId | None = target
    while found is not None and found not in both and found not in seen:
        seen.add(found)
        found = side.nodes[found].next
    return found
