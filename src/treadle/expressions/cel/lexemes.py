"""The text of an expression is cut into lexemes: names, numbers, texts and signs, each with its place."""

import re
from math import isinf
from typing import Final

import msgspec

from treadle.expressions.cel.escapes import read_text_literal
from treadle.expressions.cel.numbers import UINT_MAX
from treadle.expressions.cel.values import Uint, Value
from treadle.expressions.faults import PathError
from treadle.expressions.meant import SIGNS, written
from treadle.expressions.nearest import quoted

LEXEME: Final = re.compile(
    r"(?P<blank>(?:\s+|//[^\n]*)+)"
    r"|(?P<text>[bB]?[rR](?:\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?'''|\"[^\"\r\n]*\"|'[^'\r\n]*')"
    r"|[bB]?(?:\"\"\"(?:[^\\]|\\[\s\S])*?\"\"\"|'''(?:[^\\]|\\[\s\S])*?'''"
    r"|\"(?:[^\"\\\r\n]|\\[^\r\n])*\"|'(?:[^'\\\r\n]|\\[^\r\n])*'))"
    r"|(?P<double>(?:[0-9]+\.[0-9]+|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)"
    r"|(?P<whole>(?:0x[0-9a-fA-F]+|[0-9]+)[uU]?)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<quoted>`[A-Za-z0-9_./ -]+`)"
    r"|(?P<sign>\|\||&&|[<>=!]=|[-+*/%<>!?:.,()\[\]{}])"
)
WHOLE_DIGITS_MAX: Final = 24
"""No number of 64 bits has more, with `0x` or some zeros before it."""
WORDS: Final = {"true": True, "false": False, "null": None}
LITERALS: Final = frozenset({"text", "double", "whole"})
END: Final = "end"


class Lexeme(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`kind` is `name`, `quoted` (a name in backquotes), `value`, `sign` or `end`.

    `text` is as written, `value` what a literal means.
    """

    kind: str
    text: str
    start: int
    end: int
    value: Value = None


def lexemes_of(text: str) -> list[Lexeme]:
    """All lexemes, with one of the kind `end` after them.

    Raises:
        PathError: a character or a literal that means nothing.
    """
    found: list[Lexeme] = []
    position = 0
    while position < len(text):
        match = LEXEME.match(text, position)
        if match is None:
            raise _meaningless(text, position)
        kind, written = match.lastgroup, match[0]
        if kind in LITERALS or written in WORDS:
            value = _value(kind, written, position)
            found.append(Lexeme(kind="value", text=written, start=position, end=match.end(), value=value))
        elif kind is not None and kind != "blank":
            found.append(Lexeme(kind=kind, text=written, start=position, end=match.end()))
        position = match.end()
    found.append(Lexeme(kind=END, text="", start=position, end=position))
    return found


def _value(kind: str | None, written: str, position: int) -> Value:
    if kind == "text":
        return read_text_literal(written, position)
    if kind == "double":
        return _double(written, position)
    return WORDS[written] if kind == "name" else _whole(written, position)


def _double(written: str, position: int) -> float:
    number = float(written)
    if isinf(number):
        raise PathError("invalid_expression", f"{quoted(written)} is too large for a number", position)
    return number


def _whole(written: str, position: int) -> int:
    """A number without a sign; whether it has 64 bits with one is seen when the sign is known."""
    digits = written.rstrip("uU")
    number = int(digits, 16 if digits.startswith("0x") else 10) if len(digits) <= WHOLE_DIGITS_MAX else None
    if number is None or number > UINT_MAX:
        raise PathError("invalid_expression", f"{quoted(written)} has more than 64 bits", position)
    return number if digits == written else Uint(number)


def _meaningless(text: str, position: int) -> PathError:
    if text[position] in "\"'":
        return PathError("invalid_expression", "the string is not closed", position)
    # `==` was read already where three signs stand together.
    signs = (text[max(0, position - 2) : position + 1], text[position : position + 2], text[position])
    hint = next((found for found in (written(SIGNS, sign) for sign in signs) if found), "")
    return PathError("invalid_expression", f"{quoted(text[position])} means nothing here{hint}", position)
