"""No case stands behind one that always matches, and no catch behind those that catch all it would."""

from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.kinds.try_ import CAUGHT
from treadle.definition.nested import all_nodes
from treadle.definition.rules.document import ReadDocument, standings
from treadle.expressions.conditions import is_always_true
from treadle.expressions.pointers import joined
from treadle.model.definition import Switch, Try
from treadle.model.execution import FailureKind

ALL_CAUGHT: Final = frozenset(CAUGHT.values())


def check_cases(document: ReadDocument, faults: Faults) -> None:
    """Warn of what is never taken: after a condition that reads nothing and is true, or all caught before."""
    pointers = {standing.node.id: standing.node.pointer for standing in standings(document.outline)}
    for node in all_nodes(document.definition.body):
        if isinstance(node, Switch):
            _check_switch(node, pointers.get(node.id, ""), faults)
        elif isinstance(node, Try):
            _check_try(node, pointers.get(node.id, ""), faults)


def _check_switch(node: Switch, pointer: str, faults: Faults) -> None:
    always = next((index for index, case in enumerate(node.cases) if is_always_true(case.when)), None)
    if always is None:
        return
    for index in range(always + 1, len(node.cases)):
        message = f"case {always} always matches, so this one is never taken"
        faults.warn(joined(pointer, "cases", index), "unreachable_case", message)
    if node.default.nodes or node.default_next is not None:
        message = f"case {always} always matches, so the default is never taken"
        faults.warn(joined(pointer, "default"), "unreachable_case", message)


def _check_try(node: Try, pointer: str, faults: Faults) -> None:
    caught: frozenset[FailureKind] = frozenset()
    for index, clause in enumerate(node.catches):
        kinds = ALL_CAUGHT if clause.on is None else clause.on
        if kinds and kinds <= caught:
            message = "the clauses before catch all that this one would"
            faults.warn(joined(pointer, "catch", index), "unreachable_case", message)
        caught |= kinds
