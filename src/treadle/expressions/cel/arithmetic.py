"""`+ - * / %` and the sign: whole numbers of 64 bits that never wrap, doubles, texts, lists and times.

Numbers of different types are not mixed: `int()` and `double()` say which is meant.
"""

from collections.abc import Callable
from math import copysign, inf, isnan, nan
from typing import Final

from treadle.expressions.cel.evaluation import LIST_UNITS, CelError, Evaluation, Step, misfit
from treadle.expressions.cel.numbers import INT_MAX, INT_MIN, checked_int, checked_uint
from treadle.expressions.cel.times import checked_duration, checked_timestamp
from treadle.expressions.cel.values import Duration, Timestamp, Uint, Value

JOINED: Final = frozenset({str, bytes, list})


def added(left: Step, right: Step) -> Step:
    """`left + right`."""

    def add(evaluation: Evaluation) -> Value:
        one, other = left(evaluation), right(evaluation)
        if type(one) is int and type(other) is int:
            total = one + other
            return total if INT_MIN <= total <= INT_MAX else checked_int(total)
        return _added(evaluation, one, other)

    return add


def _added(evaluation: Evaluation, one: Value, other: Value) -> Value:
    kind = type(one)
    if kind is not type(other):
        return _moved(one, other)
    if kind in JOINED:
        evaluation.build(len(one) + len(other) + LIST_UNITS)
        return one + other
    if kind is Uint:
        return checked_uint(one + other)
    if kind is float:
        return one + other
    if kind is Duration:
        return checked_duration(one.ns + other.ns)
    raise misfit("+", one, other)


def _moved(one: Value, other: Value) -> Value:
    if type(one) is Timestamp and type(other) is Duration:
        return checked_timestamp(one.ns + other.ns)
    if type(one) is Duration and type(other) is Timestamp:
        return checked_timestamp(one.ns + other.ns)
    raise misfit("+", one, other)


def _subtracted(one: Value, other: Value) -> Value:
    kind = type(one)
    if kind is Timestamp and type(other) is Duration:
        return checked_timestamp(one.ns - other.ns)
    if kind is type(other):
        if kind is int:
            return checked_int(one - other)
        if kind is float:
            return one - other
        if kind is Uint:
            return checked_uint(one - other)
        if kind is Timestamp or kind is Duration:
            return checked_duration(one.ns - other.ns)
    raise misfit("-", one, other)


def _multiplied(one: Value, other: Value) -> Value:
    kind = type(one)
    if kind is type(other):
        if kind is int:
            return checked_int(one * other)
        if kind is float:
            return one * other
        if kind is Uint:
            return checked_uint(one * other)
    raise misfit("*", one, other)


def _divided(one: Value, other: Value) -> Value:
    kind = type(one)
    if kind is not type(other):
        raise misfit("/", one, other)
    if kind is float:
        return one / other if other else _by_zero(one, other)
    if kind is not int and kind is not Uint:
        raise misfit("/", one, other)
    if not other:
        raise CelError("a whole number is divided by zero")
    quotient = abs(one) // abs(other)
    return checked_uint(quotient) if kind is Uint else checked_int(_signed(quotient, one, other))


def _by_zero(one: float, other: float) -> float:
    if one == 0 or isnan(one):
        return nan
    return copysign(inf, one) * copysign(1, other)


def _signed(number: int, one: int, other: int) -> int:
    return number if (one < 0) == (other < 0) else -number


def _remainder(one: Value, other: Value) -> Value:
    """It has the sign of the first number; there is none where there is no quotient."""
    kind = type(one)
    if kind is not type(other) or kind not in {int, Uint}:
        raise misfit("%", one, other)
    if not other:
        raise CelError("a whole number is divided by zero")
    if kind is int:
        checked_int(_signed(abs(one) // abs(other), one, other))
    rest = abs(one) % abs(other)
    return checked_uint(rest) if kind is Uint else checked_int(rest if one >= 0 else -rest)


def _operates(operate: Callable[[Value, Value], Value]) -> Callable[[Step, Step], Step]:
    def made(left: Step, right: Step) -> Step:
        return lambda evaluation: operate(left(evaluation), right(evaluation))

    return made


ARITHMETIC: Final[dict[str, Callable[[Step, Step], Step]]] = {
    "+": added,
    "-": _operates(_subtracted),
    "*": _operates(_multiplied),
    "/": _operates(_divided),
    "%": _operates(_remainder),
}


def negated(operand: Step) -> Step:
    """`-operand`."""

    def negate(evaluation: Evaluation) -> Value:
        value = operand(evaluation)
        if type(value) is int:
            return checked_int(-value)
        if type(value) is float:
            return -value
        raise misfit("-", value)

    return negate
