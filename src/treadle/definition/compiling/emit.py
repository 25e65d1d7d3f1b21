"""`emit` -> EmitNode."""

from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.places import VALUE
from treadle.expressions.texts import compile_text
from treadle.model.definition import Emit
from treadle.model.ids import NodeId
from treadle.model.program import EmitNode


def compile_emit(node: Emit, following: NodeId | None, compiling: Compiling) -> EmitNode:
    """The emit with `following` as its next node."""
    place = compiling.place(VALUE)
    return EmitNode(
        **compiling.head(node, following),
        topic=compile_text(node.topic, place),
        message_type=compile_text(node.message_type, place),
        data=compiling.template(node.data, VALUE),
        key=None if node.key is None else compile_text(node.key, place),
    )
