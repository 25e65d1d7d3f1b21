"""`each` and `loop`: one body, run again and again."""

from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.compiled import Compiled, Constant
from treadle.expressions.places import CONDITION, ITEM_ROOTS, TURN_ROOTS, VALUE
from treadle.model.definition import Each, Loop
from treadle.model.expression import Expression, ExpressionError, Roots
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.program import EachNode, LoopNode


def compile_each(node: Each, following: NodeId | None, compiling: Compiling) -> EachNode:
    """The each; its body `<id>/item` is a scope if failures are collected."""
    return EachNode(
        **compiling.head(node, following),
        items=_list_of(node, compiling),
        concurrency=node.concurrency,
        collects=node.collects,
        body=compiling.body(node.body, f"{node.id}/item", is_scope=node.collects, roots=ITEM_ROOTS),
    )


def compile_loop(node: Loop, following: NodeId | None, compiling: Compiling) -> LoopNode:
    """The loop; its body is `<id>/turn`."""
    condition = CONDITION.within(TURN_ROOTS)
    return LoopNode(
        **compiling.head(node, following),
        while_=compiling.condition(node.while_, condition),
        until=compiling.condition(node.until, condition),
        max_iterations=node.max_iterations,
        body=compiling.body(node.body, f"{node.id}/turn", roots=TURN_ROOTS),
    )


def _list_of(node: Each, compiling: Compiling) -> Expression:
    """The items; what is no list has no value."""
    template = compiling.template(node.items, VALUE)
    if isinstance(template, Constant):
        return template

    def render(roots: Roots) -> Json:
        value = template(roots)
        if not isinstance(value, list):
            raise ExpressionError("not_a_list", f"the items of `{node.id}` are no list")
        return value

    return Compiled(render, template.reads)
