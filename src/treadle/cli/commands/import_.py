"""`treadle import`: documents of other systems, written anew in this language."""

from pathlib import Path

import click

from treadle.cli.documents import FILE, parse, read_bytes, text_lines
from treadle.cli.failures import Failure
from treadle.cli.fault_lines import marked_lines, spoken_file
from treadle.cli.lazy_group import NearestGroup
from treadle.cli.yaml_text import yaml_text
from treadle.definition.dialects import is_trama
from treadle.definition.formats.sources import Source, placed
from treadle.definition.trama.importing import Imported, import_trama
from treadle.model.errors import Fault, Rejected

FAULT = ("error", "red")
REMARK = ("remark", "cyan")


@click.group("import", cls=NearestGroup)
def import_() -> None:
    """Write a document of another system in this language."""


@import_.command()
@click.argument("file", metavar="FILE", type=FILE)
@click.option(
    "--to", "-o", type=FILE, envvar="TREADLE_TO", show_envvar=True, help="Written instead of stdout."
)
def trama(file: str, to: str | None) -> None:
    """Write a Trama document in this language, as YAML; `-` is the standard input.

    What has no equal, or not quite, is told on the standard error.
    """
    data = read_bytes(file)
    lines = text_lines(data)
    try:
        source = parse(file, data)
        imported = _imported(file, source)
    except Rejected as error:
        faults = error.errors or (Fault(pointer="", code=error.code, message=error.message),)
        _tell(file, lines, faults, FAULT)
        raise Failure(f"{spoken_file(file)} is not valid") from error
    for remark in imported.remarks:
        # What is said of the whole document has no place in it.
        _tell(file, lines, placed((remark,), source.positions) if remark.pointer else (remark,), REMARK)
    _write(yaml_text(imported.document), to)


def _imported(file: str, source: Source) -> Imported:
    if not is_trama(source.tree):
        raise Failure(f"{spoken_file(file)} is no document of Trama: its words are not those of one")
    try:
        return import_trama(source.tree)
    except Rejected as error:
        faults = placed(error.errors, source.positions)
        raise Rejected(error.code, error.message, faults) from error


def _tell(file: str, lines: tuple[str, ...], faults: tuple[Fault, ...], mark: tuple[str, str]) -> None:
    for fault in faults:
        for line in marked_lines(file, lines, fault, mark):
            click.echo(line, err=True)


def _write(text: str, to: str | None) -> None:
    if to is None or to == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(to).write_text(text, "utf-8")
    except OSError as error:
        raise Failure(f"cannot write {click.format_filename(to)}: {error.strerror}") from error
