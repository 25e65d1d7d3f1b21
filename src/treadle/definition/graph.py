"""What a UI draws of a definition: its nodes, nested ones with their parent, and the ways between them."""

from treadle.definition.nested import inner_bodies
from treadle.model.definition import Body, Definition, End, Node, Switch
from treadle.model.ids import NodeId
from treadle.model.json import Json


def graph(definition: Definition) -> Json:
    """`{nodes: [{id, kind, label, parent}], edges: [{from, to, label, kind}]}`.

    An edge within a body is of kind `next`. One into a body of a node, or from a switch of a graph to the
    node that it goes on with, is of kind `case` (labelled with the name of the case or its index), `default`,
    `branch` (labelled with its name), `item`, `turn`, `try`, `catch` (labelled with the kinds of failure),
    `finally` or `body`. `parent` is the id of the node whose body holds the node, None in the root body.
    """
    drawing = _Drawing()
    drawing.draw(definition.body, None)
    return {"nodes": drawing.nodes, "edges": drawing.edges}


class _Drawing:
    def __init__(self) -> None:
        self.nodes: list[Json] = []
        self.edges: list[Json] = []

    def draw(self, body: Body, parent: NodeId | None) -> None:
        """Draw the nodes of a body with all that is in them."""
        for index, node in enumerate(body.nodes):
            kind = node.__struct_config__.tag
            self.nodes.append({"id": node.id, "kind": kind, "label": node.label, "parent": parent})
            if body.start is not None:
                self._link_named(node)
            elif index:
                self._link(body.nodes[index - 1], node.id, None, "next")
            self._draw_inner(node)

    def _draw_inner(self, node: Node) -> None:
        for inner in inner_bodies(node):
            entry = entry_of(inner.body)
            if entry is not None:
                self._link(node, entry, inner.label, inner.kind)
            self.draw(inner.body, node.id)

    def _link_named(self, node: Node) -> None:
        """The ways that a node of a graph names itself."""
        if node.next is not None:
            self._link(node, node.next, None, "next")
        if isinstance(node, Switch):
            for index, case in enumerate(node.cases):
                if case.next is not None:
                    self._link(node, case.next, case.name if case.name is not None else str(index), "case")
            if node.default_next is not None:
                self._link(node, node.default_next, "default", "default")

    def _link(self, source: Node, target: NodeId, label: str | None, kind: str) -> None:
        """Draw a way, unless the node it comes from always ends the execution."""
        if not isinstance(source, End) or source.when is not None:
            self.edges.append({"from": source.id, "to": target, "label": label, "kind": kind})


def entry_of(body: Body) -> NodeId | None:
    """The node that a body begins with, None for one without nodes."""
    if body.start is not None:
        return body.start
    return body.nodes[0].id if body.nodes else None
