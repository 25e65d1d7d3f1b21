"""Options of the commands that talk to a server."""

from collections.abc import Callable
from typing import Final, TypeVar

import click
import msgspec

from treadle.cli.client import Client

F = TypeVar("F", bound=Callable[..., object])

URL_DEFAULT: Final = "http://127.0.0.1:7070"


class ServerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """`is_json`: print the answer as the server gave it, instead of tables."""

    client: Client
    is_json: bool


def server_options(command: F) -> F:
    """Give a command `--url`, `--api-key`, `--namespace` and `--output`."""
    options = (
        click.option("--url", default=URL_DEFAULT, envvar="TREADLE_URL", show_default=True, show_envvar=True),
        click.option("--api-key", envvar="TREADLE_API_KEY", show_envvar=True, help="Not needed for `dev`."),
        click.option("--namespace", default="default", envvar="TREADLE_NAMESPACE", show_envvar=True),
        click.option(
            "--output",
            type=click.Choice(["table", "json"]),
            default="table",
            envvar="TREADLE_OUTPUT",
            show_envvar=True,
            help="Tables, or the JSON of the REST answer.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_server_options(url: str, api_key: str | None, namespace: str, output: str) -> ServerOptions:
    """The values of the options."""
    try:
        client = Client(url, api_key=api_key, namespace=namespace)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from error
    return ServerOptions(client=client, is_json=output == "json")
