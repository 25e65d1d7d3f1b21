"""`treadle graph`: a drawing of a document, or the faults that it has."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import told
from treadle.definition.formats import parse_document
from treadle.definition.graph import graph
from treadle.definition.mermaid import mermaid
from treadle.definition.read import read_definition

DOCUMENT = (
    'name: a\nversion: "1"\nsteps:\n  - {id: b, kind: task, handler: h}\n  - {id: c, kind: sleep, for: 1s}\n'
)
DEFINITION = read_definition(parse_document(DOCUMENT.encode(), "yaml"))


def test_a_document_is_drawn_as_mermaid(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(DOCUMENT)
    ended = told("graph", str(file))
    assert (ended.exit_code, ended.stdout, ended.stderr) == (0, mermaid(DEFINITION), "")


def test_a_document_is_drawn_as_json() -> None:
    ended = told("graph", "-", "--format", "json", stdin=DOCUMENT)
    assert ended.exit_code == 0
    assert json.loads(ended.stdout) == graph(DEFINITION)


def test_the_environment_may_say_the_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_FORMAT", "json")
    assert json.loads(told("graph", "-", stdin=DOCUMENT).stdout)["edges"]


def test_a_faulty_document_is_not_drawn_and_its_faults_are_told_beside() -> None:
    ended = told("graph", "-", stdin=DOCUMENT.replace("sleep", "slep"))
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "<stdin>:5:19: error: there is no kind `slep`" in ended.stderr
    assert ended.stderr.endswith("Error: <stdin> is not valid\n")


@pytest.mark.parametrize(("name", "exit_code"), [("missing.yaml", 2), (".", 2)])
def test_what_is_no_file_is_wrong_usage(name: str, exit_code: int, tmp_path: Path) -> None:
    ended = told("graph", str(tmp_path / name))
    assert (ended.exit_code, ended.stdout) == (exit_code, "")


def test_an_unknown_format_is_wrong_usage() -> None:
    ended = told("graph", "-", "--format", "svg", stdin=DOCUMENT)
    assert ended.exit_code == 2
    assert "mermaid" in ended.stderr
