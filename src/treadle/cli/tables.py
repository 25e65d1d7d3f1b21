"""Tables for people."""

import sys
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from treadle.model.json import Json

WIDTH_UNSEEN: Final = 220
"""Columns where no terminal says how wide it is: wide enough that ids are not cut."""
STYLES: Final = {
    "completed": "green",
    "failed": "red",
    "stuck": "red bold",
    "running": "cyan",
    "compensating": "yellow",
    "paused": "yellow",
}


def console() -> Console:
    """Where tables are printed."""
    width = None if sys.stdout.isatty() else WIDTH_UNSEEN
    return Console(width=width, highlight=False, markup=False, emoji=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[Json]]) -> Table:
    """A table of plain values; None stands as a dash."""
    made = Table(box=SIMPLE, pad_edge=False, show_edge=False)
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(Text(shown(value), style=STYLES.get(shown(value), "")) for value in row))
    return made


def shown(value: Json) -> str:
    """The value on one line, nothing in it that a terminal would obey."""
    if value is None:
        return "-"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
