"""NAME[@VERSION] as a path of the API."""

import click

from treadle.cli.client import segment

METAVAR = "NAME[@VERSION]"


def definition_path(text: str, *, is_version_needed: bool = False) -> str:
    """Where the definition is.

    Raises:
        UsageError: the name or a version that is needed is missing.
    """
    name, at, version = text.partition("@")
    if not name or (at and not version) or (is_version_needed and not at):
        written = "NAME@VERSION" if is_version_needed else METAVAR
        raise click.UsageError(f"a definition is written {written}, not {text!r}")
    path = f"/v1/definitions/{segment(name)}"
    return f"{path}/{segment(version)}" if at else path
