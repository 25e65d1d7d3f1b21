"""Equality of any two values, and the order of those that have one."""

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Final

from treadle.expressions.cel.evaluation import LONG_CHARS, Evaluation, Step, misfit
from treadle.expressions.cel.selecting import KEYS
from treadle.expressions.cel.values import NUMBERS, Duration, Optional, Timestamp, Value

ORDERED: Final = frozenset({str, bool, bytes, Timestamp, Duration})
LONG: Final = frozenset({str, bytes})
PLAIN: Final = frozenset({str, bytes, int, float, bool, type(None)})


def equal(evaluation: Evaluation, left: Value, right: Value) -> bool:
    """Whether two values are the same; numbers of different types are compared as numbers.

    Values of other types are not equal, and that is no error.
    """
    kind = type(left)
    if kind in NUMBERS:
        return type(right) in NUMBERS and bool(left == right)
    if kind is not type(right):
        return False
    if kind in LONG:
        if len(left) != len(right):
            return False
        evaluation.spend(len(left) // LONG_CHARS)
        return bool(left == right)
    if kind is list or kind is dict or kind is Optional:
        return _equal_inside(evaluation, left, right)
    return bool(left == right)


def _equal_inside(evaluation: Evaluation, left: Value, right: Value) -> bool:
    """The same for values with values in them, however deep."""
    waiting = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        evaluation.spend(1)
        if type(one) is type(other) and type(one) in {list, dict, Optional}:
            pairs = _pairs(evaluation, one, other)
            if pairs is None:
                return False
            waiting.extend(pairs)
        elif not equal(evaluation, one, other):
            return False
    return True


def _pairs(evaluation: Evaluation, one: Value, other: Value) -> list[tuple[Value, Value]] | None:
    """What has to be equal in two values of the same type; None if they differ anyway."""
    if type(one) is Optional:
        return [(one.value, other.value)] if one.is_present == other.is_present else None
    if len(one) != len(other):
        return None
    evaluation.spend(len(one))
    if type(one) is list:
        return list(zip(one, other, strict=True))
    if any(key not in other for key in one):
        return None
    return [(value, other[key]) for key, value in one.items()]


def compares_equal(left: Step, right: Step) -> Step:
    """`left == right`."""

    def compare(evaluation: Evaluation) -> Value:
        one, other = left(evaluation), right(evaluation)
        return equal(evaluation, one, other)

    return compare


def compares_unequal(left: Step, right: Step) -> Step:
    """`left != right`."""

    def compare(evaluation: Evaluation) -> Value:
        one, other = left(evaluation), right(evaluation)
        return not equal(evaluation, one, other)

    return compare


def compares_to_fixed(operand: Step, wanted: Value, *, is_equal: bool) -> Step:
    """`operand == wanted` or `operand != wanted`, with a wanted text or whole number that is written out."""
    kinds = frozenset({str}) if type(wanted) is str else NUMBERS

    def compare(evaluation: Evaluation) -> Value:
        value = operand(evaluation)
        return (type(value) in kinds and value == wanted) is is_equal

    return compare


def orders(sign: str, holds: Callable[[Value, Value], bool]) -> Callable[[Step, Step], Step]:
    """What makes the step of `<` and its like."""

    def made(left: Step, right: Step) -> Step:
        def compare(evaluation: Evaluation) -> Value:
            one, other = left(evaluation), right(evaluation)
            kind = type(one)
            if kind in NUMBERS:
                if type(other) in NUMBERS:
                    return holds(one, other)
            elif kind is type(other) and kind in ORDERED:
                if kind in LONG:
                    evaluation.spend(min(len(one), len(other)) // LONG_CHARS)
                return holds(one, other)
            raise misfit(sign, one, other)

        return compare

    return made


def orders_fixed(sign: str, holds: Callable[[Value, Value], bool], operand: Step, limit: Value) -> Step:
    """`operand < limit` and its like, with a number that is written out."""

    def compare(evaluation: Evaluation) -> Value:
        value = operand(evaluation)
        if type(value) in NUMBERS:
            return holds(value, limit)
        raise misfit(sign, value, limit)

    return compare


HOLDS: Final = {"<": lt, "<=": le, ">": gt, ">=": ge}
ORDERS: Final = {sign: orders(sign, holds) for sign, holds in HOLDS.items()}


def is_among(left: Step, right: Step) -> Step:
    """`left in right`: an element of a list, or a key of a map."""

    def find(evaluation: Evaluation) -> Value:
        one, many = left(evaluation), right(evaluation)
        if type(many) is dict and type(one) in KEYS:
            return one in many
        if type(many) is dict and type(one) is bool:
            return False
        if type(many) is not list:
            raise misfit("in", one, many)
        if type(one) is str:
            evaluation.spend((len(many) + 1) * (1 + len(one) // LONG_CHARS) // 4)
            return one in many
        for found in many:
            evaluation.spend(1)
            if equal(evaluation, one, found):
                return True
        return False

    return find
