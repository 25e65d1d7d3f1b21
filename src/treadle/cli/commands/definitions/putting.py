"""`treadle definitions put`: a document is kept under its name and version."""

from typing import Final

import click
import msgspec

from treadle.cli.answers import Definition
from treadle.cli.client import Client, Reply
from treadle.cli.documents import FILE, parse, read_bytes, text_lines
from treadle.cli.failures import Failure, RefusedByServer
from treadle.cli.fault_lines import marked_lines, spoken_file
from treadle.cli.server_options import Server, with_server
from treadle.cli.tables import shown
from treadle.definition.formats.sources import Source, placed
from treadle.model.errors import Fault, Rejected

CREATED: Final = 201
FAULTY: Final = "invalid_definition"
ERROR: Final = ("error", "red")
WARNING: Final = ("warning", "yellow")


class Kept(Definition, frozen=True, kw_only=True):
    """What is answered to a put."""

    warnings: tuple[Fault, ...] = ()


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it was read from `file`, and its lines, beside which faults are told."""

    file: str
    lines: tuple[str, ...]
    source: Source

    def tell(self, faults: tuple[Fault, ...], mark: tuple[str, str]) -> None:
        """Print the faults with their lines on the standard error."""
        _tell(self.file, self.lines, placed(faults, self.source.positions), mark)


@click.command("put")
@click.argument("file", metavar="FILE", type=FILE)
@with_server
def put_definition(server: Server, file: str) -> None:
    """Keep a document, in JSON or YAML, and print NAME@VERSION; `-` is the standard input.

    The same document again changes nothing, and makes a deleted one visible again.
    """
    text = _read(file)
    reply = _put(server.client, text)
    kept = reply.read(Kept)
    text.tell(kept.warnings, WARNING)
    if server.is_json:
        server.tell(reply)
        return
    click.echo(shown(f"{kept.name}@{kept.version}"))
    if reply.status != CREATED:
        click.echo("it was kept already", err=True)


def _read(file: str) -> Text:
    data = read_bytes(file)
    lines = text_lines(data)
    try:
        return Text(file=file, lines=lines, source=parse(file, data))
    except Rejected as error:
        faults = error.errors or (Fault(pointer="", code=error.code, message=error.message),)
        _tell(file, lines, faults, ERROR)
        raise Failure(f"{spoken_file(file)} cannot be read") from error


def _put(client: Client, text: Text) -> Reply:
    try:
        # What can be read at all can be said in JSON, whatever it was written in.
        return client.post("/v1/definitions", text.source.tree)
    except RefusedByServer as refused:
        if refused.code != FAULTY:
            raise
        text.tell(refused.errors, ERROR)
        raise RefusedByServer(f"{spoken_file(text.file)} is not valid ({FAULTY})") from refused


def _tell(file: str, lines: tuple[str, ...], faults: tuple[Fault, ...], mark: tuple[str, str]) -> None:
    for fault in faults:
        for line in marked_lines(file, lines, fault, mark):
            click.echo(line, err=True)
