"""No case stands behind one that takes all it would, and no catch behind those that catch all it would."""

from typing import Final

from treadle.definition.digest import canonical
from treadle.definition.faults import Faults
from treadle.definition.kinds.try_ import CAUGHT
from treadle.definition.reading import Outline
from treadle.definition.rules.conditions import constant, reading_conditions
from treadle.definition.rules.document import ReadDocument
from treadle.expressions.pointers import joined
from treadle.model.json import Json


def check_cases(document: ReadDocument, faults: Faults) -> None:
    """Warn of what is never taken."""
    reading = reading_conditions(document)
    for node in document.nodes:
        if node.kind == "switch":
            _check_switch(node, reading, faults)
        elif node.kind == "try":
            _check_try(node, faults)


def _check_switch(node: Outline, reading: frozenset[str], faults: Faults) -> None:
    always: int | None = None
    first: dict[str, int] = {}
    for index, case in enumerate(_items(node.written.get("cases"))):
        pointer = joined(node.pointer, "cases", index)
        if not isinstance(case, dict) or "when" not in case:
            continue
        why = None if always is None else f"case {always} always matches"
        if why is None and f"{pointer}/when" in reading:
            same = first.setdefault(canonical(case["when"]), index)
            why = f"case {same} has the same condition" if same != index else None
        elif why is None:
            value = constant(case["when"])
            always = index if value else None
            why = "the condition reads nothing and is never true" if value is False else None
        if why is not None:
            faults.warn(pointer, "unreachable_case", f"{why}, so this case is never taken")
    if always is not None and node.written.get("default", []) != []:
        message = f"case {always} always matches, so the default is never taken"
        faults.warn(joined(node.pointer, "default"), "unreachable_case", message)


def _check_try(node: Outline, faults: Faults) -> None:
    caught: frozenset[str] = frozenset()
    for index, clause in enumerate(_items(node.written.get("catch"))):
        kinds = _kinds(clause)
        if kinds and kinds <= caught:
            message = "the clauses before catch all that this one would"
            faults.warn(joined(node.pointer, "catch", index), "unreachable_case", message)
        caught |= kinds


ALL_CAUGHT: Final = frozenset(CAUGHT)


def _kinds(clause: Json) -> frozenset[str]:
    """The kinds of failure that a clause catches."""
    if not isinstance(clause, dict):
        return frozenset()
    if "on" not in clause:
        return ALL_CAUGHT
    return frozenset(word for word in _items(clause["on"]) if isinstance(word, str) and word in CAUGHT)


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
