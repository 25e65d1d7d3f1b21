"""Values that are other ones: of each node that both definitions have, and of the document."""

from collections.abc import Iterator
from typing import Final

from msgspec import UNSET, UnsetType

from treadle.definition.differing.difference import Change
from treadle.definition.differing.nodes import Placed, PlacedBody, PlacedNode, kind_of
from treadle.definition.differing.values import Differing, differing
from treadle.definition.differing.written import Fields, written_fields
from treadle.expressions.pointers import joined
from treadle.model.definition import Definition
from treadle.model.json import Json

WHOLE: Final = frozenset({"when", "while", "until", "success_when", "fail_when"})
"""Conditions are shown as a whole: a piece of one says nothing."""
COSMETIC: Final = frozenset({"label"})
COSMETIC_OF_DOCUMENT: Final = frozenset({"version", "description", "labels"})
SHOWN_ELSEWHERE: Final = ("id", "next")
BESIDE: Final = ("document", "digest")


def changes_of_document(old: Definition, new: Definition) -> Iterator[Change]:
    """What is another in the fields of the document itself."""
    for found in differing(_fields(old, BESIDE), _fields(new, BESIDE), WHOLE):
        field = str(found.keys[0])
        yield Change(
            pointer=joined("", *found.keys),
            field=field,
            old=found.old,
            new=found.new,
            is_cosmetic=field in COSMETIC_OF_DOCUMENT,
        )


def changes_of_node(old: PlacedNode, new: PlacedNode) -> Iterator[Change]:
    """What is another in the fields of a node; the nodes in it have their own."""
    before, after = kind_of(old.node), kind_of(new.node)
    if before != after:
        yield _change(old, new, Differing(("kind",), before, after))
    for found in differing(_fields(old.node, SHOWN_ELSEWHERE), _fields(new.node, SHOWN_ELSEWHERE), WHOLE):
        yield _change(old, new, found)
    is_graph = _is_graph(old.within, new.within) and old.within.key == new.within.key
    if is_graph and old.next != new.next:
        yield _change(old, new, Differing(("next",), _or_unset(old.next), _or_unset(new.next)))


def changes_of_starts(old: Placed, new: Placed) -> Iterator[Change]:
    """Graphs that begin with another node."""
    for key, body in new.bodies.items():
        before = old.bodies.get(key)
        if before is None or not _is_graph(before, body) or None in (before.start, body.start):
            continue
        if before.start != body.start:
            pointer, old_pointer = (joined(_owner(found), "start") for found in (body, before))
            yield Change(
                pointer=pointer,
                old_pointer=old_pointer if old_pointer != pointer else None,
                node=body.parent,
                field="start",
                old=before.start,
                new=body.start,
            )


def _change(old: PlacedNode, new: PlacedNode, found: Differing) -> Change:
    pointer, old_pointer = joined(new.pointer, *found.keys), joined(old.pointer, *found.keys)
    field = str(found.keys[0])
    return Change(
        pointer=pointer,
        old_pointer=old_pointer if old_pointer != pointer else None,
        node=new.node.id,
        field=field,
        old=found.old,
        new=found.new,
        is_cosmetic=field in COSMETIC,
    )


def _fields(struct: PlacedNode | Json, without: tuple[str, ...]) -> Fields:
    return {name: value for name, value in written_fields(struct).items() if name not in without}


def _is_graph(old: PlacedBody, new: PlacedBody) -> bool:
    """Whether one of the two says itself what comes after what."""
    return old.body.start is not None or new.body.start is not None


def _owner(body: PlacedBody) -> str:
    """The pointer of the object that holds the list of nodes."""
    return body.pointer.rpartition("/")[0]


def _or_unset(value: Json | None) -> Json | UnsetType:
    return UNSET if value is None else value
