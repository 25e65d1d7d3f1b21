"""The newest executions that match, looked at again and again: as a picture, or a line for each change."""

import time
from collections.abc import Iterator
from typing import Final

import click
import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from treadle.cli.answers import Page, Summary
from treadle.cli.client import Client, Query, Reply
from treadle.cli.execution_tables import SUMMARIES, summary_row
from treadle.cli.patience import Patience
from treadle.cli.printing import on_one_line
from treadle.cli.tables import cell, shown

EXECUTIONS: Final = "/v1/executions"
AGAIN_S: Final = 1.0
"""How long the server is left alone between two looks."""
OTHER_LINES: Final = 4
"""Of the picture: the names of the columns, what else there is to say, and the cursor."""


def tell_changes(client: Client, query: Query, reconnect_s: float, *, is_json: bool) -> None:
    """Print a line for each execution that is there, the oldest first, and one whenever one has changed.

    Raises:
        Unreachable, RefusedByServer: as the patience has it; else it goes on until it is interrupted.
    """
    told: dict[str, bytes] = {}
    for reply in _looks(client, query, Patience(reconnect_s)):
        summaries, texts = reply.read(Page[Summary]).items, reply.read(Page[msgspec.Raw]).items
        now = {summary.id: bytes(text) for summary, text in zip(summaries, texts, strict=True)}
        for summary in reversed(summaries):
            if told.get(summary.id) != now[summary.id]:
                click.echo(now[summary.id] if is_json else "  ".join(map(shown, summary_row(summary))))
        told = now


def show_live_list(client: Client, query: Query, reconnect_s: float) -> None:
    """Draw them as they are.

    Raises:
        Unreachable, RefusedByServer: as the patience has it; else it goes on until it is interrupted.
    """
    picture = ListPicture(Console(highlight=False, markup=False, emoji=False))
    with Live(picture, console=picture.out, auto_refresh=False) as live:

        def note(text: str) -> None:
            picture.notice = text
            live.refresh()

        for reply in _looks(client, query, Patience(reconnect_s, note)):
            picture.page = reply.read(Page[Summary])
            live.refresh()


class ListPicture:
    """What is known of the executions, drawn for the height of the terminal."""

    def __init__(self, out: Console) -> None:
        self.out = out
        self.page: Page[Summary] | None = None
        self.notice = ""

    def __rich__(self) -> RenderableType:
        parts: list[RenderableType] = [] if self.page is None else [self._table(self.page)]
        if self.notice:
            parts.append(Text(on_one_line(self.notice), style="yellow"))
        return Group(*parts)

    def _table(self, page: Page[Summary]) -> RenderableType:
        drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for column in SUMMARIES.columns:
            drawn.add_column(column, no_wrap=True, overflow="ellipsis")
        room = max(1, self.out.height - OTHER_LINES)
        for summary in page.items[:room]:
            drawn.add_row(*map(cell, summary_row(summary)))
        if len(page.items) <= room and page.next is None:
            return drawn
        return Group(drawn, Text("and older ones", style="dim"))


def _looks(client: Client, query: Query, patience: Patience) -> Iterator[Reply]:
    while True:
        yield patience.of(lambda: client.get(EXECUTIONS, query))
        patience.is_well()
        time.sleep(AGAIN_S)
