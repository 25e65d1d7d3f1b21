"""Bulk acts as they are shown, and as they are watched to their end."""

import sys
import time
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from treadle.cli.answers import BulkAct, Page
from treadle.cli.client import Reply, segment
from treadle.cli.failures import Failure
from treadle.cli.paging import Rows
from treadle.cli.patience import Patience, tell_people
from treadle.cli.printing import on_one_line
from treadle.cli.server_options import Server
from treadle.cli.tables import console, facts, table
from treadle.client.answers import BulkPreview
from treadle.model.json import Json

DONE: Final = "done"
LOOKED_AT_S: Final = 0.25
"""How often it is asked how far a bulk act has come."""
PATH: Final = "/v1/bulk"


def bulk_row(act: BulkAct) -> tuple[Json, ...]:
    return (
        act.bulk_id,
        act.status,
        act.action,
        act.total,
        act.done,
        act.refused,
        act.actor,
        act.created_at,
        act.ended_at,
        act.reason,
    )


BULK_ACTS: Final = Rows(
    columns=(
        "bulk act",
        "status",
        "action",
        "total",
        "done",
        "refused",
        "actor",
        "created",
        "ended",
        "reason",
    ),
    page=Page[BulkAct],
    row=bulk_row,
)


def tell_bulk_act(server: Server, reply: Reply) -> None:
    """Print one bulk act, with the last of those that refused."""
    if server.is_json:
        server.tell(reply)
        return
    act = reply.read(BulkAct)
    named = zip(BULK_ACTS.columns, bulk_row(act), strict=True)
    console().print(facts((*named, ("filter", act.filter))))
    refusals = [(group.code, group.count, *_sample(last)) for group in act.refusals for last in group.last]
    if refusals:
        console().print(table(("code", "count", "execution", "message"), refusals))


def _sample(last: Json) -> tuple[Json, Json]:
    return last.get("execution_id"), last.get("message")


def tell_end(server: Server, reply: Reply) -> None:
    """Print one bulk act that has ended.

    Raises:
        Failure: it was stopped, or executions refused.
    """
    tell_bulk_act(server, reply)
    check_all_done(reply.read(BulkAct))


def followed(server: Server, bulk_id: str, reconnect_s: float) -> Reply:
    """The bulk act once it has ended; at a terminal how far it has come is drawn meanwhile.

    Raises:
        Unreachable, RefusedByServer: as the patience has it.
    """
    is_drawn = sys.stdout.isatty() and not server.is_json
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    out = Console(highlight=False, markup=False, emoji=False)
    with Progress(*columns, console=out, disable=not is_drawn) as progress:
        bar = progress.add_task("", total=None)
        patience = Patience(reconnect_s, (lambda text: progress.print(text)) if is_drawn else tell_people)
        patience.is_back()
        while True:
            reply = patience.of(lambda: server.client.get(f"{PATH}/{segment(bulk_id)}"))
            patience.is_well()
            act = reply.read(BulkAct)
            refused = f", {act.refused} refused" if act.refused else ""
            told = f"{on_one_line(act.action)}{refused}"
            progress.update(bar, total=act.total, completed=act.done + act.refused, description=told)
            if act.ended_at is not None:
                return reply
            time.sleep(LOOKED_AT_S)


def check_all_done(act: BulkAct) -> None:
    """Nothing, if every execution did what it was told.

    Raises:
        Failure: some did not, with how many for what code; or it was stopped.
    """
    if act.status != DONE:
        raise Failure(f"{on_one_line(act.status)} after {act.done + act.refused} executions")
    if act.refused:
        codes = ", ".join(f"{group.count} {on_one_line(group.code)}" for group in act.refusals)
        raise Failure(f"{act.refused} of {act.total} executions refused: {codes}")


def tell_preview(server: Server, reply: Reply) -> None:
    """Print how many executions match, by status."""
    if server.is_json:
        server.tell(reply)
        return
    found = reply.read(BulkPreview)
    rows = [(status, _at_least(found, status, count)) for status, count in sorted(found.by_status.items())]
    total = f"{found.count} or more" if found.at_least else found.count
    console().print(table(("status", "count"), [*rows, ("total", total)]))


def _at_least(found: BulkPreview, status: str, count: int) -> Json:
    return f"{count} or more" if status in found.at_least else count


def tell_id(server: Server, act: BulkAct) -> None:
    """Say where to look, on the standard error where the answer is JSON."""
    click.echo(on_one_line(act.bulk_id), err=server.is_json)
