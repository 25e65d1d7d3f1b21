"""`treadle dev`: everything in one process, open to this machine alone."""

import os

import click

from treadle.bootstrap.process import leave, run, serve_until_signal
from treadle.bootstrap.registry import AppError, load_registry
from treadle.cli.failures import Failure, Unreachable
from treadle.config.loopback import is_loopback
from treadle.config.settings import Settings, SettingsError, read_settings
from treadle.model.errors import Corrupt, Unavailable
from treadle.telemetry.logs import LEVELS, configure_logs


@click.command()
@click.option("--host", help="Address of this machine to listen at [TREADLE_HOST; 127.0.0.1].")
@click.option("--port", help="0 takes a free one [TREADLE_PORT; 7070].")
@click.option("--store", help="Where executions are kept [TREADLE_STORE; sqlite:///treadle.db].")
@click.option("--app", help="Handlers, as `module:registry` [TREADLE_APP].")
@click.option("--public-url", help="How services reach this server [TREADLE_PUBLIC_URL].")
@click.option("--log-level", type=click.Choice(list(LEVELS)), help="[TREADLE_LOG_LEVEL; info].")
def dev(**options: str | None) -> None:
    """Run a server without keys, for this machine alone, until SIGTERM or SIGINT."""
    settings = _settings(options)
    configure_logs(settings.log_level)
    try:
        registry = load_registry(settings.app)
    except AppError as error:
        raise click.UsageError(str(error)) from error
    try:
        run(serve_until_signal(settings, registry, _announce))
    except Unavailable as error:
        raise Unreachable(f"the store {settings.store}: {error.message}") from error
    except Corrupt as error:
        raise Failure(f"the store {settings.store}: {error.message}") from error
    except OSError as error:
        raise Failure(f"cannot listen at {settings.host}:{settings.port}: {error}") from error
    leave(0)


def _settings(options: dict[str, str | None]) -> Settings:
    try:
        settings = read_settings(options, os.environ)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    if not is_loopback(settings.host):
        message = (
            f"`dev` is open to everybody who reaches it, so it listens at loopback only, not {settings.host}"
        )
        raise click.UsageError(message)
    return settings


def _announce(url: str) -> None:
    click.echo(f"ready on {url}")
