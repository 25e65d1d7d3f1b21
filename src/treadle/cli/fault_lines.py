"""Faults as a compiler prints them: the place, what is wrong, the line, and a caret under the column."""

from collections.abc import Iterator
from typing import Final

import click
from rich.cells import cell_len

from treadle.cli.documents import STDIN, Checked
from treadle.model.errors import Fault

EXCERPT_CHARS_MAX: Final = 100
"""So much of a line is shown, around the place."""
CUT: Final = "…"
UNPRINTABLE: Final = "\ufffd"
"""Stands for what a terminal would obey."""


def fault_lines(checked: Checked) -> Iterator[str]:
    """All errors and warnings of a document, in the order of their places."""
    marked = [(fault, "error", "red") for fault in checked.errors]
    marked += [(fault, "warning", "yellow") for fault in checked.warnings]
    for fault, word, hue in sorted(marked, key=lambda each: (each[0].line or 0, each[0].column or 0)):
        yield from marked_lines(checked.file, checked.lines, fault, (word, hue))


def marked_lines(file: str, lines: tuple[str, ...], fault: Fault, mark: tuple[str, str]) -> Iterator[str]:
    """One fault, or something that is said like one; `mark` is what it is called and in which colour."""
    word, hue = mark
    yield _headline(file, click.style(word, fg=hue, bold=True), fault)
    yield from _excerpt(lines, fault, hue)


def verdict_line(checked: Checked) -> str:
    """What came of a document, in a few words."""
    counts = (
        [_counted(len(checked.errors), "error")] if checked.errors else [click.style("valid", fg="green")]
    )
    if checked.warnings:
        counts.append(_counted(len(checked.warnings), "warning"))
    return f"{spoken_file(checked.file)}: {', '.join(counts)}"


def spoken_file(file: str) -> str:
    """How a file is named to people."""
    return "<stdin>" if file == STDIN else printable(click.format_filename(file))


def printable(text: str) -> str:
    """The text, with nothing in it that a terminal would obey; every character keeps its place."""
    return "".join(_printable(character) for character in text)


def _printable(character: str) -> str:
    if character == "\t":
        return " "
    return character if character.isprintable() else UNPRINTABLE


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _headline(file: str, word: str, fault: Fault) -> str:
    where = spoken_file(file)
    message = fault.message
    if fault.line is not None:
        where += f":{fault.line}:{fault.column}"
        # What could not be read at all says the place in words as well.
        message = message.removesuffix(f" (line {fault.line}, column {fault.column})")
    code = f"{fault.code} {fault.pointer}" if fault.pointer else fault.code
    return f"{where}: {word}: {printable(message)} {click.style(f'[{printable(code)}]', dim=True)}"


def _excerpt(lines: tuple[str, ...], fault: Fault, hue: str) -> Iterator[str]:
    """The line with the fault and the caret below it; nothing if it is not known where it is."""
    if fault.line is None or fault.column is None or fault.line > len(lines):
        return
    before, after = _cut(printable(lines[fault.line - 1]), fault.column - 1)
    number, caret = str(fault.line), click.style("^", fg=hue, bold=True)
    margin, blank = click.style(f"{number} |", dim=True), click.style(f"{' ' * len(number)} |", dim=True)
    yield f"  {margin} {before}{after}".rstrip()
    yield f"  {blank} {' ' * cell_len(before)}{caret}"


def _cut(line: str, offset: int) -> tuple[str, str]:
    """What is shown of a line before and from an offset."""
    if len(line) <= EXCERPT_CHARS_MAX:
        return line[:offset], line[offset:]
    start = max(0, min(offset - EXCERPT_CHARS_MAX // 2, len(line) - EXCERPT_CHARS_MAX))
    end = start + EXCERPT_CHARS_MAX
    before = (CUT if start else "") + line[start:offset]
    return before, line[offset:end] + (CUT if end < len(line) else "")
