"""`treadle definitions list | versions`: what is kept."""

from typing import Final

import click

from treadle.cli.answers import Definition, Page
from treadle.cli.option import option
from treadle.cli.paging import Part, Rows, part_options, tell_list
from treadle.cli.server_options import Server, with_server
from treadle.model.json import Json


def _row(definition: Definition) -> tuple[Json, ...]:
    return definition.name, definition.version, definition.created_at, definition.digest


DEFINITIONS: Final = Rows(columns=("name", "version", "created", "digest"), page=Page[Definition], row=_row)
PATH: Final = "/v1/definitions"


@click.command("list")
@option("--name", help="Of this name alone.")
@part_options
@with_server
def list_definitions(
    server: Server, name: str | None, limit: int | None, cursor: str | None, is_all: bool
) -> None:
    """List definitions with their versions, newest first."""
    tell_list(server, PATH, {"name": name}, Part(limit=limit, place=cursor, is_all=is_all), DEFINITIONS)


@click.command("versions")
@click.argument("name")
@part_options
@with_server
def list_versions(server: Server, name: str, limit: int | None, cursor: str | None, is_all: bool) -> None:
    """List the versions of one definition, newest first."""
    tell_list(server, PATH, {"name": name}, Part(limit=limit, place=cursor, is_all=is_all), DEFINITIONS)
