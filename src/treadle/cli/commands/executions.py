"""`treadle executions`: what there is, one of them, what happened to it."""

from typing import Final

import click

from treadle.cli.client import segment
from treadle.cli.lazy_group import NearestGroup
from treadle.cli.server_options import read_server_options, server_options
from treadle.cli.tables import console, shown, table
from treadle.model.json import Json

FACTS: Final = (
    *("id", "definition", "status", "reason", "business_key", "run", "priority", "labels"),
    *("created_at", "started_at", "ended_at", "input", "output", "failure", "warnings"),
)
HISTORY_COLUMNS: Final = ("seq", "at", "type", "path", "attempt", "actor", "reason", "data")
NODE_COLUMNS: Final = ("node", "kind", "status", "attempt", "started", "ended", "error", "output")
COMPENSATION_COLUMNS: Final = ("compensation", "status", "attempt", "error", "reason")


@click.group(cls=NearestGroup)
def executions() -> None:
    """Look at executions."""


@executions.command("list")
@click.option("--status", envvar="TREADLE_STATUS", multiple=True, help="May repeat.")
@click.option("--definition", envvar="TREADLE_DEFINITION", help="Name of the definition.")
@click.option("--version", "definition_version", envvar="TREADLE_VERSION", help="Version of the definition.")
@click.option("--business-key", envvar="TREADLE_BUSINESS_KEY")
@click.option("--label", envvar="TREADLE_LABEL", multiple=True, metavar="NAME:VALUE", help="May repeat.")
@click.option("--limit", envvar="TREADLE_LIMIT", type=click.IntRange(1, 500), default=50, show_default=True)
@click.option("--cursor", envvar="TREADLE_CURSOR", help="Where an earlier list went on.")
@server_options
def list_executions(
    status: tuple[str, ...],
    label: tuple[str, ...],
    definition_version: str | None,
    limit: int,
    **options: str,
) -> None:
    """List executions, newest first."""
    query: dict[str, str | list[str] | None] = {
        "status": list(status),
        "label": list(label),
        "version": definition_version,
        "limit": str(limit),
        **{name: options.pop(name) for name in ("definition", "business_key", "cursor")},
    }
    server = read_server_options(**options)
    reply = server.client.get("/v1/executions", query)
    if server.is_json:
        click.echo(reply.text)
        return
    columns = ("id", "definition", "status", "business key", "created", "ended", "failure")
    console().print(table(columns, map(_row, reply.body["items"])))
    if reply.body["next"] is not None:
        click.echo(f"more: --cursor {reply.body['next']}", err=True)


@executions.command("show")
@click.argument("execution_id", metavar="ID")
@server_options
def show_execution(execution_id: str, **options: str) -> None:
    """Show one execution as it is now."""
    server = read_server_options(**options)
    reply = server.client.get(f"/v1/executions/{segment(execution_id)}")
    if server.is_json:
        click.echo(reply.text)
        return
    execution = reply.body
    facts = execution | {"definition": _reference(execution)}
    out = console()
    out.print(table(("", ""), ((name, facts[name]) for name in FACTS if facts[name] not in (None, [], {}))))
    if execution["nodes"]:
        out.print(table(NODE_COLUMNS, (_node(path, node) for path, node in execution["nodes"].items())))
    if execution["compensations"]:
        out.print(table(COMPENSATION_COLUMNS, map(_compensation, execution["compensations"])))


@executions.command("history")
@click.argument("execution_id", metavar="ID")
@click.option(
    "--after",
    envvar="TREADLE_AFTER",
    type=click.IntRange(0),
    default=0,
    help="Show what came after this event.",
)
@click.option("--limit", envvar="TREADLE_LIMIT", type=click.IntRange(1, 500), default=500, show_default=True)
@server_options
def show_history(execution_id: str, after: int, limit: int, **options: str) -> None:
    """Show what happened to an execution, oldest first."""
    server = read_server_options(**options)
    query: dict[str, str | list[str] | None] = {"after": str(after), "limit": str(limit)}
    reply = server.client.get(f"/v1/executions/{segment(execution_id)}/history", query)
    if server.is_json:
        click.echo(reply.text)
        return
    rows = ([item[column] for column in HISTORY_COLUMNS] for item in reply.body["items"])
    console().print(table(HISTORY_COLUMNS, rows))
    if reply.body["next"] is not None:
        click.echo(f"more: --after {reply.body['next']}", err=True)


def _reference(execution: Json) -> str:
    return f"{execution['definition']['name']}@{execution['definition']['version']}"


def _row(summary: Json) -> tuple[Json, ...]:
    failure = summary["failure"]
    return (
        summary["id"],
        _reference(summary),
        summary["status"],
        summary["business_key"],
        summary["created_at"],
        summary["ended_at"],
        None if failure is None else f"{failure['path'] or ''} {failure['code']}".strip(),
    )


def _node(path: str, node: Json) -> tuple[Json, ...]:
    last = node["attempts"][-1] if node["attempts"] else {"error": None}
    return (
        path,
        node["kind"],
        node["status"],
        node["attempt"] or None,
        node["started_at"],
        node["ended_at"] or node["wake_at"],
        _error(last["error"]),
        node["output"],
    )


def _compensation(one: Json) -> tuple[Json, ...]:
    return one["path"], one["status"], one["attempt"] or None, _error(one["error"]), one["reason"]


def _error(error: Json) -> str | None:
    return None if error is None else shown(f"{error['code']}: {error['message']}")
