"""`treadle diff`: what changed between two documents, for people and for programs."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import told

OLD = """
name: order
version: "1"
input_schema: {type: object, required: [id]}
steps:
  - {id: reserve, kind: task, handler: reserve, retry: {max_attempts: 3}}
  - {id: pay, kind: task, handler: pay}
output: "{{ nodes.pay.output }}"
"""
NEW = """
name: order
version: "2"
input_schema: {type: object, required: [id, card]}
steps:
  - {id: check, kind: task, handler: check, label: "a \\e[2J b"}
  - {id: pay, kind: task, handler: pay, label: Pay}
output: "{{ nodes.pay.output }}"
"""
FAULTY = OLD.replace("task", "tsak")


@pytest.fixture
def old(tmp_path: Path) -> str:
    return written(tmp_path / "old.yaml", OLD)


def written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_what_changed_is_told_a_line_each(old: str, tmp_path: Path) -> None:
    ended = told("diff", old, written(tmp_path / "new.yaml", NEW))
    assert (ended.exit_code, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert lines[0] == "order 1 -> order 2"
    for line in (
        "  + check (task) at /steps/0",
        "  - reserve (task) at /steps/0",
        '  ~ version: "1" -> "2", for people alone [/version]',
        '  ~ pay label: nothing -> "Pay", for people alone [/steps/1/label]',
        "for new executions: not compatible",
        "for running executions: not compatible",
    ):
        assert line in lines
    assert any(line.startswith("  ! ") and line.endswith("/steps/0]") for line in lines)


def test_a_document_is_the_same_as_itself_however_it_is_written(old: str, tmp_path: Path) -> None:
    assert "  the same\n" in told("diff", old, old).stdout
    spelt = OLD.replace("handler: pay}", "handler: {name: pay}, timeout: 10s}")
    ended = told("diff", old, written(tmp_path / "spelt.yaml", spelt))
    assert "  the same, in other words\n" in ended.stdout
    assert ended.stdout.count(": compatible\n") == 2


def test_a_program_is_told_all_of_it(old: str) -> None:
    difference = json.loads(told("diff", old, "-", "--output", "json", stdin=NEW).stdout)
    assert (difference["old"]["version"], difference["new"]["version"]) == ("1", "2")
    assert [node["id"] for node in difference["added"]] == ["check"]
    assert [node["id"] for node in difference["removed"]] == ["reserve"]
    assert difference["for_running"]["compatible"] is False


def test_long_values_are_cut_and_nothing_reaches_the_terminal_as_a_command(old: str) -> None:
    long = NEW.replace("handler: pay,", f"handler: {{name: pay, input: {'x' * 200}}},").replace(
        "Pay", '"\\e[2J"'
    )
    ended = told("diff", old, "-", stdin=long)
    assert ended.exit_code == 0
    assert "\x1b" not in ended.stdout
    assert "x" * 59 + "…" in ended.stdout
    assert "x" * 60 not in ended.stdout


def test_colours_are_for_terminals(old: str) -> None:
    assert "\x1b[32m" in told("diff", old, "-", stdin=NEW, is_colourful=True).stdout
    assert "\x1b" not in told("diff", old, "-", stdin=NEW).stdout


def test_a_faulty_document_is_not_compared(old: str) -> None:
    for arguments in ((old, "-"), ("-", old)):
        ended = told("diff", *arguments, stdin=FAULTY)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert "there is no kind `tsak`" in ended.stderr


@pytest.mark.parametrize(
    ("second", "message"), [("-", "the standard input is one document"), ("missing.yaml", "cannot read")]
)
def test_wrong_usage_is_told(second: str, message: str) -> None:
    ended = told("diff", "-", second, stdin=OLD)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert message in ended.stderr
