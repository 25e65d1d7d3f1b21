"""Long lists, a page at a time or all of it."""

from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

import click
import msgspec

from treadle.cli.answers import Page
from treadle.cli.client import Query, Reply
from treadle.cli.option import option
from treadle.cli.server_options import Server
from treadle.cli.tables import console, table
from treadle.model.json import Json
from treadle.rest.bounds import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")
CURSOR: Final = "cursor"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a list is wanted: `limit` items, or all of it a page of `limit` after the other.

    `place` is where it begins, in the parameter `by`.
    """

    limit: int | None
    place: str | None
    is_all: bool
    by: str = CURSOR

    @property
    def page_items(self) -> int:
        if self.limit is not None:
            return self.limit
        return PAGE_ITEMS_MAX if self.is_all else PAGE_ITEMS_DEFAULT


class Rows(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """How the items of a list stand in a table: what a page is, and what each item has in the columns."""

    columns: tuple[str, ...]
    page: type[Page[T]]
    row: Callable[[T], tuple[Json, ...]]


def part_options(command: F) -> F:
    """Give a command `--limit`, `--cursor` and `--all`."""
    cursor = option("--cursor", help="Go on where an earlier list ended.")
    return limit_option(cursor(all_option(command)))


def limit_option(command: F) -> F:
    """Give a command `--limit`."""
    limits = click.IntRange(1, PAGE_ITEMS_MAX)
    said = f"Items of a page; {PAGE_ITEMS_DEFAULT} without --all, else {PAGE_ITEMS_MAX}."
    return option("--limit", type=limits, help=said)(command)


def all_option(command: F) -> F:
    """Give a command `--all`."""
    return option("--all", "is_all", is_flag=True, help="The whole list, page after page.")(command)


def tell_list(server: Server, path: str, query: Query, part: Part, rows: Rows[T]) -> None:
    """Print the part of a list; in JSON each page is a line of its own."""
    for reply in pages(server, path, query, part):
        if server.is_json:
            server.tell(reply)
        else:
            console().print(table(rows.columns, map(rows.row, reply.read(rows.page).items)))


def pages(server: Server, path: str, query: Query, part: Part) -> Iterator[Reply]:
    """The answers, one a page; how to go on is told on the standard error."""
    place = part.place
    while True:
        asked = {**query, "limit": str(part.page_items), part.by: place}
        reply = server.client.get(path, asked)
        yield reply
        place = reply.read(Page[msgspec.Raw]).next
        if place is None:
            return
        if not part.is_all:
            if not server.is_json:
                click.echo(f"more: --{part.by} {place}", err=True)
            return
