"""A body that is finished before a cancel takes effect."""

from tests.core.flying import all_ok, ends, in_flight, ok, statuses
from treadle.model.execution import ExecutionStatus
from treadle.testing.builders import Constant, case, program, sleep, switch, task, undone_task
from treadle.testing.composites import end, parallel, race, shield, try_
from treadle.testing.playing import BUSY, REFUSED, Play, begun

SHIELD = program(
    undone_task("before"),
    shield("s"),
    task("after"),
    bodies={"s/body": [undone_task("a"), sleep("rest", 1_000), undone_task("b")]},
)


def shielded() -> Play:
    """A play in which `a` is in flight behind the shield."""
    play = begun(SHIELD)
    ok(play, "before")
    return play


def test_its_output_is_that_of_its_body() -> None:
    play = begun(program(shield("s"), bodies={"s/body": [task("a"), task("b")]}))
    ok(play, "a", 1)
    ok(play, "b", 2)
    assert play.execution.output == 2


def test_an_empty_body_gives_null() -> None:
    play = begun(program(shield("s"), bodies={"s/body": []}))
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, None)


def test_after_it_has_completed_its_list_goes_to_the_scope_around() -> None:
    play = shielded()
    ok(play, "a")
    play.wake()
    ok(play, "b")
    ends(play, "after", REFUSED)
    assert all_ok(play) == ["undo b", "undo a", "undo before"]


def test_a_cancel_waits_until_the_body_is_finished() -> None:
    play = shielded()
    play.cancel()
    assert play.status is ExecutionStatus.COMPENSATING
    ok(play, "a")
    assert play.wakes_at() == play.now + 1_000
    play.wake()
    assert in_flight(play) == ["b"]
    ok(play, "b", 5)
    assert statuses(play)["s"] == "completed"
    assert play.execution.visits["s"].output == 5
    assert all_ok(play) == ["undo b", "undo a", "undo before"]
    assert play.status is ExecutionStatus.CANCELLED
    assert "after" not in play.execution.visits


def test_behind_it_an_attempt_is_tried_again_though_the_execution_stops() -> None:
    play = shielded()
    play.cancel()
    ends(play, "a", BUSY)
    play.wake()
    assert in_flight(play) == ["a"]
    assert play.flight().attempt == 2


def test_a_cancel_before_it_is_reached_passes_it_by() -> None:
    play = begun(SHIELD)
    play.cancel()
    ok(play, "before")
    assert all_ok(play) == ["undo before"]
    assert "s" not in play.execution.visits


def test_a_body_that_fails_under_a_cancel_leaves_it_cancelled() -> None:
    play = shielded()
    play.cancel()
    ends(play, "a", REFUSED)
    assert statuses(play)["s"] == "failed"
    assert all_ok(play) == ["undo before"]
    assert play.status is ExecutionStatus.CANCELLED
    assert play.execution.failure is None


def test_a_body_that_fails_fails_it() -> None:
    play = shielded()
    ok(play, "a")
    play.wake()
    ends(play, "b", REFUSED)
    assert all_ok(play) == ["undo a", "undo before"]
    assert play.execution.failure is not None
    assert play.execution.failure.path == "b"


def test_all_that_is_inside_is_shielded() -> None:
    bodies = {
        "s/body": [parallel("p", "x", "y")],
        "p/x": [task("a1"), task("a2")],
        "p/y": [switch("w", case(Constant(True), "w/0"))],
        "w/0": [task("b1"), task("b2")],
    }
    play = begun(program(shield("s"), bodies=bodies))
    play.cancel()
    ok(play, "a1")
    ok(play, "b1")
    assert in_flight(play) == ["a2", "b2"]
    all_ok(play)
    assert play.status is ExecutionStatus.CANCELLED


def test_a_failure_inside_it_still_stops_the_branches_inside_it() -> None:
    bodies = {"s/body": [parallel("p", "x", "y")], "p/x": [task("a")], "p/y": [undone_task("b"), task("c")]}
    play = begun(program(shield("s"), bodies=bodies))
    play.cancel()
    ends(play, "a", REFUSED)
    ok(play, "b")
    assert all_ok(play) == ["undo b"]
    assert play.status is ExecutionStatus.CANCELLED


def test_in_a_branch_that_is_stopped_it_is_finished_and_then_the_branch_undoes() -> None:
    bodies = {
        "p/x": [task("a")],
        "p/y": [switch("w", case(Constant(True), "w/0")), task("never")],
        "w/0": [shield("s"), task("nor")],
        "s/body": [undone_task("b"), undone_task("c")],
    }
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ends(play, "a", REFUSED)
    assert all_ok(play) == ["b", "c", "undo c", "undo b"]
    assert not {"never", "nor"} & set(play.execution.visits)
    assert statuses(play)["s"] == "completed"
    assert statuses(play)["w"] == "cancelled"


def test_one_that_fails_in_a_branch_that_is_stopped_keeps_the_first_failure() -> None:
    bodies = {"p/x": [task("a")], "p/y": [shield("s")], "s/body": [task("b")]}
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ends(play, "a", REFUSED)
    ends(play, "b", REFUSED)
    assert play.execution.failure is not None
    assert play.execution.failure.path == "a"


def test_one_that_fails_in_a_branch_of_an_execution_that_completes_is_not_undone() -> None:
    bodies = {
        "p/x": [task("a"), end("stop", output=Constant(1))],
        "p/y": [shield("s")],
        "s/body": [undone_task("b"), task("c")],
    }
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ok(play, "a")
    ok(play, "b")
    ends(play, "c", REFUSED)
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, 1)
    assert play.execution.compensations["b"].status == "armed"


def test_a_shield_in_a_shield() -> None:
    bodies = {"outer/body": [shield("inner"), task("b")], "inner/body": [task("a")]}
    play = begun(program(shield("outer"), task("after"), bodies=bodies))
    play.cancel()
    assert all_ok(play) == ["a", "b"]
    assert statuses(play) == {"outer": "completed", "inner": "completed", "a": "completed", "b": "completed"}
    assert play.status is ExecutionStatus.CANCELLED


def test_the_deadline_of_the_execution_is_a_cancel_to_it() -> None:
    play = begun(program(shield("s"), bodies={"s/body": [task("a"), task("b")]}, deadline_ms=500))
    play.wake()
    assert all_ok(play) == ["a", "b"]
    assert play.status is ExecutionStatus.FAILED
    assert play.execution.failure is not None
    assert play.execution.failure.code == "deadline"


def test_its_own_deadline_takes_effect_once_the_body_is_finished() -> None:
    bodies = {"s/body": [task("a"), undone_task("b")]}
    play = begun(program(shield("s", deadline_ms=500), task("after"), bodies=bodies))
    play.wake()
    assert all_ok(play) == ["a", "b", "undo b"]
    assert play.execution.failure is not None
    assert (play.execution.failure.code, play.execution.failure.path) == ("deadline", "s")


def test_the_deadline_of_a_node_behind_it_holds() -> None:
    play = begun(program(shield("s"), bodies={"s/body": [task("a", deadline_ms=500)]}))
    play.cancel()
    play.wake()
    ends(play, "a", BUSY)
    assert statuses(play)["a"] == "failed"
    assert play.status is ExecutionStatus.CANCELLED


def test_a_terminate_does_not_wait_for_it() -> None:
    play = shielded()
    play.terminate()
    assert play.status is ExecutionStatus.TERMINATED


def test_a_try_behind_it_catches_though_the_execution_stops() -> None:
    bodies = {"s/body": [try_("t", None), task("b")], "t/try": [task("a")], "t/catch.0": [task("c")]}
    play = begun(program(shield("s"), bodies=bodies))
    play.cancel()
    ends(play, "a", REFUSED)
    assert all_ok(play) == ["c", "b"]
    assert play.status is ExecutionStatus.CANCELLED


def test_a_race_behind_it_finds_its_winner_though_the_execution_stops() -> None:
    bodies = {"s/body": [race("r", "x", "y"), task("b")], "r/x": [task("a")], "r/y": [sleep("rest")]}
    play = begun(program(shield("s"), bodies=bodies))
    play.cancel()
    assert all_ok(play) == ["a", "b"]
    assert play.execution.visits["r"].output["winner"] == "x"
