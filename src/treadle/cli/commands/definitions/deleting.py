"""`treadle definitions delete`: one version is to be started no more."""

import click

from treadle.cli.commands.definitions.reference import definition_path
from treadle.cli.server_options import Server, with_server
from treadle.cli.tables import shown


@click.command("delete")
@click.argument("name", metavar="NAME@VERSION")
@with_server
def delete_definition(server: Server, name: str) -> None:
    """Delete one version: what runs it goes on, and the version stays taken."""
    server.client.delete(definition_path(name, is_version_needed=True))
    click.echo(f"{shown(name)} is deleted", err=True)
