"""`treadle executions signal`: a named message to one execution."""

import click

from treadle.cli.acted import post_once, tell_act
from treadle.cli.client import segment
from treadle.cli.json_argument import METAVAR, read_json
from treadle.cli.option import option
from treadle.cli.server_options import Server, with_server


@click.command("signal")
@click.argument("execution_id", metavar="ID")
@click.argument("name", metavar="NAME")
@option("--payload", default="null", metavar=METAVAR, help="What the signal says.")
@option("--idempotency-key", help="The same signal again under it changes nothing; by default one is drawn.")
@with_server
def send_signal(
    server: Server, execution_id: str, name: str, payload: str, idempotency_key: str | None
) -> None:
    """Send a signal, which a wait takes now or later."""
    path = f"/v1/executions/{segment(execution_id)}/signals/{segment(name)}"
    tell_act(server, post_once(server.client, path, read_json(payload, "--payload"), idempotency_key))
