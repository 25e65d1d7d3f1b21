"""Two definitions, and all that is to be said of how they differ."""

from collections.abc import Iterable, Iterator

from treadle.definition.differing.changes import changes_of_document, changes_of_node, changes_of_starts
from treadle.definition.differing.difference import Change, Compared, Difference, Reason, Verdict
from treadle.definition.differing.moves import moves
from treadle.definition.differing.nodes import Placed, placed
from treadle.definition.differing.reads import reads_of_nodes
from treadle.definition.differing.running import reasons_for_running
from treadle.definition.differing.sides import Sides
from treadle.definition.differing.starting import reasons_for_new
from treadle.model.definition import Definition
from treadle.model.ids import NodeId


def compare(old: Definition, new: Definition) -> Difference:
    """What changed from the old definition to the new one; both as `read_definition` gives them.

    Other ways to write the same (defaults that are spelled out, another unit, a sequence written as a graph,
    the order of keys) are no difference.
    """
    old_nodes, new_nodes = placed(old), placed(new)
    changed = tuple(_changes(old, new, old_nodes, new_nodes))
    by_node: dict[NodeId | None, tuple[Change, ...]] = {}
    for change in changed:
        by_node[change.node] = (*by_node.get(change.node, ()), change)
    sides = Sides(
        old=old,
        new=new,
        old_nodes=old_nodes,
        new_nodes=new_nodes,
        moved=tuple(moves(old_nodes, new_nodes)),
        changes=by_node,
        reads=reads_of_nodes(new),
    )
    return Difference(
        old=_compared(old),
        new=_compared(new),
        added=tuple(found.place for found in sides.added),
        removed=tuple(found.place for found in sides.removed),
        moved=sides.moved,
        changed=changed,
        for_running=_verdict(reasons_for_running(sides)),
        for_new=_verdict(reasons_for_new(sides)),
    )


def _changes(old: Definition, new: Definition, old_nodes: Placed, new_nodes: Placed) -> Iterator[Change]:
    yield from changes_of_document(old, new)
    yield from changes_of_starts(old_nodes, new_nodes)
    for name, found in new_nodes.nodes.items():
        if name in old_nodes.nodes:
            yield from changes_of_node(old_nodes.nodes[name], found)


def _compared(definition: Definition) -> Compared:
    return Compared(name=definition.name, version=definition.version, digest=definition.digest)


def _verdict(reasons: Iterable[Reason]) -> Verdict:
    """The breaking reasons come first."""
    found = sorted(reasons, key=lambda reason: not reason.is_breaking)
    return Verdict(compatible=not any(reason.is_breaking for reason in found), reasons=tuple(found))
