"""Where a user wrote something: the file and the line outside this room from which it was called."""

import sys
from typing import Final

import msgspec

ROOM: Final = __name__.rpartition(".")[0]
"""The name that every module of this room begins with."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a file, from 1; prints as editors and terminals take it, `checkout.py:14`."""

    file: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


def calling_line() -> Line:
    """The line that called into this room; costs a look at a few frames."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return Line(file=frame.f_code.co_filename, number=frame.f_lineno)


def _is_ours(module: str) -> bool:
    return module == ROOM or module.startswith(f"{ROOM}.")
