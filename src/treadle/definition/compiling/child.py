"""`child` -> ChildNode."""

from treadle.definition.compiling.activities import compile_compensation
from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.places import VALUE
from treadle.model.definition import Child
from treadle.model.ids import NodeId
from treadle.model.program import ChildNode


def compile_child(node: Child, following: NodeId | None, compiling: Compiling) -> ChildNode:
    """The child with `following` as its next node."""
    return ChildNode(
        **compiling.head(node, following),
        definition=node.definition,
        input=compiling.template(node.input, VALUE),
        is_detached=node.is_detached,
        compensation=compile_compensation(node.compensate, compiling),
    )
