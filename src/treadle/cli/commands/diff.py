"""`treadle diff`: what changed between two documents, and whom it concerns."""

import click
import msgspec

from treadle.cli.difference_lines import difference_lines
from treadle.cli.documents import FILE
from treadle.cli.valid_documents import read_valid
from treadle.definition.differing.compare import compare


@click.command()
@click.argument("old", metavar="OLD", type=FILE)
@click.argument("new", metavar="NEW", type=FILE)
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    envvar="TREADLE_OUTPUT",
    show_envvar=True,
    help="Lines for people, or one JSON object.",
)
def diff(old: str, new: str, output: str) -> None:
    """Compare two documents by what they mean, not by how they are written; one of them may be `-`.

    The exit code is 0 whether or not they differ, and 1 if one of them has faults.
    """
    if old == new == "-":
        raise click.UsageError("the standard input is one document: name a file for the other")
    difference = compare(read_valid(old), read_valid(new))
    if output == "json":
        click.echo(msgspec.json.encode(difference))
        return
    for line in difference_lines(difference):
        click.echo(line)
