"""String literals of expressions: where they end and what they mean."""

import re
from typing import Final

from treadle.expressions.faults import PathError

ITSELF: Final = {char: char for char in "\\/'\""}
ESCAPES: Final = {**ITSELF, "n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
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
