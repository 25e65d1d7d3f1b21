"""Tables for people."""

import sys
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from treadle.cli.printing import on_one_line
from treadle.model.json import Json

WIDTH_UNSEEN: Final = 220
"""Columns where no terminal says how wide it is: wide enough that ids are not cut."""
CELL_CHARS_MAX: Final = 1_000
"""So much of a value is shown in a table."""
LONG: Final = frozenset({"error", "output", "data", "message", "failure", "reason", "awaits", "value"})
"""Columns whose values may be of any length."""
LONG_CHARS_MIN: Final = 24
"""So much room a long value has in every line."""
GAP: Final = 3
"""Between two columns."""
STYLES: Final = {
    "completed": "green",
    "failed": "red",
    "stuck": "red bold",
    "unknown": "red",
    "running": "cyan",
    "compensating": "yellow",
    "paused": "yellow",
    "backoff": "yellow",
    "waiting": "blue",
    "sleeping": "blue",
}


def console() -> Console:
    """Where tables are printed."""
    width = None if sys.stdout.isatty() else WIDTH_UNSEEN
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[Json]]) -> Table:
    """A table of plain values; None stands as a dash.

    Long values are folded. The others are never cut, since they are copied: the table is then as wide as it
    has to be.
    """
    cells = [tuple(map(cell, row)) for row in rows]
    made = Table(box=SIMPLE, pad_edge=False, show_edge=False)
    needed = -GAP
    for number, column in enumerate(columns):
        is_long = column in LONG
        widest = max((row[number].cell_len for row in cells), default=0)
        needed += GAP + max(len(column), min(widest, LONG_CHARS_MIN) if is_long else widest)
        made.add_column(column, overflow="fold", no_wrap=not is_long)
    for row in cells:
        made.add_row(*row)
    if needed > console().width:
        made.width = needed
    return made


def facts(rows: Iterable[tuple[str, Json]]) -> Table:
    """Names and what they stand for, a line each."""
    made = Table(box=None, pad_edge=False, show_header=False)
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        made.add_row(name, cell(value))
    return made


def cell(value: Json) -> Text:
    """A value in a table, in the colour of the status that it is, if it is one."""
    text = shown(value)
    cut = text if len(text) <= CELL_CHARS_MAX else f"{text[:CELL_CHARS_MAX]}… ({len(text):,} characters)"
    return Text(cut, style=STYLES.get(text, ""))


def shown(value: Json) -> str:
    """The value on one line, nothing in it that a terminal would obey."""
    if value is None:
        return "-"
    return on_one_line(value if isinstance(value, str) else msgspec.json.encode(value).decode())
