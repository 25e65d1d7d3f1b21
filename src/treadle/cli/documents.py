"""Documents that are read from files or from the standard input, and what is wrong with them."""

import re
import sys
from pathlib import Path
from typing import Final

import click
import msgspec

from treadle.definition.formats import Format
from treadle.definition.formats.lines import LINE_BREAK
from treadle.definition.formats.sources import Source, placed, read_source
from treadle.definition.read import check
from treadle.model.definition import Definition
from treadle.model.errors import Fault, Rejected

STDIN: Final = "-"
FILE: Final = click.Path(allow_dash=True)
"""The argument of a command: a name, whether or not there is such a file, so that shells complete it."""
FORMATS: Final[dict[str, Format]] = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}
BYTES_MAX: Final = 1_048_576
"""More of a file is not read: no document may be longer."""
JSON_BEGINNING: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*[{\[]")


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A document and what is wrong with it; `definition` is None exactly when there are errors.

    `lines` are those of its text. Faults have the line and the column, unless it could not be read at all.
    """

    file: str
    lines: tuple[str, ...]
    definition: Definition | None
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def check_file(file: str) -> Checked:
    """Read a file and look at everything in it; what is wrong with it is never raised.

    Raises:
        UsageError: there is no such file, or it may not be read.
    """
    data = read_bytes(file)
    lines = text_lines(data)
    try:
        source = parse(file, data)
    except Rejected as error:
        faults = error.errors or (Fault(pointer="", code=error.code, message=error.message),)
        return Checked(file=file, lines=lines, definition=None, errors=faults, warnings=())
    report = check(source.tree)
    return Checked(
        file=file,
        lines=lines,
        definition=report.definition,
        errors=placed(report.errors, source.positions),
        warnings=placed(report.warnings, source.positions),
    )


def text_lines(data: bytes) -> tuple[str, ...]:
    """The lines of a text, whatever it is, as faults count them."""
    return tuple(LINE_BREAK.split(data.decode("utf-8-sig", "replace")))


def read_bytes(file: str) -> bytes:
    """What a file holds, at most one byte more than a document may have.

    Raises:
        UsageError: there is no such file, or it may not be read.
    """
    try:
        if file == STDIN:
            return sys.stdin.buffer.read(BYTES_MAX + 1)
        with Path(file).open("rb") as opened:
            return opened.read(BYTES_MAX + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise click.UsageError(f"cannot read {click.format_filename(file)}: {why}") from error


def parse(file: str, data: bytes) -> Source:
    """The tree of a document, as JSON or YAML by the ending of its name, else by how it begins.

    Raises:
        Rejected: `too_large`, or `malformed_request` with a fault that has the line and the column.
    """
    if len(data) > BYTES_MAX:
        raise Rejected("too_large", f"a document may have {BYTES_MAX:,} bytes; this one has more")
    written_in = FORMATS.get(Path(file).suffix.lower())
    if written_in is not None:
        return read_source(data, written_in)
    if not JSON_BEGINNING.match(data):
        return read_source(data, "yaml")
    try:
        return read_source(data, "json")
    except Rejected as no_json:
        try:
            return read_source(data, "yaml")
        except Rejected:
            # It looks like JSON more than like anything else.
            raise no_json from None
