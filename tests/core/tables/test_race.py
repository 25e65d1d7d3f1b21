"""The first branch to complete wins; the others trail beside the winner that goes on, and are undone."""

import pytest

from tests.core.flying import all_ok, ends, in_flight, ok, statuses, undone
from tests.core.told import told_with_paths
from treadle.model.bounds import ExecutionBounds
from treadle.model.events import BranchCancelled
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.model.outcomes import Outcome
from treadle.testing.builders import Constant, case, program, sleep, switch, task, undone_task
from treadle.testing.composites import race, shield, try_, wait
from treadle.testing.playing import BROKEN, BUSY, LATE, REFUSED, Play, begun

RACE = program(
    undone_task("before"),
    race("r", "left", "right"),
    undone_task("after"),
    task("last"),
    bodies={"r/left": [undone_task("a1"), undone_task("a2")], "r/right": [undone_task("b")]},
)


def racing() -> Play:
    """A play in which `a2` and `b` are in flight, and `a1` is done."""
    play = begun(RACE)
    ok(play, "before")
    ok(play, "a1")
    return play


def test_all_branches_begin_at_once() -> None:
    play = begun(RACE)
    ok(play, "before")
    assert in_flight(play) == ["a1", "b"]


def test_the_first_branch_to_complete_wins() -> None:
    play = racing()
    ok(play, "b", 5)
    assert play.execution.visits["r"].output == {"winner": "right", "value": 5}
    assert statuses(play)["r"] == "completed"


def test_the_winner_goes_on_beside_the_losers() -> None:
    play = racing()
    assert told_with_paths(ok(play, "b"))[2:] == [
        "NodeCompleted b",
        "BranchJoined r",
        "BranchCancelled",
        "NodeCompleted r",
        "NodeEntered after",
        "CompensationRegistered after",
        "ActivityStarted after",
    ]
    assert in_flight(play) == ["after", "a2"]
    assert play.execution.frames[1].trailing == 1
    ok(play, "after")
    assert sorted(in_flight(play)) == ["a2", "last"]


@pytest.mark.parametrize(
    ("end", "owed"),
    [(None, ["a2", "a1"]), (BROKEN, ["a2", "a1"]), (LATE, ["a2", "a1"]), (BUSY, ["a1"]), (REFUSED, ["a1"])],
)
def test_a_loser_is_drained_and_undone(end: Outcome | None, owed: list[str]) -> None:
    play = racing()
    ok(play, "b")
    if end is None:
        ok(play, "a2")
    else:
        ends(play, "a2", end)
    for path in owed:
        assert sorted(in_flight(play)) == ["after", f"undo {path}"]
        ok(play, f"undo {path}")
    assert in_flight(play) == ["after"]
    assert undone(play) == owed


def test_what_a_loser_comes_to_changes_nothing() -> None:
    play = racing()
    ok(play, "b", 5)
    ends(play, "a2", REFUSED)
    ok(play, "undo a1")
    ok(play, "after")
    ok(play, "last", 6)
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.output == 6


def test_a_loser_that_waits_is_given_up_at_once() -> None:
    bodies = {"r/a": [sleep("rest")], "r/b": [wait("go")], "r/c": [task("c")]}
    play = begun(program(race("r", "a", "b", "c"), task("after"), bodies=bodies))
    ok(play, "c")
    assert statuses(play) == {
        "r": "completed",
        "c": "completed",
        "rest": "cancelled",
        "go": "cancelled",
        "after": "running",
    }
    assert play.execution.frames[1].children == 0


def test_two_timers_at_the_same_instant_have_one_winner_the_older() -> None:
    bodies = {"r/a": [sleep("one", 1_000)], "r/b": [sleep("two", 1_000)]}
    play = begun(program(race("r", "a", "b"), bodies=bodies))
    play.pass_time(5_000)
    play.go_on()
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.output["winner"] == "a"
    assert statuses(play)["two"] == "cancelled"


def test_the_earlier_timer_wins_however_late_both_fire() -> None:
    bodies = {"r/a": [sleep("one", 2_000)], "r/b": [sleep("two", 1_000)]}
    play = begun(program(race("r", "a", "b"), bodies=bodies))
    play.pass_time(60_000)
    play.go_on()
    assert play.execution.output["winner"] == "b"


def test_a_branch_without_nodes_wins_before_the_others_begin() -> None:
    play = begun(program(race("r", "empty", "full"), bodies={"r/empty": [], "r/full": [task("a")]}))
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.output == {"winner": "empty", "value": None}


def test_the_body_that_holds_it_does_not_end_before_the_losers_have_closed() -> None:
    play = racing()
    ok(play, "b")
    ok(play, "after")
    ok(play, "last", 9)
    assert in_flight(play) == ["a2"]
    assert play.status is ExecutionStatus.RUNNING
    ok(play, "a2")
    ok(play, "undo a2")
    assert play.status is ExecutionStatus.RUNNING
    ok(play, "undo a1")
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.output == 9


def test_a_body_inside_another_does_not_end_before_the_losers_have_closed() -> None:
    bodies = {"s/0": [race("r", "a", "b")], "r/a": [task("a")], "r/b": [task("b")]}
    play = begun(program(switch("s", case(Constant(True), "s/0")), task("after"), bodies=bodies))
    ok(play, "a", 1)
    assert in_flight(play) == ["b"]
    ok(play, "b")
    assert in_flight(play) == ["after"]
    assert play.execution.visits["s"].output == {"case": 0, "value": {"winner": "a", "value": 1}}


def test_the_scope_does_not_begin_to_undo_before_the_losers_have_closed() -> None:
    play = racing()
    ok(play, "b")
    ends(play, "after", REFUSED)
    assert in_flight(play) == ["a2"]
    assert play.status is ExecutionStatus.COMPENSATING
    ok(play, "a2")
    ok(play, "undo a2")
    assert in_flight(play) == ["undo a1"]
    ok(play, "undo a1")
    assert all_ok(play) == ["undo b", "undo before"]
    assert play.status is ExecutionStatus.FAILED


def test_a_cancel_while_losers_trail_waits_for_them() -> None:
    play = racing()
    ok(play, "b")
    play.cancel()
    ok(play, "after")
    assert in_flight(play) == ["a2"]
    ends(play, "a2", REFUSED)
    assert all_ok(play) == ["undo a1", "undo after", "undo b", "undo before"]
    assert play.status is ExecutionStatus.CANCELLED


def test_a_loser_in_a_shield_finishes_it_first() -> None:
    bodies = {
        "r/a": [shield("s"), task("never")],
        "s/body": [undone_task("a1"), task("a2")],
        "r/b": [task("b")],
    }
    play = begun(program(race("r", "a", "b"), task("after"), bodies=bodies))
    ok(play, "b")
    ok(play, "a1")
    assert in_flight(play) == ["after", "a2"]
    ok(play, "a2")
    assert in_flight(play) == ["after", "undo a1"]
    all_ok(play)
    assert play.status is ExecutionStatus.COMPLETED


def test_a_losers_undo_that_is_exhausted_makes_it_stuck_only_when_nothing_else_moves() -> None:
    play = racing()
    ok(play, "b")
    ok(play, "a2")
    ends(play, "undo a2", REFUSED)
    assert play.status is ExecutionStatus.RUNNING
    ok(play, "after")
    assert play.status is ExecutionStatus.RUNNING
    ok(play, "last", 4)
    assert play.status is ExecutionStatus.STUCK
    play.accept_undo("a2")
    ok(play, "undo a1")
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.output == 4


def test_a_branch_that_fails_leaves_the_race_open_and_undoes_its_own() -> None:
    play = racing()
    ends(play, "a2", REFUSED)
    assert in_flight(play) == ["b", "undo a1"]
    assert statuses(play)["r"] == "running"
    ok(play, "b", 1)
    assert in_flight(play) == ["after", "undo a1"]
    all_ok(play)
    assert play.status is ExecutionStatus.COMPLETED


def test_when_all_fail_it_fails_with_the_last_failure() -> None:
    play = racing()
    ends(play, "b", BROKEN)
    play.wake()
    ends(play, "a2", REFUSED)
    ends(play, "b", REFUSED)
    assert in_flight(play) == ["undo a1", "undo b"]
    assert all_ok(play) == ["undo a1", "undo b", "undo before"]
    failure = play.execution.failure
    assert failure is not None
    assert (failure.path, failure.attempt) == ("b", 2)
    assert play.execution.visits["r"].failure == failure


def test_the_last_failure_is_the_last_to_arise_whoever_has_undone_first() -> None:
    play = racing()
    ends(play, "a2", REFUSED)
    ends(play, "b", REFUSED)
    ok(play, "undo a1")
    ok(play, "undo before")
    assert play.execution.failure is not None
    assert play.execution.failure.path == "b"


def test_a_branch_that_wins_while_another_undoes_does_not_wait_for_it() -> None:
    play = racing()
    ends(play, "a2", REFUSED)
    ok(play, "b")
    cancelled = [event for event in play.history if isinstance(event, BranchCancelled)]
    assert [event.is_trailing for event in cancelled] == [True]
    assert play.execution.visits["a2"].status == "failed"


def test_a_race_in_a_race() -> None:
    bodies = {
        "outer/x": [race("inner", "p", "q")],
        "outer/y": [task("c")],
        "inner/p": [task("a")],
        "inner/q": [undone_task("b")],
    }
    play = begun(program(race("outer", "x", "y"), task("after"), bodies=bodies))
    ok(play, "a", 1)
    assert sorted(in_flight(play)) == ["b", "c"]
    ok(play, "c", 2)
    assert play.execution.visits["outer"].output == {"winner": "y", "value": 2}
    ok(play, "b")
    assert sorted(in_flight(play)) == ["after", "undo b"]
    all_ok(play)
    assert play.status is ExecutionStatus.COMPLETED


def test_two_races_after_one_another_have_losers_at_the_same_time() -> None:
    bodies = {f"{name}/{at}": [undone_task(f"{name}{at}")] for name in ("one", "two") for at in "ab"}
    play = begun(program(race("one", "a", "b"), race("two", "a", "b"), task("last"), bodies=bodies))
    ok(play, "onea")
    ok(play, "twoa")
    assert in_flight(play) == ["last", "oneb", "twob"]
    assert play.execution.frames[1].trailing == 2
    ends(play, "last", REFUSED)
    ok(play, "oneb")
    ok(play, "twob")
    assert all_ok(play) == ["undo oneb", "undo twob", "undo twoa", "undo onea"]


def test_its_deadline_stops_every_branch() -> None:
    bodies = {"r/a": [undone_task("a")], "r/b": [sleep("rest", 60_000)]}
    play = begun(program(race("r", "a", "b", deadline_ms=500), bodies=bodies))
    play.wake()
    ok(play, "a")
    assert all_ok(play) == ["undo a"]
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.path) == (FailureKind.TIMEOUT, "r")


def test_its_deadline_is_over_once_a_branch_has_won() -> None:
    bodies = {"r/a": [task("a")], "r/b": [task("b")]}
    play = begun(program(race("r", "a", "b", deadline_ms=500), task("after"), bodies=bodies))
    ok(play, "a")
    assert play.wakes_at() is None


def test_a_try_around_it_undoes_the_winner_after_the_losers() -> None:
    bodies = {
        "t/try": [race("r", "a", "b"), task("c")],
        "r/a": [undone_task("a")],
        "r/b": [undone_task("b")],
        "t/catch.0": [task("caught")],
    }
    play = begun(program(try_("t", None), bodies=bodies))
    ok(play, "a")
    ends(play, "c", REFUSED)
    assert in_flight(play) == ["b"]
    ok(play, "b")
    assert all_ok(play) == ["undo b", "undo a", "caught"]


def test_more_branches_than_frames_may_live_fail_it() -> None:
    play = begun(RACE, bounds=ExecutionBounds(frames=2))
    ok(play, "before")
    failure = play.execution.visits["r"].failure
    assert failure is not None
    assert failure.code == "frames"


def test_a_terminate_drops_what_losers_still_owe() -> None:
    play = racing()
    ok(play, "b")
    play.terminate()
    assert play.status is ExecutionStatus.TERMINATED
    assert {str(one.path): one.status.value for one in play.execution.compensations.values()} == {
        "before": "dropped",
        "a1": "dropped",
        "b": "dropped",
        "a2": "registered",
        "after": "registered",
    }
