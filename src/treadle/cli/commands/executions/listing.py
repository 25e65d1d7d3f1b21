"""`treadle executions list | counts | failures`: many executions."""

import click

from treadle.cli.answers import Counts
from treadle.cli.execution_tables import FAILURES, SUMMARIES
from treadle.cli.filters import filter_options, filter_query
from treadle.cli.paging import Part, part_options, tell_list
from treadle.cli.server_options import Server, with_server
from treadle.cli.tables import console, table
from treadle.model.json import Json


@click.command("list")
@filter_options
@part_options
@with_server
def list_executions(
    server: Server, *, limit: int | None, cursor: str | None, is_all: bool, **filters: Json
) -> None:
    """List executions, newest first."""
    part = Part(limit=limit, place=cursor, is_all=is_all)
    tell_list(server, "/v1/executions", filter_query(filters), part, SUMMARIES)


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
    console().print(table(("status", "count"), [*sorted(counts.by_status.items()), ("total", counts.total)]))


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
