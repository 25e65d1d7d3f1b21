"""The commands of the page on the command line print what it shows."""

import re

import pytest

from tests.cli.commands import told
from tests.guide.pages import EXAMPLES, ROOT, Command, blocks, commands, text
from treadle.cli import failures

COMMANDS = tuple(commands("command-line"))
EXIT_CODES = {"0": None, "1": failures.Failure, "3": failures.Unreachable, "4": failures.RefusedByServer}


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_a_command_prints_what_the_page_shows(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    program, *arguments = command.words
    assert program == "treadle"
    assert command.shown is not None
    assert told(*arguments).output == command.shown.text


def test_every_command_for_documents_is_shown() -> None:
    assert {command.words[1] for command in COMMANDS} == {"validate", "graph", "diff", "import"}


def test_the_document_to_bring_over_stands_in_the_page_as_it_is() -> None:
    shown = [block.text for block in blocks("command-line") if block.language == "json"]
    assert shown == [(EXAMPLES / "trama.json").read_text("utf-8")]


def test_the_exit_codes_of_the_page_are_those_of_the_program() -> None:
    assert re.findall(r"^\| (\d) \|", text("command-line"), re.MULTILINE) == ["0", "1", "2", "3", "4"]
    assert all(kind is None or str(kind.exit_code) == number for number, kind in EXIT_CODES.items())
