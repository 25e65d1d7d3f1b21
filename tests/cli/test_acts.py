"""`treadle executions pause` and the other acts, `signal`, and `treadle compensations`."""

from pathlib import Path

import pytest

from tests.cli.asking import WAITING, Console, asked, task, written
from treadle.cli.commands.compensations.acting import ACTS as UNDO_ACTS
from treadle.cli.commands.executions.acting import ACTS
from treadle.model.json import Json
from treadle.service.acts import COMPENSATION_ACTS, EXECUTION_ACTS

SLEEPING = {"id": "nap", "kind": "sleep", "for": "1d"}
ONCE = {"max_attempts": 1}


def started(console: Console, directory: Path, *steps: Json) -> str:
    return console.done("run", written(directory, directory.name[:20], *steps)).strip()


def test_every_act_of_the_service_is_a_command() -> None:
    assert ACTS.keys() == EXECUTION_ACTS.keys()
    assert UNDO_ACTS.keys() == COMPENSATION_ACTS.keys()


@pytest.mark.slow
def test_an_execution_is_paused_and_resumed_with_a_reason(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, WAITING)
    console.until(execution_id, "waiting")
    told = console.done("executions", "pause", execution_id, "--reason", "lunch")
    assert told == f"{execution_id} paused\n"
    assert console.json("executions", "show", execution_id)["reason"] == "lunch"
    assert console.json("executions", "resume", execution_id)["status"] == "waiting"


@pytest.mark.slow
@pytest.mark.parametrize(("act", "status"), [("cancel", "cancelled"), ("terminate", "terminated")])
def test_an_execution_is_stopped_and_what_is_over_is_not(
    console: Console, tmp_path: Path, act: str, status: str
) -> None:
    execution_id = started(console, tmp_path, WAITING)
    assert console("executions", act, execution_id).exit_code == 0
    assert console.until(execution_id, status) == status
    again = console("executions", act, execution_id)
    assert (again.exit_code, again.stdout) == (4, "")
    assert "(invalid_transition)" in again.stderr


@pytest.mark.slow
def test_a_failed_execution_is_run_again(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, task("a", "refuse"))
    console.until(execution_id, "failed")
    assert console.json("executions", "retry", execution_id)["run"] == 2


@pytest.mark.slow
def test_a_sleep_is_ended(console: Console, tmp_path: Path) -> None:
    execution_id = started(console, tmp_path, SLEEPING)
    console.until(execution_id, "waiting")
    console.done("executions", "wake", execution_id, "--path", "nap")
    assert console.until(execution_id, "completed") == "completed"
    nothing = console("executions", "wake", execution_id)
    assert nothing.exit_code == 4


@pytest.mark.slow
def test_an_unknown_outcome_is_resolved_with_its_output(console: Console, tmp_path: Path) -> None:
    hanging = task("a", "hang", timeout="50ms", on_unknown="pause", retry=ONCE)
    execution_id = started(console, tmp_path, hanging)
    console.until(execution_id, "paused")
    (tmp_path / "output.json").write_text('{"paid": 9007199254740993}')
    by_hand = (
        "--outcome",
        "done",
        "--result",
        f"@{tmp_path / 'output.json'}",
        "--path",
        "a",
        "--reason",
        "asked",
    )
    console.done("executions", "resolve", execution_id, *by_hand)
    console.until(execution_id, "completed")
    assert "9007199254740993" in console.done("executions", "show", execution_id)
    mixed = console("executions", "resolve", execution_id, "--outcome", "not_done", "--result", "1")
    assert (mixed.exit_code, "/output" in mixed.stderr) == (4, True)


@pytest.mark.slow
def test_a_signal_is_sent_once_for_each_key(console: Console, tmp_path: Path) -> None:
    twice = WAITING | {"count": 2}
    execution_id = started(console, tmp_path, twice)
    first = ("executions", "signal", execution_id, "go", "--payload", '{"n": 1}', "--idempotency-key", "one")
    assert console.done(*first) == console.done(*first)
    assert console.status(execution_id) == "waiting"
    other = console(*first[:-3], '{"n": 2}', *first[-2:])
    assert (other.exit_code, "(idempotency_mismatch)" in other.stderr) == (4, True)
    console.done("executions", "signal", execution_id, "go")
    console.until(execution_id, "completed")
    assert console("executions", "signal", execution_id, "go").exit_code == 4
    assert console("executions", "signal", execution_id, "wrong").exit_code == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "said", "status", "undo"),
    [
        ("skip", ("--reason", "nobody minds"), "failed", "skipped"),
        ("accept", ("--reason", "done by hand"), "failed", "accepted"),
        ("retry", (), "stuck", "failed"),
    ],
)
def test_a_person_decides_about_a_stuck_compensation(
    console: Console, tmp_path: Path, act: str, said: tuple[str, ...], status: str, undo: str
) -> None:
    undone = task("a", compensate={"handler": "refuse", "retry": ONCE})
    execution_id = started(console, tmp_path, undone, task("b", "refuse"))
    console.until(execution_id, "stuck")
    table = console.done("compensations", "list", execution_id)
    assert table.splitlines()[-1].split()[:2] == ["a", "failed"]
    if said:
        refused = console("compensations", act, execution_id, "a")
        assert (refused.exit_code, "(reason_required)" in refused.stderr) == (4, True)
        assert "/reason:" in refused.stderr
    assert console("compensations", act, execution_id, "no[0]/such", *said).exit_code == 4
    console.done("compensations", act, execution_id, "a", *said)
    console.until(execution_id, status)
    shown = console.json("compensations", "list", execution_id)["compensations"][0]
    while shown["status"] != undo:
        shown = console.json("compensations", "list", execution_id)["compensations"][0]
    assert shown["reason"] == (said[1] if said else None)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("executions", "resolve", "x"), "--outcome"),
        (("executions", "resolve", "x", "--outcome", "maybe"), "--outcome"),
        (("executions", "resolve", "x", "--outcome", "done", "--result", "{"), "--result is no JSON"),
        (("executions", "signal", "x"), "NAME"),
        (("executions", "signal", "x", "go", "--payload", "@/no/such"), "cannot read /no/such"),
        (("executions", "signal", "x", "go", "--payload", "nul"), "--payload is no JSON"),
        (("executions", "paus", "x"), "did you mean 'pause'?"),
        (("compensations", "skp", "x"), "did you mean 'skip'?"),
        (("executions", "pause", "x", "--raeson", "y"), "--reason"),
        (("executions", "pause"), "ID"),
    ],
)
def test_wrong_usage_asks_no_server(arguments: tuple[str, ...], told: str) -> None:
    result = asked(*arguments, env={"TREADLE_URL": "http://127.0.0.1:1"})
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
