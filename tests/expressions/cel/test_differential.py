"""The same expressions over the same data, here and in another implementation of the language.

Where both give a value it is the same, and where one errs the other does. What is known to differ:

- numbers of different types are compared exactly here, not as doubles;
- the text of a double has no exponent below 1e16;
- the keys of a map are texts and whole numbers, and `1` and `1u` are one key;
- there is nothing under null, for `.?`, `[?]` and `has`, and nothing before a list, for `[?]`;
- a boolean is not converted to a number;
- a length of time that is reckoned may be longer than 292 years;
- texts of numbers have no blanks around them, and time zones are offsets;
- an empty text split by an empty one is an empty list.

The third, fourth and fifth may be drawn, and what is no number, which is `-nan` there. Besides, the other
errs in `substring` up to the end of a text, and after `charAt`: these are in the tables alone.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from cel_expr_python import cel
from cel_expr_python.ext import ext_optional as optional
from cel_expr_python.ext import ext_strings as strings
from hypothesis import example, given, settings

from tests.expressions.cel.evaluating import evaluated
from tests.expressions.cel.grammar import expressions
from tests.expressions.roots import FakeRoots
from treadle.expressions.cel.evaluation import CelError
from treadle.expressions.cel.values import Duration, Optional, Timestamp, TypeName, Uint, Value
from treadle.expressions.faults import PathError
from treadle.model.expression import ExpressionError

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
INPUT: Final = {
    "n": 5,
    "f": 2.5,
    "b": True,
    "s": "a,b",
    "l": ["a", "b"],
    "o": [{"k": 1}, {"k": 2}],
    "m": {"k": 3, "a": "x"},
}
NO_VALUE: Final = "no value"
SOME_VALUE: Final = "some value"
OTHER: Final = cel.NewEnv(
    variables={"input": cel.Type.DYN}, extensions=[optional.ExtOptional(), strings.ExtStrings()]
)


class NotShown(Exception):
    """A value that the other implementation cannot hand out."""


def ours(text: str) -> Value:
    """What we say."""
    try:
        return shown(evaluated(text, FakeRoots(input=INPUT)))
    except (CelError, PathError):
        return NO_VALUE
    except ExpressionError as error:
        raise NotShown from error


def theirs(text: str, *, is_shown: bool = True) -> Value:
    """What the other says. A value that is not to be shown is not asked for: with an optional one in it the
    other would fall down.
    """
    try:
        value = OTHER.compile(text, disable_check=True).eval(data={"input": INPUT})
    except Exception:
        # The other has no type of its own for what is wrong with a text.
        return NO_VALUE
    if str(value.type()) == "ERROR":
        return NO_VALUE
    if not is_shown:
        return SOME_VALUE
    try:
        return shown(value.plain_value())
    except (TypeError, SystemError, OverflowError) as error:
        raise NotShown from error


def shown(value: Value) -> Value:
    """The value with its type, as both can show it: times to the microsecond, types as types."""
    if isinstance(value, Optional):
        raise NotShown
    if isinstance(value, list):
        return "list", [shown(item) for item in value]
    if isinstance(value, Mapping):
        return "map", {key: shown(item) for key, item in value.items()}
    if isinstance(value, TypeName | cel.Type):
        return ("type",)
    if isinstance(value, Timestamp):
        return "time", EPOCH + timedelta(microseconds=value.ns // 1_000)
    if isinstance(value, Duration):
        return "duration", timedelta(microseconds=value.ns // 1_000)
    return _plain(value)


def _plain(value: Value) -> Value:
    if isinstance(value, datetime):
        return "time", value
    if isinstance(value, timedelta):
        return "duration", value
    if isinstance(value, float):
        return "double", repr(value)
    if isinstance(value, Uint | bytearray):
        value = int(value) if isinstance(value, int) else bytes(value)
    return type(value).__name__, value


def differ(text: str) -> bool:
    """Whether the two say different things, and it is not known why."""
    try:
        here = ours(text)
        there = theirs(text, is_shown=here != NO_VALUE)
    except NotShown:
        return False
    return bool(here != there) and not is_known(text, here, there)


def is_known(text: str, here: Value, there: Value) -> bool:
    """Whether a difference is one of those that may be drawn."""
    if there == NO_VALUE:
        # It holds a length of time in 64 bits of nanoseconds, 292 years: five of these times may pass that.
        return text.count("timestamp(") >= 5 or any(sign in text for sign in ("[?", ".?", "has("))
    if here == NO_VALUE:
        # It also takes what is no optional from the body of optFlatMap.
        return any(sign in text for sign in ("int(", "double(", "{(", "optFlatMap("))
    # The keys of an object come to a loop in any order there.
    return "nan" in str(there) or (".map(" in text and unordered(here) == unordered(there))


def unordered(value: Value) -> Value:
    """The value with its lists in one order."""
    if isinstance(value, dict):
        return {key: unordered(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [unordered(item) for item in value]
        return sorted(items, key=repr) if isinstance(value, list) else tuple(items)
    return value


@settings(max_examples=400, deadline=None)
@given(expressions())
@example("1 / 0 > 1 || true")
@example("[1, 'a'].all(x, x < 2)")
@example("input.?nope.k.hasValue()")
def test_both_say_the_same(text: str) -> None:
    assert not differ(text)


@pytest.mark.slow
@settings(max_examples=5_000, deadline=None)
@given(expressions())
def test_both_say_the_same_of_very_many(text: str) -> None:
    assert not differ(text)
