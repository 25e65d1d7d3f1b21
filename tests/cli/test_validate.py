"""`treadle validate`: every fault with its line, of every kind of file."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.commands import told
from tests.cli.processes import treadle
from treadle.cli.documents import BYTES_MAX
from treadle.cli.fault_lines import EXCERPT_CHARS_MAX

GOOD = 'name: a\nversion: "1"\nsteps:\n  - {id: b, kind: task, handler: h}\n'
SUSPICIOUS = GOOD.replace("handler: h", "handler: h, retry: {on: [conection]}")
FAULTY = GOOD.replace("task", "tsak")

CARETS = [
    (
        GOOD.replace("task", "tsak"),
        "error: there is no kind `tsak`",
        "[unknown_kind /steps/0/kind]",
        ["  4 |   - {id: b, kind: tsak, handler: h}", "    |                   ^"],
    ),
    (
        GOOD.replace("handler: h", "handler: h, colour: blue"),
        "error: there is no field `colour`",
        "[unknown_field /steps/0/colour]",
        [
            "  4 |   - {id: b, kind: task, handler: h, colour: blue}",
            "    |                                     ^",
        ],
    ),
    (
        GOOD.replace("name: a\n", ""),
        "error: `name` is missing",
        "[missing_field]",
        ['  1 | version: "1"', "    | ^"],
    ),
    (
        SUSPICIOUS,
        "warning: `conection` counts as the code of an error",
        "[unknown_retry_class /steps/0/retry/on/0]",
        [
            "  4 |   - {id: b, kind: task, handler: h, retry: {on: [conection]}}",
            "    |                                                  ^",
        ],
    ),
    (
        "name: a\nversion: '1'\nsteps:\n\t- b\n",
        "error: this is no YAML",
        "[malformed_document]",
        ["  4 |  - b", "    | ^"],
    ),
    (
        '{"name": "a", "name": "b"}',
        "error: the key `name` stands twice in one object",
        "[malformed_document]",
        ['  1 | {"name": "a", "name": "b"}', "    |               ^"],
    ),
    (
        # Wide characters take two cells of a terminal, and a combining one none.
        "name: a\nversion: '1'\nsteps:\n  - {label: 名前e\u0301, id: b, kind: tsak, handler: h}\n",
        "error: there is no kind `tsak`",
        "[unknown_kind /steps/0/kind]",
        [
            "  4 |   - {label: 名前e\u0301, id: b, kind: tsak, handler: h}",
            "    |                                 ^",
        ],
    ),
    (
        "",
        "error: a document is an object, not null",
        "[wrong_type]",
        ["  1 |", "    | ^"],
    ),
]


@pytest.mark.parametrize(("text", "message", "place", "excerpt"), CARETS)
def test_a_fault_is_told_with_its_line_and_a_caret(
    text: str, message: str, place: str, excerpt: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "document"
    file.write_text(text)
    lines = told("validate", str(file)).stdout.splitlines()
    (headline,) = [number for number, line in enumerate(lines) if message in line]
    assert lines[headline].startswith(f"{file}:")
    assert lines[headline].endswith(place)
    assert lines[headline + 1 : headline + 3] == excerpt


def test_a_valid_document_says_so(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    ended = told("validate", str(file))
    assert (ended.exit_code, ended.stdout, ended.stderr) == (0, f"{file}: valid\n", "")


def test_warnings_are_shown_and_are_no_failure() -> None:
    ended = told("validate", "-", stdin=SUSPICIOUS)
    assert ended.exit_code == 0
    assert ended.stdout.endswith("<stdin>: valid, 1 warning\n")


def test_of_several_documents_each_has_its_verdict(tmp_path: Path) -> None:
    good, faulty = tmp_path / "good.yaml", tmp_path / "faulty.yaml"
    good.write_text(GOOD)
    faulty.write_text(FAULTY)
    ended = told("validate", str(good), str(faulty))
    assert ended.exit_code == 1
    assert f"{good}: valid\n" in ended.stdout
    assert f"{faulty}: 1 error\n" in ended.stdout
    assert ended.stderr == "Error: 1 of 2 documents not valid\n"


def test_faults_stand_in_the_order_of_their_places() -> None:
    text = "name: a\nversion: '1'\ncolour: x\nsteps:\n  - {id: b, kind: tsak}\n  - {id: b, kind: task}\n"
    lines = told("validate", "-", stdin=text).stdout.splitlines()
    places = [line.split(":")[1:3] for line in lines if line.startswith("<stdin>:") and "[" in line]
    assert len(places) > 2
    assert places == sorted(places, key=lambda place: (int(place[0]), int(place[1])))


def test_json_has_an_object_a_line_for_each_file(tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text(FAULTY)
    ended = told("validate", "--output", "json", str(file), "-", stdin=SUSPICIOUS)
    first, second = map(json.loads, ended.stdout.splitlines())
    assert (first["file"], first["valid"], first["warnings"]) == (str(file), False, [])
    (fault,) = first["errors"]
    assert {name: fault[name] for name in ("pointer", "code", "line", "column")} == {
        "pointer": "/steps/0/kind",
        "code": "unknown_kind",
        "line": 4,
        "column": 19,
    }
    assert (second["file"], second["valid"], second["errors"]) == ("-", True, [])
    assert [warning["code"] for warning in second["warnings"]] == ["unknown_retry_class"]
    assert ended.exit_code == 1


def test_the_form_is_known_by_the_ending_else_by_the_beginning(tmp_path: Path) -> None:
    as_json = json.dumps({"name": "a", "version": "1", "steps": []})
    flow = "{name: a, version: '1', steps: []}"
    for name, text, is_valid in (
        ("a.json", as_json, True),
        ("a.JSON", as_json, True),
        ("a.yml", as_json, True),
        ("a.json", flow, False),
        ("a.txt", as_json, True),
        ("a.txt", "\n\ufeff  " + flow, False),
        ("a", flow, True),
        ("a", GOOD, True),
    ):
        file = tmp_path / name
        file.write_text(text)
        assert told("validate", str(file)).exit_code == (0 if is_valid else 1), (name, text)


def test_what_is_neither_is_told_as_what_it_looks_like() -> None:
    ended = told("validate", "-", stdin='{"name": "a",, }')
    assert "this is no JSON" in ended.stdout


def test_colours_are_for_terminals() -> None:
    assert "\x1b[" not in told("validate", "-", stdin=FAULTY).stdout
    assert "\x1b[31m" in told("validate", "-", stdin=FAULTY, is_colourful=True).stdout


def test_nothing_in_a_document_reaches_the_terminal_as_a_command() -> None:
    ended = told("validate", "-", stdin='{"name": "\x1b[2J\u202e", "x\\u001b[31m": 1}')
    assert "\x1b" not in ended.stdout
    assert "\u202e" not in ended.stdout
    assert ended.exit_code == 1


def test_of_a_long_line_only_what_is_around_the_place_is_shown() -> None:
    text = json.dumps({"name": "a" * 100, "version": "1", "steps": [], "x": 1, "vars": {"y": "z" * 1_000}})
    lines = told("validate", "-", stdin=text).stdout.splitlines()
    excerpt, caret = lines[1].partition("| ")[2], lines[2].partition("| ")[2]
    assert len(excerpt) == EXCERPT_CHARS_MAX + 2
    assert (excerpt[0], excerpt[-1]) == ("…", "…")
    assert excerpt[len(caret) - 1 :].startswith('"x": 1')


@pytest.mark.parametrize(
    ("content", "told_of"),
    [
        (b"\x7fELF\x02\x01\x01\x00", "malformed_document"),
        (b"name: \xff\xfe", "the text is no UTF-8"),
        (b"\x00" * 64, "malformed_document"),
        (b"[" * 100_000, "values may be nested"),
        (b"- " * 100_000, "values may be nested"),
        (b"a" * (BYTES_MAX + 1), "a document may have 1,048,576 bytes; this one has more"),
        (b"a: b\n" * 60_000, "a document in YAML may have"),
        (b"a: &x [1]\nb: *x\n", "anchors are not read"),
        (b"---\na: 1\n---\nb: 2\n", "one document is read at a time"),
        (b"42", "a document is an object"),
    ],
)
def test_a_hostile_file_is_a_document_with_a_fault(content: bytes, told_of: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile"
    file.write_bytes(content)
    ended = told("validate", str(file))
    assert ended.exit_code == 1
    assert told_of in ended.stdout
    assert len(ended.stdout) < 2_000


@pytest.mark.parametrize("name", ["missing.yaml", ".", "no/such/folder/a.yaml", "a.yaml/b"])
def test_what_is_no_file_is_wrong_usage(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    ended = told("validate", str(tmp_path / name))
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "cannot read" in ended.stderr


def test_a_file_without_an_end_is_not_read_to_its_end() -> None:
    ended = told("validate", os.devnull.replace("null", "zero"))
    assert ended.exit_code == 1
    assert "too_large" in ended.stdout


def test_without_a_file_it_says_what_it_needs() -> None:
    ended = told("validate")
    assert ended.exit_code == 2
    assert "FILE..." in ended.stderr


@pytest.mark.slow
def test_a_shell_completes_commands_and_their_words(tmp_path: Path) -> None:
    env = {"_TREADLE_COMPLETE": "bash_complete", "COMP_WORDS": "treadle va", "COMP_CWORD": "1"}
    assert treadle(env=env).out.split() == ["plain,validate"]
    env = {"_TREADLE_COMPLETE": "bash_complete", "COMP_WORDS": "treadle graph --format ", "COMP_CWORD": "3"}
    assert treadle(env=env).out.split() == ["plain,mermaid", "plain,json"]
    assert "_TREADLE_COMPLETE=bash_complete" in treadle(env={"_TREADLE_COMPLETE": "bash_source"}).out
