"""From one type to another: `int uint double string bytes bool dyn type duration timestamp`."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from treadle.expressions.cel.evaluation import CelError, Evaluation, misfit
from treadle.expressions.cel.functions.function import Functions
from treadle.expressions.cel.numbers import checked_int, checked_uint, double_text
from treadle.expressions.cel.times import (
    SECOND_NS,
    checked_timestamp,
    duration_text,
    read_duration,
    read_timestamp,
    timestamp_text,
)
from treadle.expressions.cel.values import TYPES, Duration, Timestamp, Uint, Value, type_name

WHOLE: Final = re.compile(r"[+-]?[0-9]{1,24}")
NUMBER: Final = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|inf|infinity|nan)", re.IGNORECASE
)
INT_BEYOND: Final = 2.0**63
UINT_BEYOND: Final = 2.0**64
"""From here on no double is a number of 64 bits."""
NUMBER_CHARS_MAX: Final = 400
"""The longest text that is read as a number."""
TRUTHS: Final = {
    **dict.fromkeys(("true", "True", "TRUE", "t", "1"), True),
    **dict.fromkeys(("false", "False", "FALSE", "f", "0"), False),
}


def _whole(value: Value, name: str, least: float, beyond: float) -> int:
    if type(value) is str:
        if WHOLE.fullmatch(value) is None:
            raise CelError(f"`{name}` reads no whole number there")
        return int(value)
    if type(value) is float:
        if not least <= value < beyond:
            raise CelError(f"`{name}` has no whole number for it")
        return int(value)
    if type(value) is int or type(value) is Uint:
        return int(value)
    raise misfit(name, value)


def to_int(_: Evaluation, value: Value) -> Value:
    """A whole number; a double loses its fraction, an instant becomes seconds since the Unix epoch."""
    if type(value) is Timestamp:
        return int(value.ns // SECOND_NS)
    return checked_int(_whole(value, "int", -INT_BEYOND + 1_024, INT_BEYOND))


def to_uint(_: Evaluation, value: Value) -> Value:
    """A whole number without a sign."""
    return checked_uint(_whole(value, "uint", 0.0, UINT_BEYOND))


def to_double(_: Evaluation, value: Value) -> Value:
    """A double."""
    if type(value) is float:
        return value
    if type(value) is str:
        if len(value) > NUMBER_CHARS_MAX or NUMBER.fullmatch(value) is None:
            raise CelError("`double` reads no number there")
        return float(value)
    if type(value) is int or type(value) is Uint:
        try:
            return float(value)
        except OverflowError as error:
            raise CelError("the number is too large for a double") from error
    raise misfit("double", value)


def _text_of_bytes(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CelError("the bytes are no text in UTF-8") from error


TEXTS: Final[Mapping[type, Callable[[Value], str]]] = {
    str: lambda value: str(value),
    bool: lambda value: "true" if value else "false",
    int: lambda value: str(checked_int(value)),
    Uint: lambda value: str(int(value)),
    float: double_text,
    bytes: _text_of_bytes,
    Timestamp: timestamp_text,
    Duration: duration_text,
}


def to_string(evaluation: Evaluation, value: Value) -> Value:
    """The value as text."""
    text_of = TEXTS.get(type(value))
    if text_of is None:
        raise misfit("string", value)
    if type(value) is bytes:
        evaluation.build(len(value))
    return text_of(value)


def to_bytes(evaluation: Evaluation, value: Value) -> Value:
    """A text in UTF-8."""
    if type(value) is bytes:
        return value
    if type(value) is not str:
        raise misfit("bytes", value)
    evaluation.build(4 * len(value))
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise CelError("the text has half of a character in it") from error


def to_bool(_: Evaluation, value: Value) -> Value:
    """`true`, `t`, `1` and their opposites."""
    if type(value) is bool:
        return value
    if type(value) is not str:
        raise misfit("bool", value)
    if value not in TRUTHS:
        raise CelError("`bool` reads neither true nor false there")
    return TRUTHS[value]


def to_timestamp(_: Evaluation, value: Value) -> Value:
    """An instant, of text in RFC 3339 or of seconds since the Unix epoch."""
    if type(value) is str:
        return read_timestamp(value)
    if type(value) is int:
        return checked_timestamp(value * SECOND_NS)
    if type(value) is Timestamp:
        return value
    raise misfit("timestamp", value)


def to_duration(_: Evaluation, value: Value) -> Value:
    """A length of time."""
    if type(value) is str:
        return read_duration(value)
    if type(value) is Duration:
        return value
    raise misfit("duration", value)


def to_dyn(_: Evaluation, value: Value) -> Value:
    """The value itself: types are only looked at when they matter."""
    return value


def to_type(_: Evaluation, value: Value) -> Value:
    """The type."""
    return TYPES[type_name(value)]


FUNCTIONS: Final[Functions] = {
    ("int", 1): to_int,
    ("uint", 1): to_uint,
    ("double", 1): to_double,
    ("string", 1): to_string,
    ("bytes", 1): to_bytes,
    ("bool", 1): to_bool,
    ("timestamp", 1): to_timestamp,
    ("duration", 1): to_duration,
    ("dyn", 1): to_dyn,
    ("type", 1): to_type,
}
