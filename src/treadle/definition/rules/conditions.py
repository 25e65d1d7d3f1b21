"""A condition asks something: one that reads nothing is always the same."""

from collections.abc import Iterator
from typing import Final

from treadle.definition.faults import Faults
from treadle.definition.reading import Outline
from treadle.definition.rules.document import ReadDocument
from treadle.expressions.conditions import is_always_true
from treadle.expressions.pointers import joined
from treadle.model.json import Json

NEVER_ENDS: Final = ": the loop ends at its bound, and fails"


def check_conditions(document: ReadDocument, faults: Faults) -> None:
    """Warn of conditions that are always true or never; those of cases are looked at elsewhere."""
    reading = reading_conditions(document)
    racing = _racing(document)
    for node in document.nodes:
        for pointer, condition, means in _conditions(node):
            value = None if pointer in reading else constant(condition)
            is_ended = NEVER_ENDS in means and means.index(NEVER_ENDS) == value and node.pointer in racing
            if value is not None and not is_ended:
                said = "always true" if value else "never true"
                message = f"this condition reads nothing and is {said}{means[value]}"
                faults.warn(pointer, "constant_condition", message)


def _racing(document: ReadDocument) -> frozenset[str]:
    """The pointers of the nodes in a race, which ends a loop that would go on for ever."""
    return frozenset(
        standing.node.pointer
        for standing in document.standings
        if any(parent.kind == "race" for parent in standing.parents)
    )


def reading_conditions(document: ReadDocument) -> frozenset[str]:
    """The pointers of the conditions that read something."""
    return frozenset(use.pointer for use in document.uses if use.is_condition)


def constant(condition: Json) -> bool | None:
    """What a condition that reads nothing always is; None for one that reads, and for one that is none."""
    if is_always_true(condition):
        return True
    negated: Json = f"!({condition})" if isinstance(condition, str) else {"!": [condition]}
    return False if is_always_true(negated) else None


def _conditions(node: Outline) -> Iterator[tuple[str, Json, tuple[str, str]]]:
    """Pointer, condition, and what it means if it is never true, and if it is always."""
    written = node.written
    if "when" in written:
        yield joined(node.pointer, "when"), written["when"], (": the node never runs", ": leave it out")
    if node.kind == "loop":
        for field, means in (("while", (": the body never runs", NEVER_ENDS)), ("until", (NEVER_ENDS, ""))):
            if field in written:
                yield joined(node.pointer, field), written[field], means
    callback = written.get("callback") if node.kind == "task" else None
    for field in ("success_when", "fail_when"):
        if isinstance(callback, dict) and field in callback:
            yield joined(node.pointer, "callback", field), callback[field], ("", "")
