"""The page of all commands is the commands."""

import re
from pathlib import Path

import click

from tests.cli.test_options import OPTIONS, commands, treadle
from treadle.cli import failures
from treadle.cli.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"


def test_the_page_is_written_from_the_commands() -> None:
    assert PAGE.read_text("utf-8") == reference(), (
        "python -m treadle.cli.reference > docs/reference/command-line.md"
    )


def test_every_command_and_every_option_stands_in_it() -> None:
    page = reference()
    headings = re.findall(r"^### treadle (.+)$", page, re.MULTILINE)
    assert [heading.split()[-1] for heading in headings] == [
        command.name for command in commands(treadle, click.Context(treadle))
    ]
    assert all(f"`{name.rpartition(' ')[2]}" in page for name in OPTIONS)


def test_its_exit_codes_are_those_of_the_program() -> None:
    codes = (0, failures.Failure.exit_code, 2, failures.Unreachable.exit_code)
    codes += (failures.RefusedByServer.exit_code, failures.INTERRUPTED)
    assert re.findall(r"^\| (\d+) \|", reference(), re.MULTILINE) == [str(code) for code in codes]
