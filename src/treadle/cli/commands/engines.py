"""`treadle engines`: who runs on the store of a server, and what each of them does for it."""

from typing import Final

import click
import msgspec

from treadle.cli.server_options import Server, with_server
from treadle.cli.tables import console, table

COLUMNS: Final = ("engine", "started", "lease", "live", "lag", "roles")


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to write the store."""

    kind: str


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """One engine; `lag` is in seconds."""

    id: str
    started: str
    lease: Lease
    live_executions: int
    lag: float


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A duty, and which engine has it."""

    name: str
    holder: str


class Engines(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Engine, ...]


class Roles(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[Role, ...]


@click.command()
@with_server
def engines(server: Server) -> None:
    """List the engines of the store, with the executions that each drives and the roles that it holds.

    `lag` is for how many seconds something is due that is not driven.
    """
    reply = server.client.get("/v1/engines")
    if server.is_json:
        server.tell(reply)
        return
    held = server.client.get("/v1/roles").read(Roles).items
    rows = [
        (
            engine.id,
            engine.started,
            engine.lease.kind,
            engine.live_executions,
            f"{engine.lag:.3f} s",
            " ".join(role.name for role in held if role.holder == engine.id),
        )
        for engine in reply.read(Engines).items
    ]
    console().print(table(COLUMNS, rows))
