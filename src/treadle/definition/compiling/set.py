"""`set` -> SetNode."""

from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.places import VALUE
from treadle.model.definition import Set
from treadle.model.ids import NodeId
from treadle.model.program import SetNode


def compile_set(node: Set, following: NodeId | None, compiling: Compiling) -> SetNode:
    """The set with `following` as its next node."""
    values = {name: compiling.template(value, VALUE) for name, value in node.vars.items()}
    return SetNode(**compiling.head(node, following), vars=values)
