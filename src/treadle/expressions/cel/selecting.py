"""What stands under a value: fields and elements, those that must be there and those that may be missing."""

from collections.abc import Callable
from typing import Final

from msgspec import UNSET

from treadle.expressions.cel.evaluation import LONG_CHARS, CelError, Evaluation, Step
from treadle.expressions.cel.numbers import UINT_MAX
from treadle.expressions.cel.values import NONE, NUMBERS, Optional, Value, present
from treadle.expressions.meant import size_hint
from treadle.expressions.nearest import quoted
from treadle.model.json import Json

KEYS: Final = NUMBERS | {str}


def missing(whole: str, key: Value, value: Value = None) -> CelError:
    """The error of a segment that is not there in a value; `whole` is the path as it is written."""
    return CelError(f"{whole}: {_spoken(key)} is missing{size_hint(value, key)}", "missing_variable")


def _spoken(key: Value) -> str:
    if type(key) is str:
        return quoted(key)
    is_short = type(key) in NUMBERS and abs(key) <= UINT_MAX
    return f"`[{key}]`" if is_short else "such an element"


def element(value: Value, key: Value) -> Value:
    """What stands under `key`; UNSET when there is nothing."""
    kind = type(key)
    if kind not in KEYS:
        return UNSET
    if type(value) is dict:
        return value.get(key, UNSET)
    if type(value) is not list or kind is str or not 0 <= key < len(value):
        return UNSET
    return value[int(key)] if key == int(key) else UNSET


def select_fixed(operand: Step, key: str | int, whole: str) -> Step:
    """`operand.key`, or `operand[key]` with a key that is written out."""

    def select(evaluation: Evaluation) -> Value:
        value = operand(evaluation)
        if type(value) is dict:
            found = value.get(key, UNSET)
            if found is not UNSET:
                return found
        return under(value, key, whole)

    return select


def select_of_variable(slot: int, key: str | int, whole: str) -> Step:
    """The same, of the variable of a macro: done for each item."""

    def select(evaluation: Evaluation) -> Value:
        value = evaluation.variables[slot]
        if type(value) is dict:
            found = value.get(key, UNSET)
            if found is not UNSET:
                return found
        return under(value, key, whole)

    return select


def select_computed(operand: Step, key: Step, whole: str) -> Step:
    """`operand[key]`."""

    def select(evaluation: Evaluation) -> Value:
        value = operand(evaluation)
        wanted = key(evaluation)
        if type(wanted) is str:
            evaluation.spend(len(wanted) // LONG_CHARS)
        return under(value, wanted, whole)

    return select


def select_optional(operand: Step, key: Step, whole: str) -> Step:
    """`operand.?key`, or `operand[?key]`."""

    def select(evaluation: Evaluation) -> Value:
        value = operand(evaluation)
        wanted = key(evaluation)
        if type(wanted) is str:
            evaluation.spend(len(wanted) // LONG_CHARS)
        return optional_under(value, wanted, whole)

    return select


def under(value: Value, key: Value, whole: str) -> Value:
    """What stands under `key`; an optional value gives an optional one.

    Raises:
        CelError: `missing_variable`.
    """
    if type(value) is Optional:
        return optional_under(value, key, whole)
    found = element(value, key)
    if found is UNSET:
        raise missing(whole, key, value)
    return found


def optional_under(value: Value, key: Value, whole: str) -> Optional:
    """What stands under `key`, if anything does; there is nothing under null.

    Raises:
        CelError: the value can have nothing under such a key.
    """
    if type(value) is Optional:
        value = value.value
    if value is None:
        return NONE
    if type(value) is not dict and (type(value) is not list or type(key) not in NUMBERS):
        raise missing(whole, key)
    found = element(value, key)
    return NONE if found is UNSET else present(found)


def is_there(operand: Step, key: str, whole: str) -> Step:
    """`has(operand.key)`."""
    return lambda evaluation: optional_under(operand(evaluation), key, whole).is_present


def read_root(root: str, keys: tuple[str | int, ...], whole: str) -> Step:
    """A path from its root: the way that is gone most often."""
    has_index = any(isinstance(key, int) for key in keys)

    def read(evaluation: Evaluation) -> Value:
        value = evaluation.roots.root(root)
        if value is UNSET:
            raise CelError(f"{whole}: there is no `{root}` here", "missing_variable")
        return walked(value, keys, whole) if has_index else _named(value, keys, whole)

    return read


def walk_from(first: Callable[[Evaluation], Json], keys: tuple[str | int, ...], whole: str) -> Step:
    """The path under what `first` gives."""
    if not keys:
        return first
    return lambda evaluation: walked(first(evaluation), keys, whole)


def walked(value: Json, keys: tuple[str | int, ...], whole: str) -> Json:
    """The value under the keys.

    Raises:
        CelError: `missing_variable`.
    """
    for key in keys:
        found = element(value, key)
        if found is UNSET:
            raise missing(whole, key, value)
        value = found
    return value


def _named(value: Json, keys: tuple[str | int, ...], whole: str) -> Json:
    """The same for keys that are all names."""
    try:
        for key in keys:
            value = value[key]
    except (KeyError, TypeError):
        raise missing(whole, key, value) from None
    if value is UNSET:
        raise missing(whole, keys[-1])
    return value
