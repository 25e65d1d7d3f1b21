"""All branches run beside one another; the first failure stops the others; each undoes its own list."""

import pytest

from tests.core.flying import all_ok, ends, in_flight, ok, statuses, undone
from tests.core.told import told_with_paths
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import AcceptCompensation, RetryCompensation, SkipCompensation
from treadle.model.decision import Decision, Refused
from treadle.model.events import BranchFailed
from treadle.model.execution import CompensationStatus, ExecutionStatus, FailureKind, Phase, VisitStatus
from treadle.model.ids import Path
from treadle.model.outcomes import Cause, Failed, Ok, Outcome
from treadle.testing.builders import Broken, Constant, Read, plan, program, sleep, task, undone_task
from treadle.testing.composites import parallel, shield, try_, wait
from treadle.testing.playing import ACTOR, BROKEN, BUSY, LATE, REFUSED, begun

TWO = program(
    parallel("both", "left", "right"),
    undone_task("after"),
    bodies={"both/left": [undone_task("a")], "both/right": [undone_task("b")]},
)
LISTS = program(
    undone_task("before"),
    parallel("both", "left", "right"),
    bodies={
        "both/left": [undone_task("a1"), undone_task("a2"), task("a3")],
        "both/right": [undone_task("b1"), undone_task("b2"), task("b3")],
    },
)


def test_all_branches_begin_at_once() -> None:
    assert in_flight(begun(TWO)) == ["a", "b"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_the_output_is_a_map_of_the_outputs_of_the_branches(order: tuple[str, str]) -> None:
    play = begun(TWO)
    for name in order:
        assert "after" not in in_flight(play)
        ok(play, name, f"of {name}")
    assert play.execution.visits["both"].output == {"left": "of a", "right": "of b"}
    assert list(play.execution.visits["both"].output or {}) == ["left", "right"]
    assert in_flight(play) == ["after"]


def test_a_branch_without_nodes_gives_null() -> None:
    play = begun(
        program(parallel("both", "full", "empty"), bodies={"both/full": [task("a")], "both/empty": []})
    )
    play.ok(1)
    assert play.execution.output == {"full": 1, "empty": None}


def test_without_branches_it_completes_with_nothing() -> None:
    play = begun(program(parallel("none")))
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, {})


def test_what_comes_after_reads_the_nodes_of_the_branches() -> None:
    reading = task("after", activity=plan("after", reads=Read("nodes", "a", "output")))
    play = begun(program(parallel("p", "one"), reading, bodies={"p/one": [task("a")]}))
    play.ok("seen")
    assert play.flight().request.input == "seen"


def test_the_lists_of_branches_that_complete_merge_in_order_of_arming() -> None:
    play = begun(LISTS)
    ok(play, "before")
    for name in ("a1", "b1", "b2", "a2", "a3", "b3"):
        ok(play, name)
    assert list(play.execution.frames[1].armed) == ["a2", "b2", "b1", "a1", "before"]


def test_after_they_have_joined_the_scope_around_undoes_in_reverse_order_of_arming() -> None:
    play = begun(
        program(
            parallel("both", "left", "right"),
            task("after"),
            bodies={"both/left": [undone_task("a")], "both/right": [undone_task("b")]},
        )
    )
    ok(play, "b")
    ok(play, "a")
    ends(play, "after", REFUSED)
    assert in_flight(play) == ["undo a"]
    assert all_ok(play) == ["undo a", "undo b"]
    assert play.status is ExecutionStatus.FAILED


def test_the_first_failure_stops_the_others_at_once() -> None:
    play = begun(TWO)
    decision = ends(play, "a", REFUSED)
    assert told_with_paths(decision) == [
        "ActivityFailed a",
        "NodeFailed a",
        "BranchFailed both",
        "BranchCancelled",
        "BranchJoined both",
    ]
    assert {frame.phase for frame in play.execution.frames.values()} == {Phase.JOINING, Phase.CLOSING}


@pytest.mark.parametrize(
    ("sibling", "path"),
    [(sleep("rest"), "rest"), (wait("go"), "go"), (wait("timed", timeout_ms=9), "timed")],
    ids=["sleep", "wait", "timed wait"],
)
def test_a_sibling_that_waits_is_cancelled_at_once(sibling: object, path: str) -> None:
    play = begun(program(parallel("p", "x", "y"), bodies={"p/x": [task("a")], "p/y": [sibling]}))
    play.report(REFUSED)
    assert play.status is ExecutionStatus.FAILED
    assert statuses(play) == {"a": "failed", path: "cancelled", "p": "failed"}


def test_a_sibling_in_back_off_is_cancelled_at_once() -> None:
    play = begun(TWO)
    ends(play, "b", BUSY)
    ends(play, "a", REFUSED)
    assert play.status is ExecutionStatus.FAILED
    assert statuses(play)["b"] == "cancelled"


@pytest.mark.parametrize(
    ("end", "visit", "owed"),
    [
        (Ok(body=2), VisitStatus.COMPLETED, ["undo b"]),
        (BROKEN, VisitStatus.CANCELLED, ["undo b"]),
        (LATE, VisitStatus.CANCELLED, ["undo b"]),
        (BUSY, VisitStatus.CANCELLED, []),
        (REFUSED, VisitStatus.CANCELLED, []),
    ],
)
def test_a_sibling_in_flight_is_drained(end: Outcome, visit: VisitStatus, owed: list[str]) -> None:
    play = begun(TWO)
    ends(play, "a", REFUSED)
    assert in_flight(play) == ["b"]
    ends(play, "b", end)
    assert play.execution.visits["b"].status is visit
    assert in_flight(play) == owed
    all_ok(play)
    assert play.status is ExecutionStatus.FAILED


def test_an_ok_answer_while_closing_sets_the_output_and_is_undone_in_its_branch() -> None:
    play = begun(TWO)
    ends(play, "a", REFUSED)
    ok(play, "b", {"id": 7})
    visit = play.execution.visits["b"]
    assert (visit.status, visit.output) == (VisitStatus.COMPLETED, {"id": 7})
    (branch,) = [one for one in play.execution.frames.values() if one.body == "both/right"]
    assert (branch.phase, list(branch.armed)) == (Phase.UNDOING, ["b"])
    assert list(play.execution.frames[1].armed) == []
    assert play.execution.visits["both"].status is VisitStatus.RUNNING


def test_a_branch_that_stops_goes_on_to_no_next_node() -> None:
    play = begun(LISTS)
    ok(play, "before")
    ends(play, "a1", REFUSED)
    ok(play, "b1")
    assert in_flight(play) == ["undo b1"]
    assert "b2" not in play.execution.visits


def test_the_failing_branch_undoes_its_own_list_while_its_siblings_drain() -> None:
    play = begun(LISTS)
    ok(play, "before")
    ok(play, "a1")
    ok(play, "a2")
    ends(play, "a3", REFUSED)
    assert in_flight(play) == ["b1", "undo a2"]
    ok(play, "undo a2")
    assert in_flight(play) == ["b1", "undo a1"]
    ok(play, "b1")
    assert sorted(in_flight(play)) == ["undo a1", "undo b1"]


def test_the_scope_around_undoes_after_all_branches_have() -> None:
    play = begun(LISTS)
    for name in ("before", "a1", "a2", "b1"):
        ok(play, name)
    ends(play, "a3", REFUSED)
    ok(play, "b2")
    ok(play, "undo a2")
    ok(play, "undo a1")
    assert in_flight(play) == ["undo b2"]
    assert play.status is ExecutionStatus.RUNNING
    ok(play, "undo b2")
    ok(play, "undo b1")
    assert in_flight(play) == ["undo before"]
    assert play.status is ExecutionStatus.COMPENSATING
    ok(play, "undo before")
    assert undone(play) == ["a2", "a1", "b2", "b1", "before"]


def test_the_failure_is_that_of_the_branch_that_failed_first() -> None:
    play = begun(TWO)
    ends(play, "b", REFUSED)
    ends(play, "a", BROKEN)
    all_ok(play)
    failure = play.execution.failure
    assert failure is not None
    assert (failure.path, failure.code, failure.attempt) == ("b", "http_400", 1)
    assert play.execution.visits["both"].failure == failure
    assert len([event for event in play.history if isinstance(event, BranchFailed)]) == 1


def test_of_two_that_fail_in_a_pause_the_first_is_the_failure() -> None:
    """The word to stop is held too, so the second branch fails as if on its own."""
    play = begun(TWO)
    play.pause()
    assert told_with_paths(ends(play, "b", REFUSED)) == [
        "ActivityFailed b",
        "NodeFailed b",
        "BranchFailed both",
    ]
    gone = Failed(code="http_410", message="gone", cause=Cause.HTTP, http_status=410)
    assert told_with_paths(ends(play, "a", gone)) == ["ActivityFailed a", "NodeFailed a"]
    play.resume()
    assert play.status is ExecutionStatus.FAILED
    assert statuses(play) == {"both": "failed", "a": "failed", "b": "failed"}
    failure = play.execution.failure
    assert failure is not None
    assert (failure.path, failure.code) == ("b", "http_400")


def test_a_branch_that_cannot_even_begin_stops_the_others() -> None:
    broken = task("a", activity=plan("a", reads=Broken("missing_variable")))
    play = begun(program(parallel("p", "x", "y"), bodies={"p/x": [broken], "p/y": [task("b")]}))
    assert play.status is ExecutionStatus.FAILED
    assert "b" not in play.execution.visits
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.path) == (FailureKind.REJECTED, "a")


def test_a_failure_in_a_composite_node_of_a_branch_stops_the_others() -> None:
    nested = parallel("inner", "one", "two")
    bodies = {
        "outer/deep": [nested],
        "outer/flat": [task("c")],
        "inner/one": [task("a")],
        "inner/two": [undone_task("b")],
    }
    play = begun(program(parallel("outer", "deep", "flat"), bodies=bodies))
    ends(play, "a", REFUSED)
    assert sorted(in_flight(play)) == ["b", "c"]
    ok(play, "b")
    assert sorted(in_flight(play)) == ["c", "undo b"]
    ok(play, "undo b")
    ok(play, "c")
    assert play.status is ExecutionStatus.FAILED
    assert statuses(play) == {
        "outer": "failed",
        "inner": "failed",
        "a": "failed",
        "b": "completed",
        "c": "completed",
    }


def test_a_failure_that_a_branch_catches_stops_nobody() -> None:
    bodies = {"p/x": [try_("t", None)], "t/try": [task("a")], "t/catch.0": [task("c")], "p/y": [task("b")]}
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ends(play, "a", REFUSED)
    assert sorted(in_flight(play)) == ["b", "c"]
    ok(play, "c", 1)
    ok(play, "b", 2)
    assert play.execution.output == {"x": 1, "y": 2}


def test_a_branch_is_a_scope_so_a_try_around_undoes_what_completed_branches_did() -> None:
    bodies = {
        "t/try": [parallel("p", "x", "y"), task("c")],
        "p/x": [undone_task("a")],
        "p/y": [undone_task("b")],
        "t/catch.0": [task("caught")],
    }
    play = begun(program(try_("t", None), bodies=bodies))
    ok(play, "a")
    ok(play, "b")
    ends(play, "c", REFUSED)
    assert all_ok(play) == ["undo b", "undo a", "caught"]
    assert play.status is ExecutionStatus.COMPLETED


def test_a_cancel_stops_all_branches_and_each_undoes_its_own() -> None:
    play = begun(LISTS)
    for name in ("before", "a1", "b1"):
        ok(play, name)
    play.cancel()
    assert play.status is ExecutionStatus.COMPENSATING
    ok(play, "a2")
    assert sorted(in_flight(play)) == ["b2", "undo a2"]
    ends(play, "b2", REFUSED)
    assert sorted(in_flight(play)) == ["undo a2", "undo b1"]
    all_ok(play)
    assert play.status is ExecutionStatus.CANCELLED
    assert undone(play)[-1] == "before"


def test_an_undo_in_one_branch_that_is_stuck_leaves_the_others_going_on() -> None:
    play = begun(LISTS)
    for name in ("before", "a1", "a2"):
        ok(play, name)
    ends(play, "a3", REFUSED)
    ends(play, "undo a2", REFUSED)
    assert play.status is ExecutionStatus.RUNNING
    ok(play, "b1")
    assert play.status is ExecutionStatus.RUNNING
    ok(play, "undo b1")
    assert play.status is ExecutionStatus.STUCK
    play.skip_undo("a2")
    assert all_ok(play) == ["undo a1", "undo before"]
    assert play.status is ExecutionStatus.FAILED
    assert play.execution.compensations["a2"].status is CompensationStatus.SKIPPED


@pytest.mark.parametrize("kind", [RetryCompensation, SkipCompensation, AcceptCompensation])
def test_an_exhausted_undo_is_not_settled_while_another_branch_moves(
    kind: type[SkipCompensation],
) -> None:
    play = begun(LISTS)
    for name in ("before", "a1", "a2"):
        ok(play, name)
    ends(play, "a3", REFUSED)
    ends(play, "undo a2", REFUSED)
    answer = play.ask(kind(path=Path("a2"), reason="by hand", actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"
    ok(play, "b1")
    ok(play, "undo b1")
    assert isinstance(play.ask(kind(path=Path("a2"), reason="by hand", actor=ACTOR)), Decision)


def test_a_shield_in_a_branch_that_stops_is_finished_first() -> None:
    bodies = {
        "p/x": [task("a")],
        "p/y": [shield("s"), task("never")],
        "s/body": [undone_task("b"), undone_task("c")],
    }
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ends(play, "a", REFUSED)
    ok(play, "b")
    assert in_flight(play) == ["c"]
    ok(play, "c")
    assert all_ok(play) == ["undo c", "undo b"]
    assert statuses(play)["s"] == "completed"
    assert "never" not in play.execution.visits


def test_its_deadline_stops_every_branch_and_is_its_failure() -> None:
    bodies = {"p/x": [undone_task("a")], "p/y": [sleep("rest", 60_000)]}
    play = begun(program(parallel("p", "x", "y", deadline_ms=500), task("never"), bodies=bodies))
    play.wake()
    assert in_flight(play) == ["a"]
    ok(play, "a")
    assert all_ok(play) == ["undo a"]
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.TIMEOUT, "deadline", "p")
    assert statuses(play) == {"p": "failed", "a": "completed", "rest": "cancelled"}


def test_the_deadline_of_a_node_in_a_branch_stops_the_other_branches_before_it_has_drained() -> None:
    bodies = {"p/x": [task("a", deadline_ms=500)], "p/y": [sleep("rest", 60_000)]}
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    play.wake()
    assert in_flight(play) == ["a"]
    assert statuses(play)["rest"] == "cancelled"
    ends(play, "a", LATE)
    failure = play.execution.failure
    assert failure is not None
    assert (failure.code, failure.path) == ("deadline", "a")


@pytest.mark.parametrize(("frames", "is_enough"), [(3, True), (2, False)])
def test_more_branches_than_frames_may_live_fail_it(frames: int, is_enough: bool) -> None:
    play = begun(TWO, bounds=ExecutionBounds(frames=frames))
    if is_enough:
        assert in_flight(play) == ["a", "b"]
        return
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.ERROR, "frames", "both")
    assert play.status is ExecutionStatus.FAILED


def test_when_no_it_is_skipped_with_all_its_branches() -> None:
    play = begun(program(parallel("p", "x", when=Constant(False)), bodies={"p/x": [task("a")]}))
    assert play.status is ExecutionStatus.COMPLETED
    assert statuses(play) == {"p": "skipped"}
