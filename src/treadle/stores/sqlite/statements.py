"""The statements of `sql/`: one a file, named by what it does."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Final, TypeVar

T = TypeVar("T")

ROWS_MAX: Final = 256
"""Rows of the longest statement: its text is still kept prepared (at most 16 KiB)."""
ROWS_LADDER: Final = (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 224, ROWS_MAX)
"""How many rows a statement may hold: few sizes, so that prepared statements are found again.

A step is one pass through the interpreter lock, and each costs up to its switch interval while another
thread computes: it is cheaper to fill a statement up with empty rows than to take a second step.
"""
_EACH: Final = re.compile(r"/\* each \*/(.*?)/\* end \*/", re.DOTALL)
_CONDITIONS: Final = "/* conditions */"
_SOURCE: Final = "/* source */"
_MATCH: Final = "/* match */"


class Statements:
    """All statements, read once. A name that has no file is a KeyError."""

    def __init__(self) -> None:
        folder = resources.files("treadle.stores.sqlite").joinpath("sql")
        self._texts = {
            file.name.removesuffix(".sql"): file.read_text("utf-8")
            for file in folder.iterdir()
            if file.name.endswith(".sql")
        }
        self._repeated = {
            name: {count: _repeat(text, count) for count in ROWS_LADDER}
            for name, text in self._texts.items()
            if _EACH.search(text)
        }

    def __getitem__(self, name: str) -> str:
        return self._texts[name]

    def of_rows(self, name: str, count: int) -> str:
        """The statement with its row repeated; `count` is one of the ladder.

        It passes over rows whose first column is null.
        """
        return self._repeated[name][count]

    def where(self, name: str, conditions: Sequence[str]) -> str:
        """The statement with these conditions, of which all must hold."""
        return self._texts[name].replace(_CONDITIONS, " AND ".join(conditions))

    def walking(self, name: str, source: str, conditions: Sequence[str]) -> str:
        """The statement over this source, with these conditions, of which all must hold."""
        return self.where(name, conditions).replace(_SOURCE, source)

    def matching(self, name: str, source: str, conditions: Sequence[str], matches: Sequence[str]) -> str:
        """The same, and an entry matches if all of `matches` hold too."""
        text = " AND ".join(matches) or "TRUE"
        return self.walking(name, source, conditions).replace(_MATCH, text)


def chunks(rows: Sequence[T]) -> Iterator[tuple[int, Sequence[T]]]:
    """`rows` in order, in pieces, each with the size of the statement that it fits in."""
    for begin in range(0, len(rows), ROWS_MAX):
        chunk = rows[begin : begin + ROWS_MAX]
        yield ROWS_LADDER[bisect_left(ROWS_LADDER, len(chunk))], chunk


def _repeat(text: str, count: int) -> str:
    return _EACH.sub(lambda found: ",".join([found.group(1).replace(" ", "")] * count), text)
