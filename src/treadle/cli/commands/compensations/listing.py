"""`treadle compensations list`: what is, was or may be undone of one execution."""

import click

from treadle.cli.answers import Shown
from treadle.cli.client import segment
from treadle.cli.execution_tables import UNDO_COLUMNS, undo_row
from treadle.cli.server_options import Server, with_server
from treadle.cli.tables import console, table


@click.command("list")
@click.argument("execution_id", metavar="ID")
@with_server
def list_compensations(server: Server, execution_id: str) -> None:
    """List the compensations of an execution, in the order in which they were registered.

    With `--output json` it is the execution, which holds them.
    """
    reply = server.client.get(f"/v1/executions/{segment(execution_id)}")
    if server.is_json:
        server.tell(reply)
        return
    console().print(table(UNDO_COLUMNS, map(undo_row, reply.read(Shown).compensations)))
