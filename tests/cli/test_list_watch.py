"""`treadle executions list --watch`: the newest executions, looked at again and again."""

import json
import signal
from pathlib import Path

import pytest

from tests.cli.asking import WAITING, Console, asked, task, written
from tests.cli.processes import dev
from tests.cli.scripted import answering, refused, said
from tests.cli.watching import Staying, at_a_terminal, staying
from treadle.model.json import Json

LIST = ("executions", "list", "--watch")


def started(console: Console, directory: Path, *steps: Json, name: str) -> str:
    return console.done("run", written(directory, name, *steps)).strip()


def until(watch: Staying, execution_id: str, status: str) -> list[Json]:
    """What it tells, until it tells that of this execution."""
    told = [watch.event()]
    while (told[-1]["id"], told[-1]["status"]) != (execution_id, status):
        told.append(watch.event())
    return told


@pytest.mark.parametrize("more", [("--all",), ("--cursor", "x")])
def test_the_newest_are_not_a_later_part(more: tuple[str, ...]) -> None:
    result = asked(*LIST, *more)
    assert result.exit_code == 2
    assert "neither with --all nor with --cursor" in result.stderr


def summary(execution_id: str, status: str, **more: Json) -> Json:
    definition = {"name": "a", "version": "1"}
    return {"id": execution_id, "definition": definition, "status": status, "created_at": "t"} | more


def page(*items: Json) -> Json:
    return {"items": list(items), "next": None}


@pytest.mark.slow
def test_each_change_is_a_line_and_what_stays_is_none() -> None:
    older, newer = summary("1", "waiting"), summary("2", "running", business_key="k\x1b[2J")
    later = summary("2", "failed", failure={"path": "pay", "code": "no_stock", "message": "m"})
    answers = [page(newer, older), page(newer, older), page(later, older), page(older), page(newer, older)]
    end = refused(404, "not_found")
    with answering([*map(said, answers), end]) as server:
        result = asked(*LIST, "--url", server.url, "--limit", "7", "--status", "failed")
    assert result.exit_code == 4
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["1", "a@1", "waiting", "-", "t", "-", "-"],
        ["2", "a@1", "running", "k\\x1b[2J", "t", "-", "-"],
        ["2", "a@1", "failed", "-", "t", "-", "pay", "no_stock"],
        ["2", "a@1", "running", "k\\x1b[2J", "t", "-", "-"],
    ]
    assert {one.path for one in server.asked} == {"/v1/executions?status=failed&limit=7"}


@pytest.mark.slow
def test_executions_are_told_as_they_change(console: Console, tmp_path: Path) -> None:
    first = started(console, tmp_path, WAITING, task("after"), name="listed")
    console.until(first, "waiting")
    arguments = (*LIST, "--definition", "listed", "--output", "json", "--url", console.running.url)
    with staying(*arguments) as watch:
        assert [one["id"] for one in until(watch, first, "waiting")] == [first]
        console.done("executions", "signal", first, "go")
        (ended,) = until(watch, first, "completed")
        second = started(console, tmp_path, WAITING, name="listed")
        assert {one["id"] for one in until(watch, second, "waiting")} == {second}
        watch.interrupt()
        assert watch.ended().code == 130
    (listed,) = [one for one in console.json("executions", "list")["items"] if one["id"] == first]
    assert ended == listed


@pytest.mark.slow
def test_a_terminal_shows_a_picture_that_changes(console: Console, tmp_path: Path) -> None:
    first = started(console, tmp_path, WAITING, name="drawn")
    arguments = (*LIST, "--definition", "drawn", "--limit", "1", "--url", console.running.url)
    with at_a_terminal(*arguments, columns=160) as terminal:
        for word in ("business key", first, "waiting"):
            terminal.until(word)
        second = started(console, tmp_path, WAITING, name="drawn")
        terminal.until(second)
        terminal.until("and older ones")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.ended() == 130
    assert "Traceback" not in terminal.seen
    assert terminal.seen.rindex("\x1b[?25h") > terminal.seen.rindex("\x1b[?25l")


@pytest.mark.slow
def test_it_goes_on_after_a_restart(tmp_path: Path) -> None:
    with dev(tmp_path) as first:
        console = Console(first)
        execution_id = started(console, tmp_path, WAITING, name="listed")
        with staying(*LIST, "--output", "json", "--url", first.url) as watch:
            until(watch, execution_id, "waiting")
            first.stop(signal.SIGKILL)
            assert "trying again" in watch.remark()
            with dev(tmp_path, "--port", first.url.rpartition(":")[2]) as second:
                assert watch.remark() == "connected again\n"
                Console(second).done("executions", "signal", execution_id, "go")
                until(watch, execution_id, "completed")


@pytest.mark.slow
@pytest.mark.parametrize("columns", [20, 80])
def test_a_small_terminal_is_enough(console: Console, tmp_path: Path, columns: int) -> None:
    ids = [started(console, tmp_path, WAITING, name="narrow") for _ in range(9)]
    arguments = (*LIST, "--definition", "narrow", "--url", console.running.url)
    with at_a_terminal(*arguments, lines=8, columns=columns) as terminal:
        terminal.until("and older ones")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.ended() == 130
    assert json.loads(console.done("executions", "show", ids[0], "--output", "json"))["id"] == ids[0]
