"""`try` and `shield`: bodies that end in another way than others."""

from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.places import FAILURE_ROOTS
from treadle.model.definition import Shield, Try
from treadle.model.ids import NodeId
from treadle.model.program import CatchClause, ShieldNode, TryNode


def compile_try(node: Try, following: NodeId | None, compiling: Compiling) -> TryNode:
    """The try; its bodies are `<id>/try`, a scope, `<id>/catch.<index>` and `<id>/finally`."""
    return TryNode(
        **compiling.head(node, following),
        body=compiling.body(node.body, f"{node.id}/try", is_scope=True),
        catches=tuple(
            CatchClause(
                on=clause.on,
                body=compiling.body(clause.body, f"{node.id}/catch.{index}", roots=FAILURE_ROOTS),
            )
            for index, clause in enumerate(node.catches)
        ),
        finally_=compiling.optional(node.finally_, f"{node.id}/finally"),
    )


def compile_shield(node: Shield, following: NodeId | None, compiling: Compiling) -> ShieldNode:
    """The shield; its body is `<id>/body`."""
    return ShieldNode(**compiling.head(node, following), body=compiling.body(node.body, f"{node.id}/body"))
