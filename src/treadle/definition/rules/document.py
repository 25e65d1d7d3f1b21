"""What a rule looks at."""

from collections.abc import Iterator, Mapping

import msgspec

from treadle.definition.reading import Outline, Use
from treadle.model.definition import Definition, Node, Switch


class ReadDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as read, with its nodes as they stand and what their expressions read."""

    definition: Definition
    outline: list[Outline]
    uses: list[Use]


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A node in its place: which bodies are around it, from the outermost."""

    node: Outline
    parents: tuple[Outline, ...]


def standings(body: list[Outline], parents: tuple[Outline, ...] = ()) -> Iterator[Standing]:
    """Every node, nested ones after the node that holds them."""
    for node in body:
        yield Standing(node=node, parents=parents)
        for nested in node.bodies:
            yield from standings(nested, (*parents, node))


def all_nodes(body: tuple[Node, ...]) -> Iterator[Node]:
    """Every node that could be read, nested ones included."""
    for node in body:
        yield node
        if isinstance(node, Switch):
            for case in node.cases:
                yield from all_nodes(case.steps)
            yield from all_nodes(node.default)


def known_ids(document: ReadDocument) -> Mapping[str, Outline]:
    """The first node of each id."""
    found: dict[str, Outline] = {}
    for standing in standings(document.outline):
        if standing.node.id is not None:
            found.setdefault(standing.node.id, standing.node)
    return found
