"""What a rule looks at."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from treadle.definition.reading import Outline, OutlineBody, Use
from treadle.model.definition import Definition

ITERATING: Final = frozenset({"each", "loop"})
"""Kinds of node whose bodies run again and again, each time with results of their own."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A node in its place: the nodes around it, from the outermost."""

    node: Outline
    parents: tuple[Outline, ...]


def standings(body: OutlineBody, parents: tuple[Outline, ...] = ()) -> Iterator[Standing]:
    """Every node, nested ones after the node that holds them."""
    for node in body.nodes:
        yield Standing(node=node, parents=parents)
        for nested in node.bodies:
            yield from standings(nested, (*parents, node))


def all_bodies(body: OutlineBody) -> Iterator[OutlineBody]:
    """The body and every body nested in it."""
    yield body
    for node in body.nodes:
        for nested in node.bodies:
            yield from all_bodies(nested)


class Read(NamedTuple):
    """One path that an expression reads."""

    use: Use
    path: tuple[str, ...]


class ReadDocument:
    """A document as read, with its nodes as they stand and what their expressions read.

    `nodes` and `standings` have every node, nested ones after the node that holds them; `known` the first of
    each id, in its place.
    """

    def __init__(self, *, definition: Definition, outline: OutlineBody, uses: list[Use]) -> None:
        self.definition = definition
        self.outline = outline
        self.uses = uses
        self.standings = tuple(standings(outline))
        self.nodes = tuple(standing.node for standing in self.standings)
        known: dict[str, Standing] = {}
        for standing in self.standings:
            if standing.node.id is not None:
                known.setdefault(standing.node.id, standing)
        self.known: Mapping[str, Standing] = known
        self._reads: dict[str, list[Read]] = {}
        for use in uses:
            for path in sorted(use.reads):
                self._reads.setdefault(path[0], []).append(Read(use, path))

    def reads(self, root: str) -> Sequence[Read]:
        """Every path that begins with a root, in the order of the document."""
        return self._reads.get(root, [])
