"""`treadle executions list | counts | failures`: many executions."""

import sys

import click

from treadle.cli.execution_tables import FAILURES, SUMMARIES
from treadle.cli.filters import filter_options, filter_query
from treadle.cli.live_list import EXECUTIONS, show_live_list, tell_changes
from treadle.cli.option import option
from treadle.cli.paging import Part, part_options, tell_list
from treadle.cli.patience import reconnect_option
from treadle.cli.server_options import Server, with_server
from treadle.cli.tables import console, table
from treadle.client.answers import Counts
from treadle.model.json import Json


@click.command("list")
@filter_options
@part_options
@option("--watch", "is_watched", is_flag=True, help="Look again every second, until Ctrl-C.")
@reconnect_option
@with_server
def list_executions(
    server: Server,
    *,
    limit: int | None,
    cursor: str | None,
    is_all: bool,
    is_watched: bool,
    reconnect: float,
    **filters: Json,
) -> None:
    """List executions, newest first.

    With `--watch` the newest are looked at again and again. At a terminal that is a picture that changes;
    elsewhere each one is a line, the oldest first, and a line again whenever it has changed, and with
    `--output json` its JSON. One that matches no longer is gone without a line.
    """
    part = Part(limit=limit, place=cursor, is_all=is_all)
    if not is_watched:
        tell_list(server, EXECUTIONS, filter_query(filters), part, SUMMARIES)
        return
    if is_all or cursor is not None:
        raise click.UsageError("--watch shows the newest: it goes neither with --all nor with --cursor")
    query = {**filter_query(filters), "limit": str(part.page_items)}
    if sys.stdout.isatty() and not server.is_json:
        show_live_list(server.client, query, reconnect)
    else:
        tell_changes(server.client, query, reconnect, is_json=server.is_json)


@click.command("counts")
@filter_options
@with_server
def count_executions(server: Server, **filters: Json) -> None:
    """Count executions by status."""
    reply = server.client.get("/v1/executions/counts", filter_query(filters))
    if server.is_json:
        server.tell(reply)
        return
    counts = reply.read(Counts)
    rows = [
        (status, _told(count, status in counts.at_least))
        for status, count in sorted(counts.by_status.items())
    ]
    rows.append(("total", _told(counts.total, bool(counts.at_least))))
    console().print(table(("status", "count"), rows))


@click.command("failures")
@filter_options
@part_options
@with_server
def list_failures(
    server: Server, *, limit: int | None, cursor: str | None, is_all: bool, **filters: Json
) -> None:
    """Group executions that failed or are stuck by where and how, the latest first."""
    part = Part(limit=limit, place=cursor, is_all=is_all)
    tell_list(server, "/v1/executions/failures", filter_query(filters), part, FAILURES)


def _told(count: int, is_at_least: bool) -> str:
    """With a plus where there may be more than were counted."""
    return f"{count}+" if is_at_least else str(count)
