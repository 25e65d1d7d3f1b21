"""What a UI draws of a definition: its nodes, nested ones with their parent, and the ways between them."""

from collections.abc import Iterator

from treadle.model.definition import Definition, Node, Switch
from treadle.model.json import Json


def graph(definition: Definition) -> Json:
    """`{nodes: [{id, kind, label, parent}], edges: [{from, to, label, kind}]}`.

    An edge is of kind `next` (within a body), `case` (into the body of a case, labelled with its name or its
    index) or `default`. `parent` is the id of the node whose body holds the node, None in the root body.
    """
    nodes: list[Json] = []
    edges: list[Json] = []
    _draw(definition.steps, None, nodes, edges)
    return {"nodes": nodes, "edges": edges}


def _draw(body: tuple[Node, ...], parent: str | None, nodes: list[Json], edges: list[Json]) -> None:
    for index, node in enumerate(body):
        kind = node.__struct_config__.tag
        nodes.append({"id": node.id, "kind": kind, "label": node.label, "parent": parent})
        if index:
            edges.append(_edge(body[index - 1].id, node.id, None, "next"))
        for label, edge_kind, nested in _bodies(node):
            if nested:
                edges.append(_edge(node.id, nested[0].id, label, edge_kind))
            _draw(nested, node.id, nodes, edges)


def _bodies(node: Node) -> Iterator[tuple[str, str, tuple[Node, ...]]]:
    """The bodies of a node: the label of the way into each, its kind, its nodes."""
    if isinstance(node, Switch):
        for index, case in enumerate(node.cases):
            yield (case.name if case.name is not None else str(index)), "case", case.steps
        yield "default", "default", node.default


def _edge(source: str, target: str, label: str | None, kind: str) -> Json:
    return {"from": source, "to": target, "label": label, "kind": kind}
