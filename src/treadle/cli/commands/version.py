"""`treadle version`."""

import click

from treadle.config.version import VERSION


@click.command()
def version() -> None:
    """Say which version this is."""
    click.echo(VERSION)
