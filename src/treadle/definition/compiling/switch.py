"""`switch` -> SwitchNode; its bodies are kept under `<id>/<index of the case>` and `<id>/default`."""

from treadle.definition.compiling.nodes import Compiling
from treadle.expressions.conditions import compile_condition
from treadle.expressions.places import CONDITION
from treadle.model.definition import Switch
from treadle.model.ids import NodeId
from treadle.model.program import SwitchCase, SwitchNode


def compile_switch(node: Switch, following: NodeId | None, compiling: Compiling) -> SwitchNode:
    """The switch with `following` as its next node."""
    place = compiling.place(CONDITION)
    cases = tuple(
        SwitchCase(
            when=compile_condition(case.when, place),
            name=case.name,
            body=compiling.optional(case.body, f"{node.id}/{index}"),
            next=case.next,
        )
        for index, case in enumerate(node.cases)
    )
    return SwitchNode(
        **compiling.head(node, following),
        cases=cases,
        default=compiling.optional(node.default, f"{node.id}/default"),
        default_next=node.default_next,
    )
