"""`treadle executions list | counts | failures | show | nodes | history | explain`."""

import json
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.cli.asking import WAITING, Console, task, written

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def failed(console: Console, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = written(tmp_path_factory.mktemp("failing"), "failing", task("a"), task("b", "refuse"))
    ended = console("run", file, "--wait", "--business-key", "order 7", "--label", "team:blue")
    assert ended.exit_code == 1
    return ended.stdout.strip()


@pytest.fixture(scope="module")
def waiting(console: Console, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = written(tmp_path_factory.mktemp("waiting"), "waiting", WAITING, task("after"))
    execution_id = console.done("run", file).strip()
    console.until(execution_id, "waiting")
    return execution_id


def of_server(console: Console, path: str) -> str:
    with urlopen(f"{console.running.url}/v1/{path}") as answer:
        return answer.read().decode()


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (("executions", "list"), "executions"),
        (("executions", "list", "--status", "failed", "--limit", "1"), "executions?status=failed&limit=1"),
        (("executions", "counts", "--definition", "failing"), "executions/counts?definition=failing"),
        (("executions", "failures"), "executions/failures"),
        (("executions", "show", "{id}"), "executions/{id}"),
        (("executions", "show", "{id}", "--at", "2"), "executions/{id}?at=2"),
        (("executions", "nodes", "{id}"), "executions/{id}/nodes"),
        (("executions", "history", "{id}", "--after", "3"), "executions/{id}/history?after=3"),
        (("executions", "explain", "{id}"), "executions/{id}/explanation"),
        (("compensations", "list", "{id}"), "executions/{id}"),
        (("definitions", "list"), "definitions"),
    ],
)
def test_json_is_the_answer_of_the_server_unchanged(
    console: Console, failed: str, arguments: tuple[str, ...], path: str
) -> None:
    told = console.done(*(one.format(id=failed) for one in arguments), "--output", "json")
    assert told == of_server(console, path.format(id=failed)) + "\n"


def test_filters_choose_and_are_sent_as_they_are_written(console: Console, failed: str, waiting: str) -> None:
    def ids(*filters: str) -> set[str]:
        return {row["id"] for row in console.json("executions", "list", *filters)["items"]}

    assert ids("--status", "failed", "--status", "waiting") == {failed, waiting}
    assert ids("--business-key", "order 7") == ids("--label", "team:blue") == {failed}
    assert ids("--definition", "waiting", "--version", "1") == {waiting}
    assert ids("--definition", "waiting", "--version", "2") == set()
    assert ids("--started-before", "2020-01-01T00:00:00Z") == set()
    assert ids("--started-after", "2020-01-01T00:00:00Z") == {failed, waiting}
    assert console.json("executions", "counts", "--status", "failed") == {
        "by_status": {"failed": 1},
        "total": 1,
        "at_least": [],
    }


def test_tables_say_what_there_is(console: Console, failed: str, waiting: str) -> None:
    listed = console.done("executions", "list")
    line = next(line for line in listed.splitlines() if failed in line)
    for word in ("failing@1", "failed", "order 7", "b no_stock"):
        assert word in line
    assert waiting in listed
    assert "failing" in console.done("executions", "failures")
    assert console.done("executions", "counts").splitlines()[-1].split() == ["total", "2"]
    shown = console.done("executions", "show", failed)
    for word in (failed, "order 7", '{"team":"blue"}', "no_stock: nothing left"):
        assert word in shown
    assert [line.split()[0] for line in console.done("executions", "nodes", failed).splitlines()[2:]] == [
        "b",
        "a",
    ]
    history = console.done("executions", "history", failed)
    assert history.index("ExecutionStarted") < history.index("ExecutionFailed")
    explained = console.done("executions", "explain", waiting)
    assert explained.startswith("waiting\n")
    assert "waiting_signal" in explained
    earlier = console.done("executions", "show", failed, "--at", "2")
    assert "running" in earlier
    assert "no_stock" not in earlier


def test_a_list_goes_on_where_it_ended(console: Console, failed: str, waiting: str) -> None:
    first = console("executions", "list", "--limit", "1")
    place = first.stderr.strip().removeprefix("more: ").split()
    second = console("executions", "list", "--limit", "1", *place)
    assert waiting in first.stdout
    assert failed in second.stdout
    assert second.stderr == ""


@pytest.mark.parametrize("words", [("nodes",), ("history",)])
def test_the_pages_of_one_execution_go_on_too(console: Console, failed: str, words: tuple[str, ...]) -> None:
    asked = ("executions", *words, failed)
    first = console(*asked, "--limit", "1")
    place = first.stderr.strip().removeprefix("more: ").split()
    assert place[0] == ("--after" if words == ("history",) else "--cursor")
    second = console.done(*asked, "--limit", "1", *place)
    assert second.splitlines()[2:] != first.stdout.splitlines()[2:]


def test_all_of_a_list_is_every_page_after_the_other(console: Console, failed: str, waiting: str) -> None:
    pages = console.done("executions", "list", "--all", "--limit", "1", "--output", "json").splitlines()
    found = [item["id"] for page in pages for item in json.loads(page)["items"]]
    assert found == [waiting, failed]
    table = console("executions", "list", "--all", "--limit", "1")
    assert table.stderr == ""
    assert table.stdout.index(waiting) < table.stdout.index(failed)
    history = console.done("executions", "history", failed, "--all", "--limit", "2", "--output", "json")
    seqs = [item["seq"] for page in history.splitlines() for item in json.loads(page)["items"]]
    assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("executions", "show", "nope"), "(execution_not_found)"),
        (("executions", "show", ""), "(not_found)"),
        (("executions", "show", "a/b"), "(not_found)"),
        (("executions", "watch", "nope"), "(execution_not_found)"),
        (("executions", "list", "--cursor", "x.y"), "(invalid_parameter)"),
        (("executions", "list", "--label", "team"), "(invalid_parameter)"),
        (("executions", "list", "--started-after", "yesterday"), "(invalid_parameter)"),
    ],
)
def test_what_the_server_refuses_is_told_with_its_code(
    console: Console, arguments: tuple[str, ...], told: str
) -> None:
    refused = console(*arguments)
    assert (refused.exit_code, refused.stdout) == (4, "")
    assert told in refused.stderr


def test_the_server_decides_what_fits_beyond_the_last_event(console: Console, failed: str) -> None:
    assert "(invalid_parameter)" in console("executions", "show", failed, "--at", "999").stderr


def test_pages_of_wide_values_stay_readable(console: Console, tmp_path: Path) -> None:
    file = written(tmp_path, "wide", task("a", "echo"))
    value = "\x1b[2J" + "x" * 5_000
    (tmp_path / "input.json").write_text(json.dumps({"text": value}))
    execution_id = console.done("run", file, "--input", f"@{tmp_path / 'input.json'}", "--wait").strip()
    shown = console.done("executions", "show", execution_id)
    assert "\x1b" not in shown
    assert "characters)" in shown
    assert "x" * 5_000 not in shown.replace("\n", "")


def test_a_namespace_shows_its_own_alone(console: Console, failed: str, tmp_path: Path) -> None:
    elsewhere = ("--namespace", "elsewhere")
    file = written(tmp_path, "apart", task("a"))
    apart = console.done("run", file, "--wait", *elsewhere).strip()
    assert [row["id"] for row in console.json("executions", "list", *elsewhere)["items"]] == [apart]
    assert console("executions", "show", failed, *elsewhere).exit_code == 4
    assert console("executions", "watch", apart).exit_code == 4
    assert console("executions", "watch", apart, *elsewhere).exit_code == 0
