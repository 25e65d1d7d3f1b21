"""What is asked of a text, and what is made of one. How long a result becomes is known before it is made."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote_from_bytes

from msgspec import UNSET

from treadle.expressions.cel.evaluation import (
    LIST_UNITS,
    LONG_CHARS,
    CelError,
    Evaluation,
    misfit,
)
from treadle.expressions.cel.functions.function import Function, Functions
from treadle.expressions.cel.numbers import INT_MAX, INT_MIN
from treadle.expressions.cel.values import Value

UPPER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
LOWER: Final = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
BLANKS: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    + ("\u2028\u2029\u202f\u205f\u3000")
)
"""The white space of Unicode."""
PERCENT_CHARS: Final = 3
"""Characters that an encoded byte takes."""


def _check_texts(name: str, *values: Value) -> None:
    for value in values:
        if type(value) is not str:
            raise misfit(name, *values)


def _check_whole(name: str, *values: Value) -> None:
    for value in values:
        if type(value) is not int or not INT_MIN <= value <= INT_MAX:
            raise misfit(name, *values)


def _asks(name: str, holds: Callable[[str, str], bool]) -> Function:
    def ask(evaluation: Evaluation, text: Value, part: Value) -> Value:
        _check_texts(name, text, part)
        evaluation.spend((len(text) + len(part)) // LONG_CHARS)
        return holds(text, part)

    return ask


def _makes(name: str, made: Callable[[str], str]) -> Function:
    def make(evaluation: Evaluation, text: Value) -> Value:
        _check_texts(name, text)
        evaluation.build(len(text))
        return made(text)

    return make


def char_at(_: Evaluation, text: Value, index: Value) -> Value:
    """The character at an index from 0; an empty text at the end."""
    _check_texts("charAt", text)
    _check_whole("charAt", index)
    if not 0 <= index <= len(text):
        raise _out_of_text("charAt", index)
    return text[index : index + 1]


def index_of(evaluation: Evaluation, text: Value, part: Value, start: Value = 0) -> Value:
    """Where the part first stands at `start` or after it, -1 if nowhere."""
    _check_texts("indexOf", text, part)
    _check_whole("indexOf", start)
    if not 0 <= start <= len(text):
        raise _out_of_text("indexOf", start)
    evaluation.spend((len(text) + len(part)) // LONG_CHARS)
    return text.find(part, start)


def last_index_of(evaluation: Evaluation, text: Value, part: Value, start: Value = UNSET) -> Value:
    """Where the part last stands, at `start` at most, -1 if nowhere."""
    _check_texts("lastIndexOf", text, part)
    evaluation.spend((len(text) + len(part)) // LONG_CHARS)
    if start is UNSET:
        return text.rfind(part)
    _check_whole("lastIndexOf", start)
    if not 0 <= start <= len(text):
        raise _out_of_text("lastIndexOf", start)
    return text.rfind(part, 0, start + len(part))


def substring(evaluation: Evaluation, text: Value, start: Value, end: Value = UNSET) -> Value:
    """The characters from `start` to `end` (exclusive)."""
    _check_texts("substring", text)
    end = len(text) if end is UNSET else end
    _check_whole("substring", start, end)
    if not 0 <= start <= end <= len(text):
        raise CelError(f"`substring` from {start} to {end} is not inside the text")
    evaluation.build(end - start)
    return text[start:end]


def replace(evaluation: Evaluation, text: Value, old: Value, new: Value, most: Value = -1) -> Value:
    """The text with `new` in place of `old`, `most` times at most (below 0: everywhere)."""
    _check_texts("replace", text, old, new)
    _check_whole("replace", most)
    evaluation.spend((len(text) + len(old)) // LONG_CHARS)
    found = text.count(old)
    count = found if most < 0 else min(found, most)
    evaluation.build(len(text) + count * max(0, len(new) - len(old)))
    return text.replace(old, new, count)


def split(evaluation: Evaluation, text: Value, separator: Value, most: Value = -1) -> Value:
    """The parts between separators, `most` of them at most (below 0: all)."""
    _check_texts("split", text, separator)
    _check_whole("split", most)
    if most == 0:
        return []
    evaluation.spend((len(text) + len(separator)) // LONG_CHARS)
    found = text.count(separator) + 1 if separator else len(text)
    count = found if most < 0 else min(found, most)
    evaluation.build(len(text) + LIST_UNITS * (1 + count))
    if separator:
        return text.split(separator, count - 1)
    return [*text[: count - 1], text[count - 1 :]] if text else []


def join(evaluation: Evaluation, parts: Value, separator: Value = "") -> Value:
    """The texts of a list with the separator between them."""
    if type(parts) is not list or type(separator) is not str:
        raise misfit("join", parts, separator)
    evaluation.spend(len(parts))
    for part in parts:
        if type(part) is not str:
            raise misfit("join", part)
    evaluation.build(sum(map(len, parts)) + len(separator) * len(parts))
    return separator.join(parts)


def percent_encode(evaluation: Evaluation, text: Value) -> Value:
    """The text as it may stand in a URL: all but unreserved characters percent-encoded, in UTF-8."""
    _check_texts("percentEncode", text)
    raw = text.encode("utf-8", "replace")
    evaluation.build(PERCENT_CHARS * len(raw))
    return quote_from_bytes(raw, safe="")


def _lower_ascii(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(UPPER)


def _upper_ascii(text: str) -> str:
    return text.upper() if text.isascii() else text.translate(LOWER)


def _out_of_text(name: str, index: int) -> CelError:
    return CelError(f"`{name}`: {index} is not inside the text")


METHODS: Final[Functions] = {
    ("contains", 2): _asks("contains", lambda text, part: part in text),
    ("startsWith", 2): _asks("startsWith", str.startswith),
    ("endsWith", 2): _asks("endsWith", str.endswith),
    ("lowerAscii", 1): _makes("lowerAscii", _lower_ascii),
    ("upperAscii", 1): _makes("upperAscii", _upper_ascii),
    ("trim", 1): _makes("trim", lambda text: text.strip(BLANKS)),
    ("reverse", 1): _makes("reverse", lambda text: text[::-1]),
    ("percentEncode", 1): percent_encode,
    ("charAt", 2): char_at,
    ("indexOf", 2): index_of,
    ("indexOf", 3): index_of,
    ("lastIndexOf", 2): last_index_of,
    ("lastIndexOf", 3): last_index_of,
    ("substring", 2): substring,
    ("substring", 3): substring,
    ("replace", 3): replace,
    ("replace", 4): replace,
    ("split", 2): split,
    ("split", 3): split,
    ("join", 1): join,
    ("join", 2): join,
}
