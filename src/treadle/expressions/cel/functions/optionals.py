"""Values that may be there or not."""

from typing import Final

from treadle.expressions.cel.evaluation import CelError, Evaluation, Step, misfit
from treadle.expressions.cel.functions.function import Functions
from treadle.expressions.cel.values import NONE, Duration, Optional, Timestamp, Value, present

NAMESPACE: Final = "optional"


def of(_: Evaluation, value: Value) -> Value:
    """An optional with this value."""
    return present(value)


def none(_: Evaluation) -> Value:
    """An optional with nothing in it."""
    return NONE


def of_non_zero(_: Evaluation, value: Value) -> Value:
    """An optional with this value, unless that is false, 0, empty or null."""
    return present(value) if not is_zero(value) else NONE


def is_zero(value: Value) -> bool:
    """Whether the value is the one that its type begins with."""
    if type(value) is Duration or type(value) is Timestamp:
        return bool(value.ns == 0)
    return type(value) is not Optional and not value


def has_value(_: Evaluation, value: Value) -> Value:
    if type(value) is not Optional:
        raise misfit("hasValue", value)
    return value.is_present


def value_of(_: Evaluation, value: Value) -> Value:
    if type(value) is not Optional:
        raise misfit("value", value)
    if not value.is_present:
        raise CelError("there is nothing in the optional value")
    return value.value


def otherwise(target: Step, other: Step, *, is_value: bool) -> Step:
    """`target.or(other)`, or `target.orValue(other)`: the other is looked at only if it is needed."""

    def take(evaluation: Evaluation) -> Value:
        value = target(evaluation)
        if type(value) is not Optional:
            raise misfit("orValue" if is_value else "or", value)
        if value.is_present:
            return value.value if is_value else value
        found = other(evaluation)
        if not is_value and type(found) is not Optional:
            raise misfit("or", value, found)
        return found

    return take


FUNCTIONS: Final[Functions] = {
    ("optional.of", 1): of,
    ("optional.none", 0): none,
    ("optional.ofNonZeroValue", 1): of_non_zero,
}
METHODS: Final[Functions] = {("hasValue", 1): has_value, ("value", 1): value_of}
