"""`treadle executions watch` and `treadle run --wait`, through restarts and interruptions."""

import json
import signal
from pathlib import Path

import pytest

from tests.cli.asking import WAITING, Console, task, written
from tests.cli.processes import Dev, dev
from tests.cli.watching import at_a_terminal, staying
from treadle.model.json import Json

pytestmark = pytest.mark.slow


def started(console: Console, directory: Path, *steps: Json, name: str = "watched") -> str:
    return console.done("run", written(directory, name, *steps)).strip()


def port(running: Dev) -> tuple[str, str]:
    return "--port", running.url.rpartition(":")[2]


def seqs(events: list[Json]) -> list[int]:
    return [event["seq"] for event in events]


def test_the_history_is_told_to_its_end_as_the_server_has_it(console: Console, tmp_path: Path) -> None:
    execution_id = console.done("run", written(tmp_path, "good", task("a")), "--wait").strip()
    told = console.done("executions", "watch", execution_id, "--output", "json")
    page = console.done("executions", "history", execution_id, "--output", "json").strip()
    assert page == '{"items":[' + ",".join(told.splitlines()) + '],"next":null}'
    lines = console.done("executions", "watch", execution_id).splitlines()
    assert len(lines) == len(told.splitlines())
    assert [line.split()[1] for line in (lines[0], lines[-1])] == ["ExecutionStarted", "ExecutionCompleted"]


def test_an_end_that_is_no_completion_is_1(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, task("a", "refuse"))
    ended = console("executions", "watch", execution_id)
    assert ended.exit_code == 1
    assert ended.stderr == "Error: failed at a: no_stock: nothing left\n"


def test_every_run_is_told_of_an_execution_that_was_retried(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, task("a", "refuse"))
    console.until(execution_id, "failed")
    console.done("executions", "retry", execution_id)
    console.until(execution_id, "failed")
    told = console("executions", "watch", execution_id, "--output", "json")
    events = [json.loads(line) for line in told.stdout.splitlines()]
    history = console.json("executions", "history", execution_id)["items"]
    assert events == history
    assert [event["type"] for event in events].count("ExecutionFailed") == 2


def test_what_happens_is_told_as_it_happens(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, WAITING, task("after"))
    with staying(
        "executions", "watch", execution_id, "--output", "json", "--url", console.running.url
    ) as watch:
        before = watch.until("WaitOpened")
        console.done("executions", "signal", execution_id, "go")
        after = watch.until("ExecutionCompleted")
        ended = watch.ended()
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert seqs([*before, *after]) == list(range(1, len(before) + len(after) + 1))


@pytest.mark.parametrize("output", ["table", "json"])
def test_an_interruption_ends_the_watching_alone(console: Console, tmp_path: Path, output: str) -> None:
    execution_id = started(console, tmp_path, WAITING)
    arguments = ("executions", "watch", execution_id, "--output", output, "--url", console.running.url)
    with staying(*arguments) as watch:
        assert watch.process.stdout is not None
        assert "ExecutionStarted" in watch.process.stdout.readline()
        watch.interrupt()
        ended = watch.ended()
    assert (ended.code, ended.err) == (130, "\n")
    assert console.status(execution_id) == "waiting"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_loses_and_doubles_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with dev(tmp_path) as first:
        execution_id = started(Console(first), tmp_path, WAITING, task("after"))
        with staying("executions", "watch", execution_id, "--output", "json", "--url", first.url) as watch:
            before = watch.until("WaitOpened")
            first.stop(number)
            assert watch.remark().endswith("; trying again for 60 s\n")
            with dev(tmp_path, *port(first)) as second:
                assert watch.remark() == "connected again\n"
                Console(second).done("executions", "signal", execution_id, "go")
                after = watch.until("ExecutionCompleted")
                ended = watch.ended()
    assert (ended.code, ended.err) == (0, "")
    assert seqs([*before, *after]) == list(range(1, len(before) + len(after) + 1))


def test_a_wait_for_the_end_goes_on_after_a_restart(tmp_path: Path) -> None:
    file = written(tmp_path, "long", WAITING, task("after"))
    with dev(tmp_path) as first, staying("run", file, "--wait", "--url", first.url) as waits:
        assert waits.process.stdout is not None
        execution_id = waits.process.stdout.readline().strip()
        Console(first).until(execution_id, "waiting")
        first.stop(signal.SIGKILL)
        assert "trying again" in waits.remark()
        with dev(tmp_path, *port(first)) as second:
            Console(second).done("executions", "signal", execution_id, "go")
            assert waits.remark() == "connected again\n"
            ended = waits.ended()
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_without_patience_the_end_of_the_server_is_the_end(tmp_path: Path) -> None:
    with dev(tmp_path) as running:
        execution_id = started(Console(running), tmp_path, WAITING)
        arguments = ("executions", "watch", execution_id, "--output", "json", "--reconnect", "0")
        with staying(*arguments, "--url", running.url) as watch:
            watch.until("WaitOpened")
            running.stop()
            ended = watch.ended()
    assert ended.code == 3
    assert ended.err.startswith(f"Error: {running.url} ")
    assert "trying again" not in ended.err


def test_patience_has_an_end(tmp_path: Path) -> None:
    with dev(tmp_path) as running:
        execution_id = started(Console(running), tmp_path, WAITING)
        arguments = ("executions", "watch", execution_id, "--output", "json", "--reconnect", "0.3")
        with staying(*arguments, "--url", running.url) as watch:
            watch.until("WaitOpened")
            running.stop()
            ended = watch.ended()
    assert ended.code == 3
    assert "trying again for 0.3 s" in ended.err
    assert "cannot be reached" in ended.err.splitlines()[-1]


def test_a_terminal_shows_a_picture_that_changes_and_stays(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, task("first"), WAITING, task("after", "refuse"))
    with at_a_terminal("executions", "watch", execution_id, "--url", console.running.url) as terminal:
        for word in ("watched@1", execution_id, "first", "completed", "hold", "signals", "WaitOpened"):
            terminal.until(word)
        console.done("executions", "signal", execution_id, "go")
        terminal.until("Error: failed at after: no_stock: nothing left")
        assert terminal.ended() == 1
    last = terminal.seen.rpartition("\x1b[2K")[2]
    for word in ("failed", "after", "ExecutionFailed", "no_stock: nothing left"):
        assert word in last


def test_an_interruption_leaves_the_terminal_as_it_was(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, WAITING)
    with at_a_terminal("executions", "watch", execution_id, "--url", console.running.url) as terminal:
        terminal.until("WaitOpened")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.ended() == 130
    assert "Traceback" not in terminal.seen
    assert terminal.seen.rindex("\x1b[?25h") > terminal.seen.rindex("\x1b[?25l")
    assert console.status(execution_id) == "waiting"


def test_a_picture_goes_on_after_a_restart(tmp_path: Path) -> None:
    with dev(tmp_path) as first:
        execution_id = started(Console(first), tmp_path, WAITING)
        with at_a_terminal("executions", "watch", execution_id, "--url", first.url) as terminal:
            terminal.until("WaitOpened")
            first.stop()
            terminal.until("trying again")
            with dev(tmp_path, *port(first)) as second:
                terminal.until("connected again")
                Console(second).done("executions", "signal", execution_id, "go")
                terminal.until("ExecutionCompleted")
                assert terminal.ended() == 0


@pytest.mark.parametrize("columns", [20, 80])
def test_a_small_terminal_is_enough(console: Console, tmp_path: Path, columns: int) -> None:
    steps = [task(f"node_{number}") for number in range(40)]
    execution_id = started(console, tmp_path, *steps, name="narrow")
    console.until(execution_id, "completed")
    arguments = ("executions", "watch", execution_id, "--url", console.running.url)
    with at_a_terminal(*arguments, lines=8, columns=columns) as terminal:
        assert terminal.ended() == 0


def test_at_a_terminal_a_table_is_never_cut_where_it_is_copied(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, task("a"), name="copied")
    console.until(execution_id, "completed")
    with at_a_terminal("executions", "list", "--url", console.running.url, columns=60) as terminal:
        assert terminal.ended() == 0
    assert execution_id in terminal.seen
