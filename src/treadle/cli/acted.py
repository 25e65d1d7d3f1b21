"""What commands that change something have in common."""

import secrets
from collections.abc import Mapping

import click

from treadle.cli.answers import Summary
from treadle.cli.client import Client, Reply
from treadle.cli.failures import Unreachable
from treadle.cli.server_options import Server
from treadle.cli.tables import shown
from treadle.model.json import Json


def tell_act(server: Server, reply: Reply) -> None:
    """Print what an execution is after an act on it."""
    if server.is_json:
        server.tell(reply)
        return
    execution = reply.read(Summary)
    click.echo(f"{shown(execution.id)} {shown(execution.status)}")


def post_once(client: Client, path: str, body: Json, key: str | None) -> Reply:
    """Ask under an Idempotency-Key, so that who gets no answer may ask again and nothing is done twice.

    Raises:
        Unreachable: with the key that tells whether it was done.
        RefusedByServer: it was not done.
    """
    drawn = key or f"cli-{secrets.token_hex(16)}"
    headers: Mapping[str, str] = {"Idempotency-Key": drawn}
    try:
        return client.post(path, body, headers)
    except Unreachable as error:
        if not error.is_sent:
            raise
        again = f"whether it was done is not known: the same again with --idempotency-key {drawn} finds out"
        raise Unreachable(f"{error.message}\n{again}") from error
