"""Offsets in a text become lines and columns."""

import re
from bisect import bisect_right
from typing import Final

import msgspec

LINE_BREAK: Final = re.compile(r"\r\n|\n|\r")


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A character of a text; both count from 1, a column in code points."""

    line: int
    column: int


class Lines:
    """The lines of a text; one ends with LF, CR LF or CR."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in LINE_BREAK.finditer(text))]

    def position(self, offset: int) -> Position:
        """The position of the character at an offset; behind the last one stands the end."""
        line = bisect_right(self._starts, offset)
        return Position(line=line, column=offset - self._starts[line - 1] + 1)
