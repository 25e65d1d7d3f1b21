"""What the compilers of all kinds share: where nodes and bodies are put, and what every node has."""

from collections.abc import Callable
from itertools import islice
from typing import TypedDict

from treadle.definition.reading import NO_ROOTS
from treadle.expressions.conditions import compile_condition
from treadle.expressions.places import CONDITION, Place
from treadle.expressions.templates import compile_template
from treadle.model.definition import Body, Node
from treadle.model.expression import Expression
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.program import Body as ProgramBody
from treadle.model.program import ProgramNode


class HeadFields(TypedDict):
    """The fields that every node of a program has."""

    id: NodeId
    next: NodeId | None
    when: Expression | None
    deadline_ms: int | None


class Compiling:
    """The Program while it is made; `compile_node` compiles one node with its next one given."""

    def __init__(self, compile_node: "Callable[[Node, NodeId | None, Compiling], ProgramNode]") -> None:
        self.nodes: dict[NodeId, ProgramNode] = {}
        self.bodies: dict[str, ProgramBody] = {}
        self.inside: dict[NodeId, frozenset[NodeId]] = {}
        self._compile_node = compile_node
        self._roots: frozenset[str] = NO_ROOTS

    def body(self, body: Body, key: str, *, is_scope: bool = False, roots: frozenset[str] = NO_ROOTS) -> str:
        """Compile a body under `key`, and return the key; in it there are `roots` besides."""
        before = self._roots
        self._roots = before | roots
        for index, node in enumerate(body.nodes):
            following = node.next
            if body.start is None and index + 1 < len(body.nodes):
                following = body.nodes[index + 1].id
            self._add(node, following)
        self._roots = before
        first = body.nodes[0].id if body.nodes else None
        self.bodies[key] = ProgramBody(start=body.start or first, is_scope=is_scope)
        return key

    def optional(self, body: Body, key: str) -> str | None:
        """The same; None for one without nodes."""
        return self.body(body, key) if body.nodes else None

    def place(self, place: Place) -> Place:
        """The place as it is inside the bodies that are open now."""
        return place.within(self._roots)

    def template(self, value: Json, place: Place) -> Expression:
        return compile_template(value, self.place(place))

    def condition(self, value: Json | None, place: Place = CONDITION) -> Expression | None:
        """A condition, if there is one."""
        return None if value is None else compile_condition(value, self.place(place))

    def head(self, node: Node, following: NodeId | None) -> HeadFields:
        """What every node has, with `following` as its next node."""
        return HeadFields(
            id=node.id, next=following, when=self.condition(node.when), deadline_ms=node.deadline_ms
        )

    def _add(self, node: Node, following: NodeId | None) -> None:
        """Add a node; the nodes inside it come before it."""
        count, bodies = len(self.nodes), len(self.bodies)
        compiled = self._compile_node(node, following, self)
        if len(self.bodies) > bodies:
            self.inside[node.id] = frozenset(islice(self.nodes, count, None))
        self.nodes[node.id] = compiled
