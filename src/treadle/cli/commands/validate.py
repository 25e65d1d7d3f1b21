"""`treadle validate`: everything that is wrong with documents, with their lines."""

import click
import msgspec

from treadle.cli.documents import FILE, Checked, check_file
from treadle.cli.failures import Failure
from treadle.cli.fault_lines import fault_lines, verdict_line
from treadle.model.errors import Fault


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What `--output json` prints for one file, on one line."""

    file: str
    valid: bool
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    envvar="TREADLE_OUTPUT",
    show_envvar=True,
    help="Lines for people, or a JSON object a file, each on a line of its own.",
)
def validate(files: tuple[str, ...], output: str) -> None:
    """Check documents, in JSON or YAML, without a server; `-` is the standard input.

    The exit code is 0 if all are valid, warnings or not, and 1 if one is not.
    """
    invalid = 0
    for checked in map(check_file, files):
        invalid += checked.definition is None
        if output == "json":
            click.echo(msgspec.json.encode(_verdict(checked)))
            continue
        for line in (*fault_lines(checked), verdict_line(checked)):
            click.echo(line)
    if invalid:
        raise Failure(f"{invalid} of {len(files)} documents not valid" if len(files) > 1 else "not valid")


def _verdict(checked: Checked) -> Verdict:
    return Verdict(
        file=click.format_filename(checked.file),
        valid=checked.definition is not None,
        errors=checked.errors,
        warnings=checked.warnings,
    )
