"""A text is cut into what stands as it is and the `{{ expressions }}` in it."""

import re
from typing import Final

import msgspec

from treadle.expressions.faults import PathError
from treadle.expressions.literals import end_of_any_literal

OPENING: Final = "{{"
CLOSING: Final = "}}"
STOP: Final = re.compile(r"['\"{}]")


class Braced(msgspec.Struct, frozen=True, kw_only=True):
    """The text between the braces without the blanks around it; `position` is where it begins."""

    text: str
    position: int


def cut(text: str) -> list[str | Braced]:
    """The parts in order, empty texts left out.

    Raises:
        PathError: braces that never close.
    """
    parts: list[str | Braced] = []
    position = 0
    while True:
        opening = text.find(OPENING, position)
        if opening < 0:
            break
        if opening > position:
            parts.append(text[position:opening])
        start = opening + len(OPENING)
        end = _end_of_expression(text, start)
        if end is None:
            raise PathError("invalid_expression", "`{{` is never closed by `}}`", opening)
        written = text[start:end]
        expression = written.strip()
        blanks = len(written) - len(written.lstrip())
        parts.append(Braced(text=expression, position=start + blanks))
        position = end + len(CLOSING)
    if position < len(text):
        parts.append(text[position:])
    return parts


def _end_of_expression(text: str, start: int) -> int | None:
    """Where the first `}}` stands that is outside string literals and outside braces opened since `start`."""
    depth = 0
    position = start
    while True:
        stop = STOP.search(text, position)
        if stop is None:
            return None
        position = stop.start()
        if stop[0] == "{":
            depth += 1
        elif stop[0] == "}":
            if depth == 0 and text.startswith(CLOSING, position):
                return position
            depth = max(0, depth - 1)
        else:
            end = end_of_any_literal(text, position)
            if end is None:
                return None
            position = end
            continue
        position += 1
