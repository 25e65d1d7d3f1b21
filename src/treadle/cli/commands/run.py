"""`treadle run`: start an execution, and wait for its end if wanted."""

from pathlib import Path

import click

from treadle.cli.acted import post_once
from treadle.cli.answers import Shown, Summary
from treadle.cli.client import Reply, segment
from treadle.cli.documents import FORMATS, parse, read_bytes
from treadle.cli.endings import check_completed
from treadle.cli.failures import Failure
from treadle.cli.following import STUCK, Follower
from treadle.cli.json_argument import METAVAR, read_json
from treadle.cli.option import option
from treadle.cli.patience import Patience, reconnect_option
from treadle.cli.server_options import Server, with_server
from treadle.cli.start_options import start_fields, start_options
from treadle.cli.tables import shown
from treadle.model.errors import Rejected
from treadle.model.json import Json


@click.command()
@click.argument("target", metavar="FILE | NAME[@VERSION]")
@option("--input", "input_text", default="{}", metavar=METAVAR, help="Input of the execution.")
@start_options
@option("--idempotency-key", help="The same start again under it is that start; by default one is drawn.")
@option("--wait", is_flag=True, help="Wait for the end, or until it is stuck: 0 if it completed, 1 if not.")
@reconnect_option
@with_server
def run(
    server: Server,
    *,
    target: str,
    input_text: str,
    idempotency_key: str | None,
    wait: bool,
    reconnect: float,
    **options: Json,
) -> None:
    """Start an execution of a document or of a kept definition, and print its id."""
    order = {"definition": _definition(target), "input": read_json(input_text, "--input")}
    reply = post_once(server.client, "/v1/executions", order | start_fields(options), idempotency_key)
    execution_id = reply.read(Summary).id
    if not server.is_json:
        click.echo(shown(execution_id))
    elif wait:
        click.echo(f"started {shown(execution_id)}", err=True)
    if wait:
        reply = _at_the_end(server, execution_id, reconnect)
    if server.is_json:
        server.tell(reply)
    if wait:
        check_completed(reply.read(Shown))


def _at_the_end(server: Server, execution_id: str, reconnect_s: float) -> Reply:
    """The execution once it has ended, or is stuck until a person decides."""
    patience = Patience(reconnect_s)
    patience.is_back()
    follower = Follower(server.client, execution_id, patience)
    for one in follower.events():
        if one.event.type == STUCK and follower.execution().status == "stuck":
            break
    return patience.of(lambda: server.client.get(f"/v1/executions/{segment(execution_id)}"))


def _definition(target: str) -> Json:
    path = Path(target)
    if path.suffix.lower() not in FORMATS and not path.is_file():
        return target
    try:
        return {"document": parse(target, read_bytes(target)).tree}
    except Rejected as error:
        raise Failure(f"{target}: {error.message}") from error
