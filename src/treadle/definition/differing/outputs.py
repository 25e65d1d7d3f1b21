"""Whether what an execution gives in the end may have another shape."""

from collections.abc import Iterator
from typing import Final

from msgspec import UNSET

from treadle.definition.differing.codes import for_new
from treadle.definition.differing.difference import Reason
from treadle.definition.differing.nodes import Placed
from treadle.definition.differing.reads import nodes_read, reads_of_document
from treadle.definition.differing.sides import Sides
from treadle.model.definition import Definition, End
from treadle.model.ids import NodeId

WITHOUT_SHAPE: Final = frozenset(
    {"timeout", "retry", "on_unknown", "deadline", "compensate", "probe", "next"}
)
"""Fields of a node that say how something is done, and not what comes of it."""


def output_reasons(sides: Sides) -> Iterator[Reason]:
    """The output itself, the nodes that it is made of, and the ends that put another in its place."""
    found = sides.changed(None, "output")
    if found is not None:
        yield for_new("output_may_change", "the output of the document is another", "/output")
    else:
        yield from _of_sources(sides)
    yield from _of_ends(sides)


def _of_sources(sides: Sides) -> Iterator[Reason]:
    old = _sources(sides.old, sides.old_nodes)
    new = _sources(sides.new, sides.new_nodes)
    if old != new:
        names = ", ".join(f"`{name}`" for name in sorted(new))
        yield for_new("output_may_change", f"the output is now that of {names or 'no node'}", "/output")
        return
    for name in sorted(new & sides.new_nodes.nodes.keys()):
        if _has_other_shape(name, sides):
            pointer = sides.new_nodes.nodes[name].pointer
            message = f"the output is made of that of `{name}`, which may be another"
            yield for_new("output_may_change", message, pointer, name)


def _sources(definition: Definition, side: Placed) -> set[NodeId]:
    """The nodes that the output reads; without one, those that the root body ends with."""
    if definition.output is not UNSET:
        return nodes_read(reads_of_document(definition).get("output", ()))
    root = side.bodies[""]
    return {node.id for index, node in enumerate(root.body.nodes) if root.follower(index) is None}


def _has_other_shape(name: NodeId, sides: Sides) -> bool:
    old, new = set(sides.old_nodes.inside(name)), set(sides.new_nodes.inside(name))
    if old != new or any(move.id in new - {name} for move in sides.moved):
        return True
    return any(
        not change.is_cosmetic and change.field not in WITHOUT_SHAPE
        for inner in new
        for change in sides.changes.get(inner, ())
    )


def _of_ends(sides: Sides) -> Iterator[Reason]:
    """Ends that complete the execution with an output of their own, or did."""
    for name in dict.fromkeys([*sides.old_nodes.nodes, *sides.new_nodes.nodes]):
        one = sides.new_nodes.nodes.get(name) or sides.old_nodes.nodes[name]
        is_in_both = name in sides.old_nodes.nodes and name in sides.new_nodes.nodes
        if isinstance(one.node, End) and _is_another(name, one.node, sides, is_in_both=is_in_both):
            message = f"`{name}` ends the execution with another output than before, or not so any more"
            yield for_new("output_may_change", message, one.pointer, name)


def _is_another(name: NodeId, end: End, sides: Sides, *, is_in_both: bool) -> bool:
    if not is_in_both:
        return not end.is_failed
    return any(sides.changed(name, field) is not None for field in ("status", "output", "kind"))
