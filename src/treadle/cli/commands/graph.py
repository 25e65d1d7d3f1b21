"""`treadle graph`: a document as a drawing."""

import click
import msgspec

from treadle.cli.documents import FILE
from treadle.cli.valid_documents import read_valid
from treadle.definition.graph import graph as drawn
from treadle.definition.mermaid import mermaid


@click.command()
@click.argument("file", metavar="FILE", type=FILE)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["mermaid", "json"]),
    default="mermaid",
    envvar="TREADLE_FORMAT",
    show_default=True,
    show_envvar=True,
    help="A Mermaid flowchart, or the nodes and edges as JSON.",
)
def graph(file: str, format_name: str) -> None:
    """Draw a document; `-` is the standard input."""
    definition = read_valid(file)
    if format_name == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(drawn(definition)), indent=2))
    else:
        click.echo(mermaid(definition), nl=False)
