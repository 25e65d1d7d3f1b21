"""`treadle executions show | nodes | history | explain`: one execution."""

from collections.abc import Iterator
from typing import Final

import click

from treadle.cli.answers import Explanation, Shown
from treadle.cli.client import Reply, segment
from treadle.cli.execution_tables import (
    HISTORY,
    REASON_COLUMNS,
    UNDO_COLUMNS,
    VISIT_COLUMNS,
    VISITS,
    reason_row,
    undo_row,
    visit_row,
)
from treadle.cli.option import option
from treadle.cli.paging import Part, all_option, limit_option, part_options, tell_list
from treadle.cli.server_options import Server, with_server
from treadle.cli.tables import console, facts, shown, table
from treadle.model.json import Json

FACTS: Final = (
    *("id", "definition", "status", "reason", "business_key", "run", "priority", "labels"),
    *("created_at", "started_at", "ended_at", "input", "output", "failure", "warnings"),
)


@click.command("show")
@click.argument("execution_id", metavar="ID")
@option("--at", type=click.IntRange(1), metavar="SEQ", help="As it was after that event of its history.")
@with_server
def show_execution(server: Server, execution_id: str, at: int | None) -> None:
    """Show one execution, as it is now or as it was."""
    query = {"at": None if at is None else str(at)}
    tell_execution(server, server.client.get(f"/v1/executions/{segment(execution_id)}", query))


def tell_execution(server: Server, reply: Reply) -> None:
    """Print one execution with its visits and compensations."""
    if server.is_json:
        server.tell(reply)
        return
    execution = reply.read(Shown)
    out = console()
    out.print(facts(_facts(execution)))
    if execution.nodes:
        out.print()
        visits = (visit_row(visit, path) for path, visit in execution.nodes.items())
        out.print(table(VISIT_COLUMNS, visits))
    if execution.nodes_truncated:
        click.echo(f"more visits: treadle executions nodes {shown(execution.id)} --all", err=True)
    if execution.compensations:
        out.print()
        out.print(table(UNDO_COLUMNS, map(undo_row, execution.compensations)))


def _facts(execution: Shown) -> Iterator[tuple[str, Json]]:
    written = {"definition": str(execution.definition)}
    if execution.failure is not None:
        written["failure"] = f"{execution.failure.path or ''} {execution.failure}".strip()
    for name in FACTS:
        value = written.get(name, getattr(execution, name))
        if value not in (None, [], {}):
            yield name, value


@click.command("nodes")
@click.argument("execution_id", metavar="ID")
@part_options
@with_server
def list_nodes(
    server: Server, execution_id: str, limit: int | None, cursor: str | None, is_all: bool
) -> None:
    """List the visits of an execution, newest first."""
    part = Part(limit=limit, place=cursor, is_all=is_all)
    tell_list(server, f"/v1/executions/{segment(execution_id)}/nodes", {}, part, VISITS)


@click.command("history")
@click.argument("execution_id", metavar="ID")
@option("--after", type=click.IntRange(0), default=0, metavar="SEQ", help="What came after that event.")
@limit_option
@all_option
@with_server
def show_history(server: Server, execution_id: str, after: int, limit: int | None, is_all: bool) -> None:
    """Show what happened to an execution, oldest first."""
    part = Part(limit=limit, place=str(after), is_all=is_all, by="after")
    tell_list(server, f"/v1/executions/{segment(execution_id)}/history", {}, part, HISTORY)


@click.command("explain")
@click.argument("execution_id", metavar="ID")
@with_server
def explain_execution(server: Server, execution_id: str) -> None:
    """Say why an execution is not moving now."""
    reply = server.client.get(f"/v1/executions/{segment(execution_id)}/explanation")
    if server.is_json:
        server.tell(reply)
        return
    explanation = reply.read(Explanation)
    click.echo(shown(explanation.status))
    if explanation.reasons:
        console().print(table(REASON_COLUMNS, map(reason_row, explanation.reasons)))
