"""Options of the commands that talk to a server."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Final

import click
import msgspec

from treadle.cli.client import Client, Reply
from treadle.cli.option import option, output_option

URL_DEFAULT: Final = "http://127.0.0.1:7070"
NAMES: Final = ("url", "api_key", "namespace", "output")


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """`is_json`: print the answer as the server gave it, instead of tables."""

    client: Client
    is_json: bool

    def tell(self, reply: Reply) -> None:
        """Print an answer as it came; one without content prints nothing."""
        if reply.text:
            click.echo(reply.text)


def with_server(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--url`, `--api-key`, `--namespace` and `--output`, and what they name."""

    @wraps(command)
    def called(**options: object) -> None:
        server = Server(client=read_client(options), is_json=options["output"] == "json")
        for name in NAMES:
            del options[name]
        command(server, **options)

    return client_options(output_option(called))


def client_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--url`, `--api-key` and `--namespace`."""
    url = option("--url", default=URL_DEFAULT, help="The server.")
    api_key = option("--api-key", help="Not needed for `treadle dev`; better in the environment.")
    namespace = option("--namespace", help="By default that of the key, or `default`.")
    return url(api_key(namespace(command)))


def read_client(options: Mapping[str, object]) -> Client:
    """The client that `client_options` describe.

    Raises:
        UsageError: it is the URL of no server.
    """
    url, api_key, namespace = (_text(options[name]) for name in ("url", "api_key", "namespace"))
    try:
        return Client(url or URL_DEFAULT, api_key=api_key, namespace=namespace)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--url") from error


def _text(value: object) -> str | None:
    return None if value is None else str(value)
