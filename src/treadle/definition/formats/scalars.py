"""Plain scalars of YAML 1.2: the core schema, as its specification gives it."""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Final

from treadle.definition.soundness import INT_MAX, INT_MIN
from treadle.model.json import Json

WORDS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER_STARTS: Final = frozenset("-+.0123456789")
"""What begins otherwise is no number: nearly every scalar."""
DECIMAL: Final = re.compile(r"[-+]?[0-9]+")
OCTAL: Final = re.compile(r"0o([0-7]+)")
HEXADECIMAL: Final = re.compile(r"0x([0-9a-fA-F]+)")
FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
INT_CHARS_MAX: Final = 64
"""Longer than any integer of 64 bits in any base."""


def plain_value(text: str) -> Json:
    """The value of a scalar without quotes.

    Raises:
        ValueError: a number that JSON has not, or one out of range.
    """
    if text[:1] not in NUMBER_STARTS:
        return WORDS.get(text, text)
    integer = _integer(text)
    if integer is not None:
        return integer
    if NOT_FINITE.fullmatch(text):
        raise ValueError(f"JSON has no {text}")
    return _float(text) if FLOAT.fullmatch(text) else text


def _integer(text: str) -> int | None:
    for form, base in ((DECIMAL, 10), (OCTAL, 8), (HEXADECIMAL, 16)):
        found = form.fullmatch(text)
        if found is None:
            continue
        digits = found[found.re.groups]
        value = int(digits, base) if len(digits) <= INT_CHARS_MAX else INT_MAX + 1
        if not INT_MIN <= value <= INT_MAX:
            raise ValueError("an integer may have 64 bits")
        return value
    return None


def _float(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError("a number is out of range")
    return value
