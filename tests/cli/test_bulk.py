"""`treadle executions bulk`, `bulk-acts` and `bulk-act`."""

import json
import re
import signal
from pathlib import Path

import pytest

from tests.cli.asking import WAITING, Console, asked, task, written
from tests.cli.processes import dev
from tests.cli.watching import at_a_terminal, staying
from treadle.model.bulk_acts import BulkAction

SLEEPING = {"id": "nap", "kind": "sleep", "for": "1d"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def begun(console: Console, directory: Path, name: str, count: int, *steps: object) -> list[str]:
    """So many executions of one definition, each where it waits or at its end."""
    file = written(directory, name, *steps)
    ids = [console.done("run", file).strip() for _ in range(count)]
    for execution_id in ids:
        console.until(execution_id, "waiting", "completed", "failed")
    return ids


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pause", "--everything"), "give --preview to see how many executions match, or --yes to do it"),
        (("pause", "--everything", "--yes", "--preview"), "give --preview"),
        (("pause", "--yes"), "give a filter, or --everything"),
        (("pause", "--yes", "--everything", "--status", "waiting"), "--everything goes without a filter"),
        (("resolve", "--yes", "--everything"), "'resolve' is not one of 'pause'"),
        ((), "Missing argument"),
    ],
)
def test_what_is_not_meant_is_not_begun(arguments: tuple[str, ...], said: str) -> None:
    refused = asked("executions", "bulk", *arguments, env={"TREADLE_URL": "http://127.0.0.1:1"})
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_a_server_that_is_not_there_has_begun_nothing() -> None:
    away = asked("executions", "bulk", "pause", "--everything", "--yes", "--url", "http://127.0.0.1:1")
    assert away.exit_code == 3
    assert "finds out" not in away.stderr


@pytest.mark.slow
def test_a_preview_says_how_many_match_and_does_nothing(console: Console, tmp_path: Path) -> None:
    ids = begun(console, tmp_path, "previewed", 2, WAITING)
    told = console.done("executions", "bulk", "terminate", "--definition", "previewed", "--preview")
    assert [line.split() for line in told.splitlines()[2:]] == [["waiting", "2"], ["total", "2"]]
    found = console.json("executions", "bulk", "terminate", "--definition", "previewed", "--preview")
    assert found == {"count": 2, "by_status": {"waiting": 2}, "at_least": []}
    assert {console.status(one) for one in ids} == {"waiting"}


@pytest.mark.slow
def test_a_bulk_act_is_begun_and_looked_at_later(console: Console, tmp_path: Path) -> None:
    ids = begun(console, tmp_path, "later", 3, WAITING)
    arguments = ("--definition", "later", "--status", "waiting", "--reason", "lunch", "--yes")
    bulk_id = console.done("executions", "bulk", "pause", *arguments).strip()
    assert UUID.fullmatch(bulk_id)
    shown = console.json("executions", "bulk-act", bulk_id, "--wait")
    assert (shown["status"], shown["done"], shown["reason"]) == ("done", 3, "lunch")
    assert shown["filter"] == {"status": ["waiting"], "definition": "later"}
    for one in ids:
        assert console.until(one, "paused") == "paused"
    people = console.done("executions", "bulk-act", bulk_id)
    assert re.search(r"done\s+3\s", people)
    listed = console.json("executions", "bulk-acts", "--limit", "1")
    assert [item["bulk_id"] for item in listed["items"]] == [bulk_id]
    assert bulk_id in console.done("executions", "bulk-acts")


@pytest.mark.slow
def test_refusals_are_told_and_are_1(console: Console, tmp_path: Path) -> None:
    begun(console, tmp_path, "mixed", 2, task("a"))
    begun(console, tmp_path, "mixed", 1, task("a"))
    arguments = ("executions", "bulk", "wake", "--definition", "mixed", "--yes", "--wait")
    ended = console(*arguments)
    assert ended.exit_code == 1
    assert ended.stderr == "Error: 3 of 3 executions refused: 3 invalid_transition\n"
    assert UUID.match(ended.stdout)
    assert "cannot wake an execution that is completed" in ended.stdout
    as_json = console(*arguments, "--output", "json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["refused"] == 3
    assert UUID.match(as_json.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("action", BulkAction)
def test_every_action_is_taken(console: Console, tmp_path: Path, action: BulkAction) -> None:
    ended = console.json("executions", "bulk", action.value, "--definition", "nobody", "--yes", "--wait")
    assert (ended["action"], ended["status"], ended["total"]) == (action, "done", 0)


@pytest.mark.slow
def test_an_empty_text_is_a_filter_that_nothing_matches(console: Console, tmp_path: Path) -> None:
    (execution_id,) = begun(console, tmp_path, "kept", 1, WAITING)
    for filters in (("--business-key", ""), ("--business-key", "", "--definition", "kept")):
        ended = console.json("executions", "bulk", "terminate", *filters, "--yes", "--wait")
        assert (ended["total"], ended["filter"]["business_key"]) == (0, "")
    assert console.status(execution_id) == "waiting"


@pytest.mark.slow
def test_what_is_refused_is_4_and_says_why(console: Console) -> None:
    refused = console("executions", "bulk", "pause", "--label", "team", "--yes")
    assert refused.exit_code == 4
    assert "/filter/label/0: `label` is written `name:value`" in refused.stderr
    absent = console("executions", "bulk-act", "0190a000-0000-7000-8000-000000000001", "--wait")
    assert absent.exit_code == 4
    assert "(bulk_act_not_found)" in absent.stderr


@pytest.mark.slow
def test_a_terminal_shows_how_far_it_has_come(console: Console, tmp_path: Path) -> None:
    begun(console, tmp_path, "drawn", 2, SLEEPING)
    arguments = ("executions", "bulk", "wake", "--definition", "drawn", "--yes", "--wait")
    with at_a_terminal(*arguments, "--url", console.running.url) as terminal:
        terminal.until("2/2")
        assert terminal.ended() == 0
    assert "━" in terminal.seen


@pytest.mark.slow
def test_everything_of_a_namespace_is_acted_on_by_who_says_so(tmp_path: Path) -> None:
    with dev(tmp_path) as running:
        console = Console(running)
        ids = begun(console, tmp_path, "all", 2, WAITING)
        ended = console.json("executions", "bulk", "terminate", "--everything", "--yes", "--wait")
        assert (ended["total"], ended["done"], ended["filter"]) == (2, 2, {})
        assert {console.status(one) for one in ids} == {"terminated"}


@pytest.mark.slow
def test_a_bulk_act_is_stopped(tmp_path: Path) -> None:
    """The engine has no place for what would be cancelled, so that none is."""
    with dev(tmp_path, TREADLE_LIVE_MAX="1") as running:
        console = Console(running)
        file = written(tmp_path, "held", {"id": "a", "kind": "task", "handler": "hang"})
        held = console.done("run", file).strip()
        console.until(held, "running")
        console.done("run", file)
        arguments = ("bulk", "cancel", "--definition", "held", "--yes")
        bulk_id = console.done("executions", *arguments).strip()
        stopped = console("executions", "bulk-act", bulk_id, "--stop", "--wait")
        assert stopped.exit_code == 1
        assert stopped.stderr == "Error: stopped after 0 executions\n"
        assert console.status(held) == "running"


@pytest.mark.slow
def test_the_wait_goes_on_after_a_restart(tmp_path: Path) -> None:
    """The engine has no place for what would be woken, so that the wait has to last until the restart."""
    full = {"TREADLE_LIVE_MAX": "1"}
    with dev(tmp_path, **full) as first:
        console = Console(first)
        file = written(tmp_path, "held", {"id": "a", "kind": "task", "handler": "hang"})
        held = console.done("run", file).strip()
        console.until(held, "running")
        arguments = ("executions", "bulk", "wake", "--definition", "held", "--yes", "--wait")
        with staying(*arguments, "--output", "json", "--url", first.url) as waits:
            bulk_id = waits.remark().strip()
            first.stop(signal.SIGKILL)
            assert "trying again" in waits.remark()
            with dev(tmp_path, "--port", first.url.rpartition(":")[2]):
                assert waits.remark() == "connected again\n"
                ended = waits.ended()
    assert ended.code == 1, "nothing sleeps in it"
    assert json.loads(ended.out)["bulk_id"] == bulk_id
