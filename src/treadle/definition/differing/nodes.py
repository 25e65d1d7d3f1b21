"""Every node of a definition where it stands."""

from collections.abc import Iterator, Mapping

import msgspec

from treadle.definition.differing.difference import NodePlace
from treadle.definition.nested import Inner, inner_bodies
from treadle.expressions.pointers import joined
from treadle.model.definition import Body, Definition, Node, Switch
from treadle.model.ids import NodeId
from treadle.model.json import Json


class PlacedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A body where it stands: `name` among those of `parent`; `pointer` is that of its list of nodes."""

    parent: NodeId | None
    name: str
    pointer: str
    body: Body

    @property
    def key(self) -> str:
        """What a program calls the body."""
        return "" if self.parent is None else f"{self.parent}/{self.name}"

    @property
    def start(self) -> NodeId | None:
        """The node that is entered first."""
        first = self.body.nodes[0].id if self.body.nodes else None
        return self.body.start or first

    def follower(self, index: int) -> NodeId | None:
        """The node that comes after one of them, unless that names another."""
        if self.body.start is not None:
            return self.body.nodes[index].next
        return self.body.nodes[index + 1].id if index + 1 < len(self.body.nodes) else None


class PlacedNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node with the body that it stands in, at `index` there."""

    node: Node
    within: PlacedBody
    index: int

    @property
    def place(self) -> NodePlace:
        return NodePlace(
            id=self.node.id,
            kind=kind_of(self.node),
            pointer=self.pointer,
            parent=self.within.parent,
            body=self.within.name,
        )

    @property
    def pointer(self) -> str:
        return joined(self.within.pointer, self.index)

    @property
    def next(self) -> NodeId | None:
        """The node that comes after it, unless it names another: in a sequence the one beside it."""
        return self.within.follower(self.index)

    @property
    def ways(self) -> Mapping[str, NodeId]:
        """The nodes of its body that it may go on with, by what the way is called."""
        found = {} if self.next is None else {"next": self.next}
        if isinstance(self.node, Switch):
            if self.node.default_next is not None:
                found["default"] = self.node.default_next
            cases = enumerate(self.node.cases)
            found |= {f"case {index}": case.next for index, case in cases if case.next is not None}
        return found


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """All nodes by their ids and all bodies by their keys, in the order of the document."""

    nodes: Mapping[NodeId, PlacedNode]
    bodies: Mapping[str, PlacedBody]

    def inside(self, node: NodeId) -> Iterator[NodeId]:
        """The node and all that stand in it, at any depth."""
        found = {node}
        for placed in self.nodes.values():
            if placed.within.parent in found:
                found.add(placed.node.id)
        return iter(name for name in self.nodes if name in found)


def kind_of(node: Node) -> str:
    """The word that a document says for the kind of a node."""
    return str(node.__struct_config__.tag)


def placed(definition: Definition) -> Placed:
    """Every node and every body of a definition."""
    nodes: dict[NodeId, PlacedNode] = {}
    bodies: dict[str, PlacedBody] = {}

    def place(body: PlacedBody) -> None:
        bodies[body.key] = body
        for index, node in enumerate(body.body.nodes):
            found = nodes[node.id] = PlacedNode(node=node, within=body, index=index)
            for inner in inner_bodies(node):
                place(_inner(found, inner, definition.document))

    place(_placed_body(None, "", "", definition.body))
    return Placed(nodes=nodes, bodies=bodies)


def _inner(owner: PlacedNode, inner: Inner, document: Json) -> PlacedBody:
    pointer = joined(owner.pointer, *inner.keys)
    if inner.is_value and not _is_object(document, pointer, inner.body):
        return PlacedBody(parent=owner.node.id, name=inner.name, pointer=pointer, body=inner.body)
    return _placed_body(owner.node.id, inner.name, pointer, inner.body)


def _placed_body(parent: NodeId | None, name: str, pointer: str, body: Body) -> PlacedBody:
    word = "steps" if body.start is None else "nodes"
    return PlacedBody(parent=parent, name=name, pointer=joined(pointer, word), body=body)


def _is_object(document: Json, pointer: str, body: Body) -> bool:
    """Whether the body at a pointer is written as an object; a graph always is."""
    return body.start is not None or isinstance(value_at(document, pointer), dict)


def value_at(document: Json, pointer: str) -> Json:
    """What stands at a pointer that was made by `joined`, None where nothing does."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            document = document[int(key)] if key.isdecimal() and int(key) < len(document) else None
        elif isinstance(document, dict):
            document = document.get(key)
        else:
            return None
    return document
