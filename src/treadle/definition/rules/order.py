"""What may have run before a node, and what must have, unless the run has left this path."""

from collections.abc import Mapping

import msgspec

from treadle.definition.reading import Outline

Ids = frozenset[str]


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """`may` have run when the node is entered; of these `must` have."""

    may: Ids = frozenset()
    must: Ids = frozenset()


def ids_within(node: Outline) -> Ids:
    """The ids of a node and of all nodes nested in it."""
    nested = (ids_within(inner) for body in node.bodies for inner in body)
    own = frozenset() if node.id is None else frozenset({node.id})
    return own.union(*nested)


def before_each(body: list[Outline], before: Before) -> Mapping[str, Before]:
    """For the pointer of each node, nested ones included: what comes before it."""
    found: dict[str, Before] = {}
    for node in body:
        found[node.pointer] = before
        for nested in node.bodies:
            found |= before_each(nested, before)
        own = frozenset() if node.id is None else frozenset({node.id})
        before = Before(may=before.may | ids_within(node), must=before.must | own)
    return found
