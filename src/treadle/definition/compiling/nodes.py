"""What the compilers of all kinds share: where nodes and bodies are put, and a node's `when`."""

from collections.abc import Callable

from treadle.expressions.conditions import compile_condition
from treadle.expressions.places import CONDITION
from treadle.model.definition import Node
from treadle.model.expression import Expression
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.program import Body, ProgramNode


class Compiling:
    """The Program while it is made; `body` compiles a nested list of nodes under a key."""

    def __init__(self, body: "Callable[[tuple[Node, ...], str, Compiling], None]") -> None:
        self.nodes: dict[NodeId, ProgramNode] = {}
        self.bodies: dict[str, Body] = {}
        self._body = body

    def nested(self, nodes: tuple[Node, ...], key: str) -> str | None:
        """Compile a body under `key` and return the key; None for one without nodes."""
        if not nodes:
            return None
        self._body(nodes, key, self)
        return key


def compile_when(when: Json | None) -> Expression | None:
    """The condition of a node, if it has one."""
    return None if when is None else compile_condition(when, CONDITION)
