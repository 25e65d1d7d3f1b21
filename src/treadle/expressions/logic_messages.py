"""What is wrong with a rule of JSON Logic, in our words: what the library says is for those who know it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from treadle.expressions.nearest import quoted, suggestion
from treadle.expressions.pointers import segments
from treadle.model.json import Json

UNKNOWN_OPERATOR: Final = "UnknownOperator"
ARGUMENT_COUNT: Final = "ArgumentCount"
NO_OPERATOR: Final = "NotAnOperator"
DIVIDING: Final = frozenset({"/", "%"})
MEANT: Final[Mapping[str, str]] = {
    "not": "!",
    "&&": "and",
    "||": "or",
    "=": "==",
    "eq": "==",
    "equals": "==",
    "ne": "!=",
    "<>": "!=",
    "gt": ">",
    "lt": "<",
    "gte": ">=",
    "lte": "<=",
    "contains": "in",
    "concat": "cat",
    "length": "reduce",
    "exists": "missing",
    "any": "some",
    "every": "all",
}
"""What is written in other languages, and the operator that is nearest to it."""


class Arity(NamedTuple):
    """How many arguments an operator takes; `most` is None without a bound."""

    least: int
    most: int | None

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least} or more" if self.least else "any number"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


def message_of_rule(
    code: str, operator: str | None, pointer: str, rule: Json, arities: Mapping[str, Arity]
) -> str:
    """What is wrong with a rule before it runs, at a pointer in it; `arities` has the operators there are."""
    written = quoted(operator or "")
    if code == UNKNOWN_OPERATOR:
        meant = MEANT.get(operator or "")
        hint = f"; write `{meant}`" if meant is not None else suggestion(operator or "", arities)
        return f"JSON Logic has no operator {written} here{hint}"
    if code == ARGUMENT_COUNT:
        given = _count(operator or "", pointer, rule)
        return f"`{operator}` takes {arities[operator or '']} arguments, not {given}"
    if code == NO_OPERATOR:
        return "an object in JSON Logic is an operator: one key, and its arguments under it"
    return "this is no JSON Logic: an operator as the only key of an object, with its arguments"


def message_of_failure(kind: str, operator: str | None, pointer: str, operations_max: int) -> str:
    """What went wrong when a rule ran, at a pointer in it."""
    at = f" (at {pointer})" if pointer else ""
    if kind == "BudgetExceeded":
        return f"a condition may take {operations_max:,} operations{at}"
    name = quoted(operator or "")
    if kind == "Thrown":
        zero = ", or a zero to divide by" if operator in DIVIDING else ""
        return f"{name} has a value that is no number{zero}{at}"
    return f"{name} does not take such values{at}"


def _count(operator: str, pointer: str, rule: Json) -> int:
    value = rule
    for segment in segments(pointer):
        value = value[int(segment)] if isinstance(value, list) else value[segment]
    given = value[operator]
    return len(given) if isinstance(given, list) else 1
