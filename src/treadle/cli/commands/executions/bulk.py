"""`treadle executions bulk | bulk-acts | bulk-act`: one act on many executions."""

from collections.abc import Mapping
from typing import Final

import click

from treadle.cli.answers import BulkAct
from treadle.cli.bulk_acts import (
    BULK_ACTS,
    PATH,
    followed,
    tell_bulk_act,
    tell_end,
    tell_id,
    tell_preview,
)
from treadle.cli.client import Reply, segment
from treadle.cli.failures import Unreachable
from treadle.cli.filters import filter_options, filter_query
from treadle.cli.option import option
from treadle.cli.paging import Part, part_options, tell_list
from treadle.cli.patience import reconnect_option
from treadle.cli.server_options import Server, with_server
from treadle.model.bulk_acts import BulkAction
from treadle.model.json import Json

ACTIONS: Final = click.Choice([action.value for action in BulkAction])
POST: Final = "/v1/executions/bulk"
OWN: Final = frozenset({"everything", "preview", "reason", "yes"})
"""Options that are no filter."""
wait_option = option(
    "--wait", is_flag=True, help="Stay until it is done: 0 if nothing refused, 1 if some did."
)


@click.command("bulk")
@click.argument("action", metavar="ACTION", type=ACTIONS)
@filter_options
@option("--everything", is_flag=True, help="Every execution of the namespace, instead of a filter.")
@option("--reason", help="Kept in the history of each.")
@option("--preview", is_flag=True, help="Say how many executions match, and do nothing.")
@option("--yes", is_flag=True, help="Do it; needed unless --preview is given.")
@wait_option
@reconnect_option
@with_server
def act_in_bulk(server: Server, *, action: str, wait: bool, reconnect: float, **given: Json) -> None:
    """Pause, resume, cancel, terminate, retry or wake every execution that matches.

    It prints the id of the bulk act, which goes on whatever becomes of this command. With `--wait` it stays,
    and draws at a terminal how far it has come.
    """
    order = _order(action, given)
    reply = _asked(server, order)
    if order["preview"]:
        tell_preview(server, reply)
        return
    begun = reply.read(BulkAct)
    if wait:
        tell_id(server, begun)
        tell_end(server, followed(server, begun.bulk_id, reconnect))
    elif server.is_json:
        server.tell(reply)
    else:
        tell_id(server, begun)


@click.command("bulk-acts")
@part_options
@with_server
def list_bulk_acts(server: Server, *, limit: int | None, cursor: str | None, is_all: bool) -> None:
    """List bulk acts, newest first: those that run, and those that ended within 30 days."""
    tell_list(server, PATH, {}, Part(limit=limit, place=cursor, is_all=is_all), BULK_ACTS)


@click.command("bulk-act")
@click.argument("bulk_id", metavar="BULK_ID")
@option("--stop", is_flag=True, help="Let it act on no more executions.")
@wait_option
@reconnect_option
@with_server
def show_bulk_act(server: Server, *, bulk_id: str, stop: bool, wait: bool, reconnect: float) -> None:
    """Show how far a bulk act has come, and which executions refused last; or stop it."""
    path = f"{PATH}/{segment(bulk_id)}"
    reply = server.client.post(f"{path}/stop", {}) if stop else server.client.get(path)
    if wait:
        tell_end(server, followed(server, bulk_id, reconnect))
    else:
        tell_bulk_act(server, reply)


def _asked(server: Server, order: Mapping[str, Json]) -> Reply:
    try:
        return server.client.post(POST, dict(order))
    except Unreachable as error:
        if order["preview"] or not error.is_sent:
            raise
        again = "whether it was begun is not known: `treadle executions bulk-acts` finds out"
        raise Unreachable(f"{error.message}\n{again}") from error


def _order(action: str, given: Mapping[str, Json]) -> Mapping[str, Json]:
    """What is asked, by what the options say.

    Raises:
        UsageError: they do not say which executions are meant, or whether that is meant.
    """
    own = {name: given[name] for name in OWN}
    filters = filter_query({name: value for name, value in given.items() if name not in OWN})
    # An empty text is a filter that nothing matches: a variable that is not set must not widen what is meant.
    asked = {name: value for name, value in filters.items() if value or isinstance(value, str)}
    if asked and own["everything"]:
        raise click.UsageError("--everything goes without a filter: leave one of them out")
    if own["preview"] == own["yes"]:
        raise click.UsageError("give --preview to see how many executions match, or --yes to do it")
    if not (asked or own["everything"] or own["preview"]):
        raise click.UsageError("say which executions are meant: give a filter, or --everything")
    return {
        "action": action,
        "filter": asked,
        "all": own["everything"],
        "preview": own["preview"],
        "reason": own["reason"],
    }
