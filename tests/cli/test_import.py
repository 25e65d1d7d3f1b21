"""`treadle import trama`: a document of Trama, written anew, and what has no equal."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import told
from tests.cli.processes import treadle
from treadle.cli.documents import BYTES_MAX
from treadle.definition.formats import parse_document
from treadle.definition.read import check
from treadle.definition.trama.importing import import_trama
from treadle.model.json import Json

URL = "http://stock/{{payload.id}}"


def trama(**fields: Json) -> str:
    step = {"name": "reserve", "up": {"url": URL, "verb": "POST"}, "down": {"url": URL, "verb": "DELETE"}}
    policy = {"type": "retry", "maxAttempts": 2, "delayMillis": 500}
    document = {"name": "order", "version": "1", "failureHandling": policy, "steps": [step], **fields}
    return json.dumps(document, indent=2)


def test_the_document_is_yaml_that_is_valid_here(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(trama())
    ended = told("import", "trama", str(file))
    assert ended.exit_code == 0
    tree = parse_document(ended.stdout.encode(), "yaml")
    assert tree == import_trama(json.loads(trama())).document
    report = check(tree)
    assert report.errors == ()
    assert report.definition is not None


def test_what_has_no_equal_is_told_beside_with_its_place() -> None:
    ended = told("import", "trama", "-", stdin=trama())
    remarks = import_trama(json.loads(trama())).remarks
    assert remarks
    for remark in remarks:
        assert f"remark: {remark.message} [" in ended.stderr
    assert "remark" not in ended.stdout


def test_it_is_written_to_a_file_if_wanted(tmp_path: Path) -> None:
    target = tmp_path / "order.yaml"
    for option in ("-o", "--to"):
        ended = told("import", "trama", "-", option, str(target), stdin=trama())
        assert (ended.exit_code, ended.stdout) == (0, "")
        assert target.read_text() == told("import", "trama", "-", stdin=trama()).stdout
        target.unlink()
    assert told("validate", "-", stdin=told("import", "trama", "-", stdin=trama()).stdout).exit_code == 0


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    ended = told("import", "trama", "-", "-o", str(tmp_path / "no" / "folder.yaml"), stdin=trama())
    assert ended.exit_code == 1
    assert "cannot write" in ended.stderr


def test_faults_are_told_with_their_lines_and_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "order.yaml"
    target.write_text("precious")
    faulty = trama(steps=[{"name": "reserve", "up": {"verb": "POST"}}])
    ended = told("import", "trama", "-", "-o", str(target), stdin=faulty)
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "<stdin>:" in ended.stderr
    assert "error: " in ended.stderr
    assert " | " in ended.stderr
    assert target.read_text() == "precious"


def test_a_document_of_ours_is_not_imported() -> None:
    ended = told("import", "trama", "-", stdin="name: a\nversion: '1'\nsteps: []\n")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "no document of Trama" in ended.stderr


@pytest.mark.parametrize("content", [b"\x7fELF\x00", b"", b"[" * 100_000, b"x" * (BYTES_MAX + 1), b'{"up":'])
def test_a_hostile_file_ends_with_1(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "hostile"
    file.write_bytes(content)
    ended = told("import", "trama", str(file))
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert len(ended.stderr) < 2_000


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_what_is_no_file_is_wrong_usage(name: str, tmp_path: Path) -> None:
    assert told("import", "trama", str(tmp_path / name)).exit_code == 2


def test_another_system_is_wrong_usage_and_the_nearest_is_named() -> None:
    ended = told("import", "drama", "-")
    assert ended.exit_code == 2
    assert "did you mean 'trama'?" in ended.stderr


@pytest.mark.slow
def test_the_program_itself_imports(tmp_path: Path) -> None:
    (tmp_path / "order.json").write_text(trama())
    ended = treadle("import", "trama", "order.json", "-o", "order.yaml", cwd=tmp_path)
    assert ended.code == 0
    assert treadle("validate", "order.yaml", cwd=tmp_path).out == "order.yaml: valid\n"
