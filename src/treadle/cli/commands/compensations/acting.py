"""`treadle compensations retry | skip | accept`: a command for each row of COMPENSATION_ACTS."""

from collections.abc import Mapping
from typing import Final

import click

from treadle.cli.acted import tell_act
from treadle.cli.client import segment
from treadle.cli.option import option
from treadle.cli.server_options import Server, with_server
from treadle.service.acts import COMPENSATION_ACTS

SUMMARIES: Final[Mapping[str, str]] = {
    "retry": "Call a compensation that is stuck again.",
    "skip": "Leave a stuck compensation undone and go on; needs a reason.",
    "accept": "Say that a person has undone it, and go on; needs a reason.",
}


def _command(act: str) -> click.Command:
    @click.command(act, help=SUMMARIES[act])
    @click.argument("execution_id", metavar="ID")
    @click.argument("path", metavar="PATH")
    @option("--reason", help="Kept in the history.")
    @with_server
    def call(server: Server, execution_id: str, path: str, reason: str | None) -> None:
        at = f"/v1/executions/{segment(execution_id)}/compensations/{segment(path)}/{act}"
        tell_act(server, server.client.post(at, {} if reason is None else {"reason": reason}))

    return call


ACTS: Final = {act: _command(act) for act in COMPENSATION_ACTS}
