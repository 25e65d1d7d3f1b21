"""`treadle definitions show`: one definition."""

from collections.abc import Iterator
from typing import Final

import click
import msgspec

from treadle.cli.answers import Definition, Drawn
from treadle.cli.commands.definitions.reference import METAVAR, definition_path
from treadle.cli.option import option
from treadle.cli.server_options import Server, with_server
from treadle.cli.tables import console, facts, table
from treadle.cli.yaml_text import yaml_text
from treadle.model.json import Json

FACTS: Final = ("name", "version", "digest", "created_at", "deleted_at")


@click.command("show")
@click.argument("name", metavar=METAVAR)
@option("--document", is_flag=True, help="The document alone, as `put` takes it: in YAML, or in JSON.")
@with_server
def show_definition(server: Server, name: str, document: bool) -> None:
    """Show a definition: its newest version, or the one that is named."""
    reply = server.client.get(definition_path(name))
    if server.is_json and not document:
        server.tell(reply)
        return
    definition = reply.read(Definition)
    if not document:
        _tell(definition)
    elif server.is_json:
        click.echo(bytes(definition.document))
    else:
        click.echo(yaml_text(msgspec.json.decode(definition.document)), nl=False)


def _tell(definition: Definition) -> None:
    out = console()
    told = ((name, getattr(definition, name)) for name in FACTS)
    out.print(facts((name, value) for name, value in told if value is not None))
    if definition.graph is not None:
        out.print()
        out.print(table(("node", "kind", "label", "inside"), _nodes(definition.graph)))


def _nodes(graph: Drawn) -> Iterator[tuple[Json, ...]]:
    for node in graph.nodes:
        yield node.id, node.kind, node.label, node.parent
