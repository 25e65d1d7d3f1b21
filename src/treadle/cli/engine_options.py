"""Options of the commands that run an engine, and what both of them do with them."""

import os
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import click

from treadle.bootstrap.process import leave, run, serve_until_signal
from treadle.bootstrap.registry import AppError, load_app
from treadle.cli.failures import Failure, Unreachable
from treadle.cli.option import setting
from treadle.config.settings import Settings, SettingsError, read_settings
from treadle.model.errors import Corrupt, Rejected, Unavailable
from treadle.telemetry.logs import LEVELS, configure_logs

F = TypeVar("F", bound=Callable[..., object])

SETTINGS_AMISS: Final = frozenset({"no_api_key", "invalid_api_keys", "invalid_secrets", "no_tracing"})


def engine_options(command: F) -> F:
    """Give a command what every engine is run with."""
    options = (
        setting("--host", help="Address of this machine to listen at."),
        setting("--port", help="0 takes a free one."),
        setting("--store", help="Where executions are kept."),
        setting("--app", help="Handlers and workflows, as `module:registry` or `module:app`."),
        setting("--public-url", help="How services reach this server; by default `http://<host>:<port>`."),
        setting("--log-level", type=click.Choice(list(LEVELS)), help="From which level on lines are logged."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def server_settings(command: F) -> F:
    """Give a command what only a server with keys is run with."""
    egress = "Networks that calls may reach although they are not public."
    secrets = "What `secrets.<name>` stands for, read again on SIGHUP."
    options = (
        setting("--egress-allow", metavar="CIDR,...", help=egress),
        setting("--secrets", metavar="FILE", help=secrets),
        setting("--rate-limit", metavar="N", help="POSTs a second that each key may make; 0 sets no limit."),
        setting(
            "--rate-burst",
            metavar="N",
            help="POSTs that each key may make at once; 0: as a second has.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_engine_settings(options: Mapping[str, str | None]) -> Settings:
    """The settings of the options and of the environment; what is wrong is wrong usage."""
    try:
        return read_settings(options, os.environ)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error


def serve(settings: Settings, *, is_open: bool) -> None:
    """Run a server until SIGTERM or SIGINT, then end the process."""
    configure_logs(settings.log_level)
    try:
        app = load_app(settings.app)
    except AppError as error:
        raise click.UsageError(str(error)) from error
    try:
        run(serve_until_signal(settings, app, _announce, is_open=is_open))
    except Rejected as error:
        if error.code in SETTINGS_AMISS:
            raise click.UsageError(error.message) from error
        raise Failure(f"--app: {error.message}") from error
    except Unavailable as error:
        raise Unreachable(f"the store {settings.store}: {error.message}") from error
    except Corrupt as error:
        raise Failure(f"the store {settings.store}: {error.message}") from error
    except OSError as error:
        raise Failure(f"cannot listen at {settings.host}:{settings.port}: {error}") from error
    leave(0)


def _announce(url: str) -> None:
    click.echo(f"ready on {url}")
