"""`treadle definitions`: kept, shown, listed, deleted."""

import json
from pathlib import Path

import pytest

from tests.cli.asking import Console, asked, task, written
from tests.cli.processes import treadle

pytestmark = pytest.mark.slow
YAML = """# a comment
name: {name}
version: "1"
steps:
  - {{id: a, kind: task, handler: echo}}
"""


def test_a_document_is_kept_started_by_its_name_and_read_back(console: Console, tmp_path: Path) -> None:
    path = tmp_path / "kept.yaml"
    path.write_text(YAML.format(name="kept"))
    first = console("definitions", "put", str(path))
    assert (first.exit_code, first.stdout, first.stderr) == (0, "kept@1\n", "")
    again = console("definitions", "put", str(path))
    assert (again.exit_code, again.stdout, again.stderr) == (0, "kept@1\n", "it was kept already\n")
    assert console("run", "kept@1", "--wait").exit_code == 0
    shown = console.done("definitions", "show", "kept")
    assert "kept" in shown
    assert "task" in shown
    document = console.done("definitions", "show", "kept@1", "--document")
    assert console.done("definitions", "put", "-", stdin=document) == "kept@1\n"
    as_json = console.json("definitions", "show", "kept", "--document")
    assert as_json == console.json("definitions", "show", "kept")["document"]
    assert as_json["steps"] == [task("a")]


def test_versions_are_listed_newest_first_and_a_deleted_one_is_not(console: Console, tmp_path: Path) -> None:
    for version in ("1", "2", "10"):
        console.done("definitions", "put", written(tmp_path, "aged", task("a"), version=version))
    table = console.done("definitions", "versions", "aged").splitlines()
    assert [line.split()[1] for line in table[2:]] == ["10", "2", "1"]
    page = console("definitions", "versions", "aged", "--limit", "2")
    assert page.stderr.startswith("more: --cursor ")
    listed = console.json("definitions", "list", "--name", "aged")
    assert listed == console.json("definitions", "versions", "aged")
    deleted = console("definitions", "delete", "aged@10")
    assert (deleted.exit_code, deleted.stdout, deleted.stderr) == (0, "", "aged@10 is deleted\n")
    assert console.json("definitions", "show", "aged")["version"] == "2"
    assert "deleted_at" in console.done("definitions", "show", "aged@10")
    assert console("definitions", "delete", "aged@10").exit_code == 4
    assert console("run", "aged@10").exit_code == 4


def test_faults_are_told_beside_their_lines_as_the_server_finds_them(
    console: Console, tmp_path: Path
) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(YAML.format(name="faulty").replace("task", "tsak"))
    refused = console("definitions", "put", str(path))
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert f"{path}:5:19: error: there is no kind `tsak`" in refused.stderr
    assert "[unknown_kind /steps/0/kind]" in refused.stderr
    assert "\n    |                   ^" in refused.stderr
    assert "(invalid_definition)" in refused.stderr


@pytest.mark.parametrize("name", ["plain", "plain.json", "plain.yml", "plain.YAML"])
def test_a_document_is_read_as_what_it_is(console: Console, tmp_path: Path, name: str) -> None:
    text = json.dumps({"name": "plain", "version": "1", "steps": [task("a")]})
    (tmp_path / name).write_text(text)
    assert console.done("definitions", "put", str(tmp_path / name)) == "plain@1\n"


def test_warnings_are_told_and_no_obstacle(console: Console, tmp_path: Path) -> None:
    file = written(tmp_path, "odd", task("a", retry={"on": ["conection"]}))
    kept = console("definitions", "put", file)
    assert (kept.exit_code, kept.stdout) == (0, "odd@1\n")
    assert "warning: `conection` counts as the code of an error" in kept.stderr
    quiet = console("definitions", "put", file, "--output", "json")
    assert json.loads(quiet.stdout)["warnings"][0]["code"] == "unknown_retry_class"


def test_a_version_is_not_given_twice(console: Console, tmp_path: Path) -> None:
    console.done("definitions", "put", written(tmp_path, "fixed", task("a")))
    other = console("definitions", "put", written(tmp_path, "fixed", task("b")))
    assert (other.exit_code, "(definition_exists)" in other.stderr) == (4, True)


def test_a_file_that_is_no_document_is_not_sent(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [\n")
    ended = treadle("definitions", "put", str(broken), "--url", "http://127.0.0.1:1")
    assert (ended.code, ended.out) == (1, "")
    assert "[malformed_document]" in ended.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("definitions", "put", "/no/such.yaml"), "cannot read /no/such.yaml"),
        (("definitions", "delete", "kept"), "NAME@VERSION"),
        (("definitions", "show", "kept@"), "NAME[@VERSION]"),
        (("definitions", "show", "@1"), "NAME[@VERSION]"),
        (("definitions", "lst"), "did you mean 'list'?"),
        (("definitions", "list", "--limit", "0"), "--limit"),
    ],
)
def test_wrong_usage_asks_no_server(arguments: tuple[str, ...], told: str) -> None:
    result = asked(*arguments, env={"TREADLE_URL": "http://127.0.0.1:1"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_definition_that_is_not_there_is_refused(console: Console) -> None:
    for arguments in (("show", "nothing"), ("show", "nothing@1"), ("delete", "nothing@1")):
        refused = console("definitions", *arguments)
        assert (refused.exit_code, "(definition_not_found)" in refused.stderr) == (4, True)
