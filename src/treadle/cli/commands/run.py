"""`treadle run`: start an execution, and wait for its end if wanted."""

import secrets
from pathlib import Path
from typing import Final

import click
import msgspec

from treadle.cli.client import Client, Reply
from treadle.cli.failures import Failure
from treadle.cli.server_options import read_server_options, server_options
from treadle.definition.formats import Format, parse_document
from treadle.model.errors import Rejected
from treadle.model.json import Json

FORMATS: Final[dict[str, Format]] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}
WAIT: Final = {"Prefer": "wait=60"}


@click.command()
@click.argument("target", metavar="FILE | NAME[@VERSION]")
@click.option(
    "--input",
    "input_text",
    envvar="TREADLE_INPUT",
    default="{}",
    metavar="JSON | @FILE",
    help="Input of the execution.",
)
@click.option(
    "--wait", envvar="TREADLE_WAIT", is_flag=True, help="Wait for the end: 0 if it completed, 1 if not."
)
@server_options
def run(target: str, input_text: str, wait: bool, **options: str) -> None:
    """Start an execution of a document or of a kept definition, and print its id."""
    server = read_server_options(**options)
    body = msgspec.json.encode({"definition": _definition(target), "input": _input(input_text)})
    headers = {"Idempotency-Key": f"cli-{secrets.token_hex(16)}"}
    reply = server.client.post("/v1/executions", body, headers)
    if not server.is_json:
        click.echo(reply.body["id"])
    if wait:
        reply = _until_ended(server.client, body, headers)
    if server.is_json:
        click.echo(reply.text)
    if wait and reply.body["status"] != "completed":
        raise Failure(_why(reply.body))


def _until_ended(client: Client, body: bytes, headers: dict[str, str]) -> Reply:
    """The same start under the same key is no new start: it waits for the one there is."""
    while True:
        reply = client.post("/v1/executions", body, headers | WAIT)
        if reply.status == 200:
            return reply


def _definition(target: str) -> Json:
    path = Path(target)
    written_in = FORMATS.get(path.suffix.lower())
    if written_in is None and not path.is_file():
        return target
    try:
        return {"document": parse_document(path.read_bytes(), written_in or "yaml")}
    except OSError as error:
        raise click.UsageError(f"cannot read {target}: {error.strerror}") from error
    except Rejected as error:
        raise Failure(f"{target}: {error.message}") from error


def _input(text: str) -> msgspec.Raw:
    """The input as it was written; that it is JSON is seen here, the rest by the server."""
    data = text.encode()
    if text.startswith("@"):
        try:
            data = Path(text[1:]).read_bytes()
        except OSError as error:
            raise click.UsageError(f"cannot read {text[1:]}: {error.strerror}") from error
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"--input is no JSON: {error}") from error
    return msgspec.Raw(data)


def _why(execution: Json) -> str:
    failure, status = execution["failure"], execution["status"]
    if failure is None:
        return f"{status}{': ' + execution['reason'] if execution['reason'] else ''}"
    place = f" at {failure['path']}" if failure["path"] else ""
    return f"{status}{place}: {failure['code']}: {failure['message']}"
