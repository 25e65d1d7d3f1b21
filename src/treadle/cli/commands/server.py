"""`treadle server`: everything in one process, for those who have a key."""

import click

from treadle.cli.engine_options import engine_options, read_engine_settings, serve, server_settings


@click.command()
@engine_options
@server_settings
def server(**options: str | None) -> None:
    """Run a server until SIGTERM or SIGINT.

    Whoever asks shows a key: `treadle keys create` makes one, or TREADLE_API_KEYS holds
    `name:namespace:scope+scope:key`, several separated by commas.
    """
    serve(read_engine_settings(options), is_open=False)
