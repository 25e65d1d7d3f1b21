"""The bodies inside a node of a Definition, and all nodes of one."""

from collections.abc import Iterator
from typing import NamedTuple

from treadle.model.definition import (
    Body,
    Each,
    Loop,
    Node,
    Parallel,
    Race,
    Shield,
    Split,
    Switch,
    Try,
)


class Inner(NamedTuple):
    """A body with how one comes into it, and what that way is called; both as the graph shows them."""

    kind: str
    label: str | None
    body: Body


def inner_bodies(node: Node) -> Iterator[Inner]:
    """The bodies of a node in the order written; of a split, in the order of its branches' names."""
    if isinstance(node, Switch):
        for index, case in enumerate(node.cases):
            yield Inner("case", case.name if case.name is not None else str(index), case.body)
        yield Inner("default", "default", node.default)
    elif isinstance(node, Parallel | Race | Split):
        for branch in node.branches:
            yield Inner("branch", branch.name, branch.body)
    elif isinstance(node, Each):
        yield Inner("item", None, node.body)
    elif isinstance(node, Loop):
        yield Inner("turn", None, node.body)
    elif isinstance(node, Shield):
        yield Inner("body", None, node.body)
    elif isinstance(node, Try):
        yield from _bodies_of_try(node)


def _bodies_of_try(node: Try) -> Iterator[Inner]:
    yield Inner("try", None, node.body)
    for clause in node.catches:
        label = None if clause.on is None else ", ".join(sorted(clause.on))
        yield Inner("catch", label, clause.body)
    yield Inner("finally", None, node.finally_)


def all_nodes(body: Body) -> Iterator[Node]:
    """Every node, nested ones after the node that holds them."""
    for node in body.nodes:
        yield node
        for inner in inner_bodies(node):
            yield from all_nodes(inner.body)
