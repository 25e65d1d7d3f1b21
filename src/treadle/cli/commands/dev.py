"""`treadle dev`: everything in one process, open to this machine alone."""

import click

from treadle.cli.engine_options import engine_options, read_engine_settings, serve
from treadle.config.loopback import is_loopback


@click.command()
@engine_options
def dev(**options: str | None) -> None:
    """Run a server without keys, for this machine alone, until SIGTERM or SIGINT."""
    settings = read_engine_settings(options)
    if not is_loopback(settings.host):
        message = (
            f"`dev` is open to everybody who reaches it, so it listens at loopback only, not {settings.host}"
        )
        raise click.UsageError(message)
    serve(settings, is_open=True)
