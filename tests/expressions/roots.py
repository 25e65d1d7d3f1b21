"""What an expression looks at, made by hand."""

from collections.abc import Mapping

from msgspec import UNSET, UnsetType

from treadle.model.ids import NodeId
from treadle.model.json import Json


class FakeRoots:
    """`roots` by name, `nodes` by id and field; it counts what is asked for."""

    def __init__(self, nodes: Mapping[str, Mapping[str, Json]] | None = None, /, **roots: Json) -> None:
        self._roots = roots
        self._nodes = nodes or {}
        self.asked: list[str] = []

    def root(self, name: str) -> Json | UnsetType:
        self.asked.append(name)
        return self._roots.get(name, UNSET)

    def of_execution(self, field: str) -> Json | UnsetType:
        self.asked.append(f"execution.{field}")
        return self._roots.get("execution", {}).get(field, UNSET)

    def node(self, node: NodeId, field: str) -> Json | UnsetType:
        self.asked.append(f"nodes.{node}.{field}")
        return self._nodes.get(node, {}).get(field, UNSET)
