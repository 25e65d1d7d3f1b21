"""`switch` -> SwitchNode; its bodies are kept under `<id>/<index of the case>` and `<id>/default`."""

from treadle.definition.compiling.nodes import Compiling, compile_when
from treadle.expressions.conditions import compile_condition
from treadle.expressions.places import CONDITION
from treadle.model.definition import Switch
from treadle.model.ids import NodeId
from treadle.model.program import SwitchCase, SwitchNode


def compile_switch(node: Switch, following: NodeId | None, compiling: Compiling) -> SwitchNode:
    """The switch with `following` as its next node."""
    cases = tuple(
        SwitchCase(
            when=compile_condition(case.when, CONDITION),
            name=case.name,
            body=compiling.nested(case.steps, f"{node.id}/{index}"),
        )
        for index, case in enumerate(node.cases)
    )
    return SwitchNode(
        id=node.id,
        next=following,
        when=compile_when(node.when),
        cases=cases,
        default=compiling.nested(node.default, f"{node.id}/default"),
    )
