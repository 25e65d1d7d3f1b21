"""`end` anywhere ends the execution: every other frame stops, and only a failed end undoes."""

import pytest

from tests.core.flying import all_ok, ends, in_flight, ok, statuses
from tests.core.told import told
from treadle.model.commands import CancelExecution
from treadle.model.decision import Refused
from treadle.model.events import EndReached
from treadle.model.execution import CompensationStatus, ExecutionStatus, FailureKind
from treadle.model.json import Json
from treadle.model.outcomes import Outcome
from treadle.testing.builders import (
    Broken,
    Constant,
    Read,
    case,
    plan,
    program,
    sleep,
    switch,
    task,
    undone_task,
)
from treadle.testing.composites import each, end, loop, parallel, race, shield, try_, wait
from treadle.testing.playing import BROKEN, BUSY, REFUSED, Play, begun

DONE = end("stop", output=Constant("done"))
BAD = end("stop", is_failed=True, code="bad", message=Constant("no good"))


def compensations(play: Play) -> dict[str, str]:
    return {str(one.path): one.status.value for one in play.execution.compensations.values()}


def test_a_completed_end_completes_and_enters_nothing_more() -> None:
    play = begun(program(undone_task("a"), DONE, task("never")))
    assert told(ok(play, "a")).endswith("NodeEntered EndReached NodeCompleted ExecutionCompleted")
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")
    assert "never" not in play.execution.visits
    assert statuses(play)["stop"] == "completed"


def test_what_was_done_stays_listed_as_armed() -> None:
    play = begun(program(undone_task("a"), DONE))
    ok(play, "a")
    assert compensations(play) == {"a": "armed"}


@pytest.mark.parametrize(
    ("output", "expected"),
    [(Constant(1), 1), (Constant(None), None), (Read("nodes", "a", "output"), "of a")],
)
def test_its_output_replaces_that_of_the_document(output: object, expected: Json) -> None:
    play = begun(program(task("a"), end("stop", output=output), output=Constant("of the document")))
    ok(play, "a", "of a")
    assert play.execution.output == expected


def test_without_one_the_output_is_that_of_the_document() -> None:
    play = begun(program(task("a"), end("stop"), output=Read("nodes", "a", "output")))
    ok(play, "a", "of a")
    assert play.execution.output == "of a"


def test_a_failed_end_undoes_all_and_fails_with_its_own_words() -> None:
    play = begun(program(undone_task("a"), undone_task("b"), BAD))
    ok(play, "a")
    ok(play, "b")
    assert play.status is ExecutionStatus.COMPENSATING
    assert all_ok(play) == ["undo b", "undo a"]
    assert play.status is ExecutionStatus.FAILED
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.message, failure.path) == (
        FailureKind.REJECTED,
        "bad",
        "no good",
        "stop",
    )


def test_a_failed_end_without_words_has_some() -> None:
    play = begun(program(end("stop", is_failed=True)))
    assert play.execution.failure is not None
    assert (play.execution.failure.code, play.execution.failure.message) == ("failed", "failed")


@pytest.mark.parametrize("what", [{"output": Broken()}, {"is_failed": True, "message": Broken()}])
def test_an_end_that_cannot_be_rendered_is_a_node_that_fails(what: dict[str, object]) -> None:
    play = begun(program(undone_task("a"), end("stop", **what)))
    ok(play, "a")
    assert all_ok(play) == ["undo a"]
    assert "EndReached" not in told(play.history)
    assert play.execution.failure is not None
    assert (play.execution.failure.kind, play.execution.failure.code) == (
        FailureKind.REJECTED,
        "condition_error",
    )


def test_when_no_it_is_passed_over() -> None:
    play = begun(program(end("stop", when=Constant(False)), task("a")))
    assert in_flight(play) == ["a"]


@pytest.mark.parametrize(
    ("node", "hook"), [(DONE, "on_success"), (BAD, "on_failure")], ids=["completed", "failed"]
)
def test_the_hook_of_its_outcome_runs(node: object, hook: str) -> None:
    play = begun(program(node, hooks=("on_success", "on_failure", "on_cancel")))
    assert play.flight().node == f"${hook}"
    play.ok()
    assert play.execution.ended is (
        ExecutionStatus.COMPLETED if hook == "on_success" else ExecutionStatus.FAILED
    )


def beside(node: object) -> Play:
    """A play of three branches: an end, one in flight that has done something, and one that sleeps."""
    bodies = {
        "p/x": [undone_task("a"), node],
        "p/y": [undone_task("b1"), undone_task("b2"), task("b3")],
        "p/z": [sleep("rest")],
    }
    play = begun(program(undone_task("before"), parallel("p", "x", "y", "z"), task("after"), bodies=bodies))
    for name in ("before", "b1"):
        ok(play, name)
    return play


@pytest.mark.parametrize("last", [None, BROKEN, BUSY, REFUSED])
def test_in_a_branch_a_completed_end_drains_the_others_and_undoes_nothing(last: Outcome | None) -> None:
    play = beside(DONE)
    ok(play, "a")
    assert in_flight(play) == ["b2"]
    assert play.status is ExecutionStatus.RUNNING
    assert statuses(play)["rest"] == "cancelled"
    if last is None:
        ok(play, "b2")
    else:
        ends(play, "b2", last)
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")
    owed = CompensationStatus.ARMED if last in (None, BROKEN) else CompensationStatus.REGISTERED
    assert compensations(play) == {"before": "armed", "a": "armed", "b1": "armed", "b2": owed.value}
    assert statuses(play)["p"] == "cancelled"


def test_in_a_branch_of_a_branch_a_completed_end_undoes_nothing() -> None:
    bodies = {"p/x": [parallel("q", "y")], "q/y": [undone_task("a"), DONE]}
    play = begun(program(undone_task("before"), parallel("p", "x"), bodies=bodies))
    ok(play, "before")
    ok(play, "a")
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")
    assert compensations(play) == {"before": "armed", "a": "armed"}


def test_in_a_branch_a_failed_end_drains_the_others_and_undoes_all() -> None:
    play = beside(BAD)
    ok(play, "a")
    assert sorted(in_flight(play)) == ["b2", "undo a"]
    ok(play, "b2")
    assert play.status is ExecutionStatus.COMPENSATING
    ok(play, "undo b2")
    ok(play, "undo b1")
    assert in_flight(play) == ["undo a"]
    ok(play, "undo a")
    assert all_ok(play) == ["undo before"]
    assert play.execution.failure is not None
    assert play.execution.failure.code == "bad"
    assert set(compensations(play).values()) == {"completed"}


def test_a_branch_that_undoes_already_goes_on_undoing_when_another_completes_the_execution() -> None:
    bodies = {"r/x": [undone_task("a"), task("b")], "r/y": [task("c"), DONE]}
    play = begun(program(race("r", "x", "y"), bodies=bodies))
    ok(play, "a")
    ends(play, "b", REFUSED)
    ok(play, "c")
    assert in_flight(play) == ["undo a"]
    ok(play, "undo a")
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")


def test_in_an_item_it_stops_the_other_items() -> None:
    body = [undone_task("t"), switch("s", case(Read("nodes", "t", "output"), "s/0"))]
    play = begun(
        program(each("e", Constant([0, 0, 0]), concurrency=2), bodies={"e/item": body, "s/0": [DONE]})
    )
    ok(play, "t[1]", True)
    assert in_flight(play) == ["t[0]"]
    ok(play, "t[0]", False)
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")
    assert compensations(play) == {"t[0]": "armed", "t[1]": "armed"}


@pytest.mark.parametrize("collects", [False, True])
def test_a_failed_end_in_an_item_is_not_collected(collects: bool) -> None:
    body = [undone_task("t"), BAD]
    play = begun(program(each("e", Constant([0]), collects=collects), task("after"), bodies={"e/item": body}))
    ok(play, "t[0]")
    assert all_ok(play) == ["undo t[0]"]
    assert play.status is ExecutionStatus.FAILED


def test_in_a_loop_it_begins_no_other_turn() -> None:
    play = begun(program(loop("l", while_=Constant(True)), bodies={"l/turn": [task("t"), DONE]}))
    ok(play, "t[0]")
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")


@pytest.mark.parametrize("node", [DONE, BAD], ids=["completed", "failed"])
def test_a_try_around_it_runs_its_finally(node: object) -> None:
    bodies = {"t/try": [undone_task("a"), node], "t/catch.0": [task("c")], "t/finally": [task("f")]}
    play = begun(program(try_("t", None, has_finally=True), task("after"), bodies=bodies))
    ok(play, "a")
    expected = ["f"] if node is DONE else ["undo a", "f"]
    assert all_ok(play) == expected
    assert play.status is (ExecutionStatus.COMPLETED if node is DONE else ExecutionStatus.FAILED)
    assert compensations(play) == {"a": "armed" if node is DONE else "completed"}


def test_in_a_catch_it_ends_the_execution() -> None:
    bodies = {"t/try": [undone_task("a"), task("b")], "t/catch.0": [DONE]}
    play = begun(program(try_("t", None), task("after"), bodies=bodies))
    ok(play, "a")
    ends(play, "b", REFUSED)
    ok(play, "undo a")
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")


def test_in_a_finally_it_ends_the_execution() -> None:
    bodies = {
        "t/try": [task("a")],
        "t/finally": [switch("s", case(Constant(True), "s/0")), task("f")],
        "s/0": [DONE],
    }
    play = begun(program(try_("t", has_finally=True), task("after"), bodies=bodies))
    ok(play, "a")
    assert play.status is ExecutionStatus.COMPLETED
    assert not {"f", "after"} & set(play.execution.visits)


def test_losers_of_a_race_are_undone_though_the_execution_completes() -> None:
    bodies = {"r/a": [undone_task("a")], "r/b": [undone_task("b")]}
    play = begun(program(race("r", "a", "b"), DONE, bodies=bodies))
    ok(play, "a")
    assert in_flight(play) == ["b"]
    ok(play, "b")
    assert all_ok(play) == ["undo b"]
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")
    assert compensations(play) == {"a": "armed", "b": "completed"}


def test_a_failed_end_waits_for_losers_before_it_undoes() -> None:
    bodies = {"r/a": [undone_task("a")], "r/b": [undone_task("b")]}
    play = begun(program(race("r", "a", "b"), BAD, bodies=bodies))
    ok(play, "a")
    assert in_flight(play) == ["b"]
    ok(play, "b")
    assert all_ok(play) == ["undo b", "undo a"]


def test_in_a_branch_of_a_race_it_ends_the_execution_and_nobody_wins() -> None:
    bodies = {"r/a": [task("a"), DONE], "r/b": [undone_task("b")]}
    play = begun(program(race("r", "a", "b"), task("after"), bodies=bodies))
    ok(play, "a")
    ok(play, "b")
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")
    assert compensations(play) == {"b": "armed"}
    assert statuses(play)["r"] == "cancelled"


SHIELDED = {
    "s/body": [task("a"), switch("w", case(Constant(True), "w/0")), task("never")],
    "w/0": [task("b"), DONE, task("nor")],
}


def test_behind_a_shield_it_ends_the_execution_and_the_shield() -> None:
    play = begun(program(shield("s"), task("after"), bodies=SHIELDED))
    assert all_ok(play) == ["a", "b"]
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")
    assert set(play.execution.visits) == {"s", "a", "w", "b", "stop"}


def test_behind_a_shield_a_failed_end_undoes_what_was_done_there() -> None:
    bodies = {"s/body": [undone_task("a"), BAD, task("never")]}
    play = begun(program(undone_task("before"), shield("s"), bodies=bodies))
    ok(play, "before")
    assert all_ok(play) == ["a", "undo a", "undo before"]
    assert play.status is ExecutionStatus.FAILED


def test_behind_a_shield_after_a_cancel_it_ends_the_shield_alone() -> None:
    play = begun(program(shield("s"), task("after"), bodies=SHIELDED))
    play.cancel()
    assert all_ok(play) == ["a", "b"]
    assert play.status is ExecutionStatus.CANCELLED
    assert [event for event in play.history if isinstance(event, EndReached)] == []
    assert not {"never", "nor", "after"} & set(play.execution.visits)


def test_behind_a_shield_in_a_loop_it_begins_no_other_turn() -> None:
    bodies = {"s/body": [loop("l", while_=Constant(True))], "l/turn": [task("t"), DONE]}
    play = begun(program(shield("s"), bodies=bodies))
    assert all_ok(play) == ["t[0]"]
    assert play.status is ExecutionStatus.COMPLETED


def test_behind_a_shield_it_stops_the_branches_beside_it_and_no_other_shield() -> None:
    bodies = {
        "p/x": [shield("one")],
        "p/y": [shield("two")],
        "one/body": [parallel("q", "m", "n")],
        "q/m": [task("a"), DONE],
        "q/n": [sleep("rest", 60_000)],
        "two/body": [task("b"), task("c")],
    }
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ok(play, "a")
    assert statuses(play)["rest"] == "cancelled"
    assert all_ok(play) == ["b", "c"]
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")


def test_a_second_end_behind_a_shield_changes_no_outcome() -> None:
    bodies = {
        "p/x": [task("a"), DONE],
        "p/y": [shield("s")],
        "s/body": [undone_task("b"), end("second", is_failed=True, code="late")],
    }
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ok(play, "a")
    ok(play, "b")
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, "done")


def test_after_an_end_it_cannot_be_cancelled() -> None:
    play = beside(DONE)
    ok(play, "a")
    answer = play.ask(CancelExecution(actor="x"))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"


def test_the_deadline_of_the_execution_does_not_touch_one_that_has_ended() -> None:
    bodies = {"p/x": [DONE], "p/y": [task("b")]}
    play = begun(program(parallel("p", "x", "y"), bodies=bodies, deadline_ms=500))
    play.pass_time(1_000)
    play.go_on()
    assert play.status is ExecutionStatus.COMPLETED


def test_an_open_wait_is_closed_by_it() -> None:
    play = begun(program(parallel("p", "x", "y"), bodies={"p/x": [wait("go")], "p/y": [task("b"), DONE]}))
    ok(play, "b")
    assert play.status is ExecutionStatus.COMPLETED
    assert statuses(play)["go"] == "cancelled"


def test_what_its_output_reads_is_what_its_place_sees() -> None:
    bodies = {"e/item": [task("t", activity=plan("t", reads=Read("item"))), end("stop", output=Read("item"))]}
    play = begun(program(each("e", Constant(["x"])), bodies=bodies))
    play.ok()
    assert play.execution.output == "x"
