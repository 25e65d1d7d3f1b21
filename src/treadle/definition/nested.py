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
    """A body with how one comes into it, and what that way is called; both as the graph shows them.

    `name` is unique among the bodies of its node: a program calls the body `<node>/<name>`. `keys` lead from
    the node to where the body stands in a document: in fields of its own (`steps`, or `nodes` and `start`),
    or, if it `is_value`, as the value that stands there, a list of nodes or an object with those fields.
    """

    kind: str
    label: str | None
    body: Body
    name: str
    keys: tuple[str | int, ...] = ()
    is_value: bool = False


def inner_bodies(node: Node) -> Iterator[Inner]:
    """The bodies of a node in the order written; of a split, in the order of its branches' names."""
    if isinstance(node, Switch):
        for index, case in enumerate(node.cases):
            label = case.name if case.name is not None else str(index)
            yield Inner("case", label, case.body, str(index), ("cases", index))
        yield Inner("default", "default", node.default, "default", ("default",), is_value=True)
    elif isinstance(node, Parallel | Race | Split):
        is_value = not isinstance(node, Split)
        for branch in node.branches:
            yield Inner("branch", branch.name, branch.body, branch.name, ("branches", branch.name), is_value)
    elif isinstance(node, Each):
        yield Inner("item", None, node.body, "item")
    elif isinstance(node, Loop):
        yield Inner("turn", None, node.body, "turn")
    elif isinstance(node, Shield):
        yield Inner("body", None, node.body, "body")
    elif isinstance(node, Try):
        yield from _bodies_of_try(node)


def _bodies_of_try(node: Try) -> Iterator[Inner]:
    yield Inner("try", None, node.body, "try")
    for index, clause in enumerate(node.catches):
        label = None if clause.on is None else ", ".join(sorted(clause.on))
        yield Inner("catch", label, clause.body, f"catch.{index}", ("catch", index))
    yield Inner("finally", None, node.finally_, "finally", ("finally",), is_value=True)


def all_nodes(body: Body) -> Iterator[Node]:
    """Every node, nested ones after the node that holds them."""
    for node in body.nodes:
        yield node
        for inner in inner_bodies(node):
            yield from all_nodes(inner.body)
