"""`treadle executions watch`: one execution as it goes on, to its end."""

import sys

import click

from treadle.cli.answers import Shown
from treadle.cli.endings import check_completed
from treadle.cli.execution_tables import event_line
from treadle.cli.following import Follower
from treadle.cli.live_view import show_live
from treadle.cli.patience import Patience, reconnect_option
from treadle.cli.server_options import Server, with_server


@click.command("watch")
@click.argument("execution_id", metavar="ID")
@reconnect_option
@with_server
def watch_execution(server: Server, execution_id: str, reconnect: float) -> None:
    """Watch an execution to its end: 0 if it completed, 1 if not.

    At a terminal it is a picture that changes, elsewhere a line an event, and with `--output json` the JSON
    of each event on a line of its own. Ctrl-C stops the watching, not the execution.
    """
    if sys.stdout.isatty() and not server.is_json:
        execution = show_live(server.client, execution_id, reconnect)
    else:
        execution = _tell_lines(server, execution_id, reconnect)
    check_completed(execution)


def _tell_lines(server: Server, execution_id: str, reconnect: float) -> Shown:
    follower = Follower(server.client, execution_id, Patience(reconnect))
    for one in follower.events():
        click.echo(one.text if server.is_json else event_line(one.event))
    return follower.execution()
