"""The two definitions side by side, as the judges of a difference look at them."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from treadle.definition.differing.difference import Change, Move
from treadle.definition.differing.nodes import Placed, PlacedNode, kind_of
from treadle.definition.differing.reads import Reads
from treadle.definition.differing.written import written_fields
from treadle.definition.digest import canonical
from treadle.model.definition import Definition
from treadle.model.ids import NodeId


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """Both definitions with their nodes, and what was found; `changes` by node, None for the document.

    `reads` are those of the nodes of the new one.
    """

    old: Definition
    new: Definition
    old_nodes: Placed
    new_nodes: Placed
    moved: tuple[Move, ...]
    changes: Mapping[NodeId | None, tuple[Change, ...]]
    reads: Mapping[NodeId, Reads]

    @property
    def added(self) -> tuple[PlacedNode, ...]:
        old = self.old_nodes.nodes
        return tuple(found for name, found in self.new_nodes.nodes.items() if name not in old)

    @property
    def removed(self) -> tuple[PlacedNode, ...]:
        new = self.new_nodes.nodes
        return tuple(found for name, found in self.old_nodes.nodes.items() if name not in new)

    @property
    def kept(self) -> Iterator[tuple[PlacedNode, PlacedNode]]:
        """The nodes that both have, as they stand in the old and in the new one."""
        for name, found in self.new_nodes.nodes.items():
            before = self.old_nodes.nodes.get(name)
            if before is not None:
                yield before, found

    def changed(self, node: NodeId | None, field: str) -> Change | None:
        """The first change in a field of a node, or of the document."""
        return next((found for found in self.changes.get(node, ()) if found.field == field), None)


def renamed(sides: Sides) -> dict[NodeId, NodeId]:
    """Old id -> new id of nodes that are alike but for their ids, and stand in the same body."""
    old, new = (_by_likeness(nodes) for nodes in (sides.removed, sides.added))
    return {
        names[0]: new[likeness][0]
        for likeness, names in old.items()
        if len(names) == 1 and len(new.get(likeness, ())) == 1
    }


def _by_likeness(nodes: tuple[PlacedNode, ...]) -> dict[tuple[str, str, str], list[NodeId]]:
    found: dict[tuple[str, str, str], list[NodeId]] = {}
    for one in nodes:
        fields = written_fields(one.node)
        own = {name: value for name, value in fields.items() if name not in {"id", "next", "label"}}
        # A node may read itself, by its id, in what undoes it.
        likeness = re.sub(rf"(?<![\w-]){re.escape(one.node.id)}(?![\w-])", "$", canonical(own))
        found.setdefault((kind_of(one.node), one.within.key, likeness), []).append(one.node.id)
    return found
