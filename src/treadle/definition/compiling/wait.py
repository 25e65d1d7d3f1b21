"""`wait` -> WaitNode."""

from msgspec import UNSET

from treadle.definition.compiling.nodes import Compiling
from treadle.definition.schemas import compile_schema
from treadle.model.definition import Wait
from treadle.model.ids import NodeId
from treadle.model.program import WaitNode


def compile_wait(node: Wait, following: NodeId | None, compiling: Compiling) -> WaitNode:
    """The wait with `following` as its next node.

    Raises:
        ValueError: the schema is none.
    """
    return WaitNode(
        **compiling.head(node, following),
        signals=node.signals,
        mode=node.mode,
        count=node.count,
        timeout_ms=node.timeout_ms,
        goes_on=node.goes_on,
        check=None if node.schema is UNSET else compile_schema(node.schema),
    )
