"""`end` -> EndNode."""

from msgspec import UNSET

from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.places import VALUE
from treadle.expressions.texts import compile_text
from treadle.model.definition import End
from treadle.model.ids import NodeId
from treadle.model.program import EndNode


def compile_end(node: End, following: NodeId | None, compiling: Compiling) -> EndNode:
    """The end; `following` is where it goes on when its `when` is false."""
    message = node.message
    return EndNode(
        **compiling.head(node, following),
        is_failed=node.is_failed,
        output=None if node.output is UNSET else compiling.template(node.output, VALUE),
        code=node.code,
        message=None if message is None else compile_text(message, compiling.place(VALUE)),
    )
