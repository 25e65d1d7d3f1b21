"""String literals of expressions: where they end and what they mean."""

import re
from typing import Final

from treadle.expressions.faults import PathError

ITSELF: Final = {char: char for char in "\\/'\""}
ESCAPES: Final = {**ITSELF, "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
PREFIX: Final = re.compile(r"(?<![A-Za-z0-9_])[bB]?[rR]$")
PREFIX_CHARS: Final = 2
HEX4: Final = re.compile(r"[0-9A-Fa-f]{4}")


def end_of_literal(text: str, start: int) -> int | None:
    """The position after the literal whose quote stands at `start`; None when it never ends."""
    quote = text[start]
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text[position] == quote:
            return position + 1
        else:
            position += 1
    return None


def end_of_any_literal(text: str, start: int) -> int | None:
    """The same for all literals of CEL: raw ones, where a backslash means nothing, and three quotes."""
    prefix = PREFIX.search(text, max(0, start - PREFIX_CHARS), start)
    is_raw = prefix is not None and prefix[0][-1:] in {"r", "R"}
    quote = text[start]
    if text.startswith(quote * 3, start):
        return _end_after(text, start + 3, quote * 3, is_raw=is_raw)
    return _end_after(text, start + 1, quote, is_raw=is_raw)


def _end_after(text: str, position: int, quotes: str, *, is_raw: bool) -> int | None:
    while position < len(text):
        if text[position] == "\\" and not is_raw:
            position += 2
        elif text.startswith(quotes, position):
            return position + len(quotes)
        else:
            position += 1
    return None


def read_literal(text: str, start: int) -> tuple[str, int]:
    """The value of the literal at `start` and the position after it.

    Raises:
        PathError: it never ends or holds an escape that means nothing.
    """
    end = end_of_literal(text, start)
    if end is None:
        raise PathError("invalid_expression", "the string is not closed", start)
    value: list[str] = []
    position = start + 1
    while position < end - 1:
        if text[position] != "\\":
            value.append(text[position])
            position += 1
            continue
        char, position = _escape(text, position)
        value.append(char)
    return "".join(value), end


def _escape(text: str, start: int) -> tuple[str, int]:
    char = text[start + 1]
    if char in ESCAPES:
        return ESCAPES[char], start + 2
    code = HEX4.match(text, start + 2) if char == "u" else None
    if code is None or 0xD800 <= int(code[0], 16) <= 0xDFFF:
        raise PathError("invalid_expression", f"`\\{char}` is no escape of a character", start)
    return chr(int(code[0], 16)), start + 6
