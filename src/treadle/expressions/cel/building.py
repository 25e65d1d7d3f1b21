"""Lists and maps that are written in an expression."""

from typing import Final

from treadle.expressions.cel.evaluation import (
    ENTRY_UNITS,
    LIST_UNITS,
    MAP_UNITS,
    CelError,
    Evaluation,
    Step,
    misfit,
)
from treadle.expressions.cel.numbers import INT_MIN, UINT_MAX
from treadle.expressions.cel.values import Optional, Uint, Value
from treadle.expressions.nearest import quoted

KEYS: Final = frozenset({str, int, Uint})


def builds_list(elements: tuple[tuple[Step, bool], ...]) -> Step:
    """A list; each element with whether it is optional."""
    units = LIST_UNITS + len(elements)
    steps = tuple(step for step, _ in elements)

    def build(evaluation: Evaluation) -> Value:
        evaluation.build(units)
        return [step(evaluation) for step in steps]

    def build_some(evaluation: Evaluation) -> Value:
        evaluation.build(units)
        found = []
        for step, is_optional in elements:
            value = step(evaluation)
            if not is_optional:
                found.append(value)
            elif _of_optional(value).is_present:
                found.append(value.value)
        return found

    return build_some if any(is_optional for _, is_optional in elements) else build


def builds_map(entries: tuple[tuple[Step, Step, bool], ...]) -> Step:
    """A map; key and value of each entry, with whether it is optional. Keys are texts or whole numbers."""
    units = MAP_UNITS + ENTRY_UNITS * len(entries)

    def build(evaluation: Evaluation) -> Value:
        evaluation.build(units)
        found: dict[Value, Value] = {}
        for key_of, value_of, is_optional in entries:
            key, value = key_of(evaluation), value_of(evaluation)
            if type(key) not in KEYS or (type(key) is not str and not INT_MIN <= key <= UINT_MAX):
                raise misfit("a key", key)
            if key in found:
                raise CelError(f"a map has the key {quoted(str(key))} twice")
            if not is_optional:
                found[key] = value
            elif _of_optional(value).is_present:
                found[key] = value.value
        return found

    return build


def _of_optional(value: Value) -> Optional:
    if type(value) is not Optional:
        raise misfit("?", value)
    return value
