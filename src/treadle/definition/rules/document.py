"""What a rule looks at."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from treadle.definition.reading import Outline, OutlineBody, Use
from treadle.model.definition import Definition

ITERATING: Final = frozenset({"each", "loop"})
"""Kinds of node whose bodies run again and again, each time with results of their own."""


class ReadDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as read, with its nodes as they stand and what their expressions read."""

    definition: Definition
    outline: OutlineBody
    uses: list[Use]


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


def known_nodes(document: ReadDocument) -> Mapping[str, Standing]:
    """The first node of each id, in its place."""
    found: dict[str, Standing] = {}
    for standing in standings(document.outline):
        if standing.node.id is not None:
            found.setdefault(standing.node.id, standing)
    return found
