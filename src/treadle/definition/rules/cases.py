"""No case of a switch stands behind one that always matches."""

from treadle.definition.faults import Faults
from treadle.definition.rules.document import ReadDocument, all_nodes, standings
from treadle.expressions.conditions import is_always_true
from treadle.expressions.pointers import joined
from treadle.model.definition import Switch


def check_cases(document: ReadDocument, faults: Faults) -> None:
    """Warn of the cases, and of the default, after a case whose condition reads nothing and is true."""
    pointers = {standing.node.id: standing.node.pointer for standing in standings(document.outline)}
    for node in all_nodes(document.definition.steps):
        if isinstance(node, Switch):
            _check_switch(node, pointers.get(node.id, ""), faults)


def _check_switch(node: Switch, pointer: str, faults: Faults) -> None:
    always = next((index for index, case in enumerate(node.cases) if is_always_true(case.when)), None)
    if always is None:
        return
    for index in range(always + 1, len(node.cases)):
        message = f"case {always} always matches, so this one is never taken"
        faults.warn(joined(pointer, "cases", index), "unreachable_case", message)
    if node.default:
        message = f"case {always} always matches, so the default is never taken"
        faults.warn(joined(pointer, "default"), "unreachable_case", message)
