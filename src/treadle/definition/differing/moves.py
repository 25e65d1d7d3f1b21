"""Nodes that both definitions have and that stand elsewhere in the new one."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from treadle.definition.differing.difference import Move
from treadle.definition.differing.nodes import Placed, PlacedBody
from treadle.model.ids import NodeId


def moves(old: Placed, new: Placed) -> Iterator[Move]:
    """Nodes in another body, and those of a sequence that the others of it have passed, as few as can be."""
    passed = {node for body in new.bodies.values() for node in _passed(old, body)}
    for name, found in new.nodes.items():
        before = old.nodes.get(name)
        if before is not None and (before.within.key != found.within.key or name in passed):
            yield Move(id=name, old=before.place, new=found.place)


def _passed(old: Placed, body: PlacedBody) -> Iterator[NodeId]:
    """Nodes of a sequence that was one before, without the longest run of nodes that kept their order."""
    before = old.bodies.get(body.key)
    if before is None or before.body.start is not None or body.body.start is not None:
        return
    places = {node.id: index for index, node in enumerate(before.body.nodes)}
    kept = [node.id for node in body.body.nodes if node.id in places]
    steady = set(_longest_rising([places[name] for name in kept]))
    for name in kept:
        if places[name] not in steady:
            yield name


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """The longest of the rising sequences among different numbers."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        before[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    found: list[int] = []
    number_or_none = ends[-1] if ends else None
    while number_or_none is not None:
        found.append(number_or_none)
        number_or_none = before[number_or_none]
    return found
