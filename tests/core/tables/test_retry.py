"""Run n+1: each body goes in again at its first node without a standing result, and passes over the rest."""

from collections.abc import Callable, Sequence

import pytest
from msgspec.structs import replace

from tests.core.flying import all_ok, ends, in_flight, ok, statuses
from tests.core.retrying import composed, demand_unique, failed_at, retried, to_end
from tests.core.told import told
from treadle.model.commands import RetryExecution
from treadle.model.decision import Refused
from treadle.model.events import ResultKept
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Instant
from treadle.model.program import ProgramNode
from treadle.testing.builders import (
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
from treadle.testing.composites import end, parallel, race, set_, shield, split, try_
from treadle.testing.playing import ACTOR, BEGIN, REFUSED, Play, begun, brought_to, start_of

STEPS = program(task("a"), undone_task("b"), task("c"), undone_task("d"), task("e"))


@pytest.mark.parametrize("status", [one for one in ExecutionStatus if one is not ExecutionStatus.FAILED])
def test_only_a_failed_execution_is_retried(status: ExecutionStatus) -> None:
    play = brought_to(status)
    answer = play.ask(RetryExecution(actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"


def test_the_event_says_which_run_it_is_and_who_wanted_it() -> None:
    play = failed_at(STEPS, "a")
    event = play.retry("fixed").events[0]
    assert (type(event).__name__, event.run, event.node, event.actor, event.reason) == (
        "ExecutionRetried",
        2,
        "a",
        ACTOR,
        "fixed",
    )
    assert (play.execution.run, play.execution.failure, play.execution.ended_at) == (2, None, None)


def test_it_goes_in_again_at_the_first_node_that_was_undone() -> None:
    play = retried(STEPS, "e")
    assert in_flight(play) == ["b~2"]


def test_it_passes_over_what_stands_before_and_after_that() -> None:
    play = retried(STEPS, "e")
    assert to_end(play) == ["b~2", "d~2", "e~2"]
    kept = [str(event.path) for event in play.history if isinstance(event, ResultKept)]
    assert kept == ["a", "c"]
    demand_unique(play)


def test_what_stands_is_seen_by_what_comes_after() -> None:
    reading = task("c", activity=plan("c", reads=Read("nodes", "a", "output")))
    play = retried(program(task("a"), undone_task("b"), reading, task("d")), "c")
    ok(play, "b~2")
    assert play.flight().request.input == "of a"


def test_the_output_is_that_of_what_stands_last() -> None:
    play = begun(program(undone_task("a"), task("b"), task("c", when=Constant(False)), task("d")))
    ok(play, "a")
    ok(play, "b", "of b")
    ends(play, "d", REFUSED)
    ok(play, "undo a")
    play.retry()
    ok(play, "a~2")
    ok(play, "d~2", "of d")
    assert play.execution.output == "of d"
    play = begun(
        program(undone_task("a"), switch("s", case(Constant(True), "s/0")), task("d"), bodies=UNDONE)
    )
    for name in ("a", "b", "c"):
        ok(play, name, f"of {name}")
    ends(play, "d", REFUSED)
    all_ok(play)
    play.retry()
    ok(play, "a~2")
    ok(play, "b~2")
    assert play.execution.visits["s"].output == {"case": 0, "value": "of c"}


UNDONE = {"s/0": [undone_task("b"), task("c")]}


def test_a_node_that_failed_is_tried_anew_with_all_its_attempts() -> None:
    play = retried(program(task("a")), "a")
    assert (play.flight().node, play.flight().attempt) == ("a~2", 1)


def test_a_node_that_was_skipped_is_asked_again() -> None:
    wanted = Read("vars", "yes")
    what = replace(
        program(task("a", when=wanted), set_("s", yes=Constant(True)), task("b")), vars={"yes": False}
    )
    play = retried(what, "b")
    assert in_flight(play) == ["a~2"]


def test_variables_and_input_stay() -> None:
    what = program(set_("s", a=Constant(1)), task("b", activity=plan("b", reads=Read("vars", "a"))))
    play = retried(what, "b")
    assert play.flight().request.input == 1
    assert "VarsSet" not in told(play.history).partition("ExecutionRetried")[2]


def test_a_sleep_that_is_over_is_not_slept_again() -> None:
    play = begun(program(sleep("rest"), task("a")))
    play.wake()
    ends(play, "a", REFUSED)
    play.retry()
    assert in_flight(play) == ["a~2"]


@pytest.mark.parametrize(
    ("settle", "first"),
    [(Play.skip_undo, "b~2"), (Play.accept_undo, "a~2")],
)
def test_what_a_person_left_undone_stands_and_what_a_person_undid_does_not(
    settle: Callable[[Play, str], object], first: str
) -> None:
    play = begun(program(undone_task("a"), task("b")))
    ok(play, "a")
    ends(play, "b", REFUSED)
    ends(play, "undo a", REFUSED)
    settle(play, "a")
    play.retry()
    assert in_flight(play) == [first]


def test_a_second_retry_goes_on_from_the_second_run() -> None:
    play = retried(STEPS, "e")
    ok(play, "b~2")
    ends(play, "d~2", REFUSED)
    all_ok(play)
    play.retry()
    assert play.execution.run == 3
    assert to_end(play) == ["b~3", "d~3", "e~2"]
    demand_unique(play)


def test_only_what_this_run_did_is_undone_in_it() -> None:
    play = retried(STEPS, "e")
    ok(play, "b~2")
    ok(play, "d~2")
    ends(play, "e~2", REFUSED)
    assert all_ok(play) == ["undo d~2", "undo b~2"]


def test_its_hook_has_a_key_of_its_own() -> None:
    play = begun(program(task("a"), hooks=("on_failure",)))
    ends(play, "a", REFUSED)
    first = play.flight().key
    play.ok()
    play.retry()
    ends(play, "a~2", REFUSED)
    assert (first[-2:], play.flight().key[-2:]) == ("/1", "/2")


def test_a_composite_node_that_stands_is_passed_over_whole() -> None:
    bodies = {"p/x": [task("a")], "p/y": [task("b")]}
    play = retried(composed(parallel("p", "x", "y"), bodies), "last")
    assert in_flight(play) == ["last~2"]
    assert [str(event.path) for event in play.history if isinstance(event, ResultKept)] == ["p"]


INSIDE = [task("a"), undone_task("b"), task("c")]
COMPOSITES: dict[str, tuple[ProgramNode, dict[str, Sequence[ProgramNode]]]] = {
    "switch": (switch("n", case(Constant(True), "n/0")), {"n/0": INSIDE}),
    "parallel": (parallel("n", "x"), {"n/x": INSIDE}),
    "race": (race("n", "x"), {"n/x": INSIDE}),
    "try": (try_("n", None), {"n/try": INSIDE, "n/catch.0": [task("no")]}),
    "shield": (shield("n"), {"n/body": INSIDE}),
    "split": (split("n", {"x": 1.0}), {"n/x": INSIDE}),
}


@pytest.mark.parametrize("kind", COMPOSITES)
def test_a_composite_node_of_which_something_was_undone_goes_in_again(kind: str) -> None:
    play = retried(composed(*COMPOSITES[kind]), "last")
    assert statuses(play)["n~2"] == "running"
    assert to_end(play) == ["b~2", "last~2"]
    demand_unique(play)


@pytest.mark.parametrize("kind", COMPOSITES)
def test_a_composite_node_that_failed_goes_in_again_where_its_body_stands(kind: str) -> None:
    play = begun(composed(*COMPOSITES[kind]))
    ok(play, "a")
    ok(play, "b")
    ends(play, "c", REFUSED)
    ok(play, "undo b")
    if kind == "try":
        ends(play, "no", REFUSED)
    play.retry()
    assert to_end(play) == ["b~2", "c~2", "last"]
    demand_unique(play)


def test_bodies_in_bodies_go_in_again_where_each_stands() -> None:
    bodies = {
        "o/x": [task("a"), parallel("i", "m", "n"), task("b")],
        "o/y": [task("c")],
        "i/m": [task("d"), task("e")],
        "i/n": [task("f"), undone_task("g")],
    }
    play = begun(composed(parallel("o", "x", "y"), bodies))
    for name in ("a", "c", "d", "f", "g"):
        ok(play, name)
    ends(play, "e", REFUSED)
    all_ok(play)
    play.retry()
    assert in_flight(play) == ["e~2", "g~2"]
    assert to_end(play) == ["e~2", "g~2", "b", "last"]
    assert play.execution.visits["o"].path == "o~2"
    demand_unique(play)


def test_of_a_parallel_only_the_branch_that_failed_goes_in_again() -> None:
    bodies = {"p/x": [task("a1"), task("a2")], "p/y": [task("b1"), task("b2")]}
    play = begun(composed(parallel("p", "x", "y"), bodies))
    for name in ("a1", "a2", "b1"):
        ok(play, name, f"of {name}")
    ends(play, "b2", REFUSED)
    play.retry()
    assert in_flight(play) == ["b2~2"]
    ok(play, "b2~2", "anew")
    assert play.execution.visits["p"].output == {"x": "of a2", "y": "anew"}
    demand_unique(play)


def test_a_branch_that_was_stopped_goes_in_again_where_it_stood() -> None:
    bodies = {"p/x": [task("a")], "p/y": [task("b1"), task("b2"), task("b3")]}
    play = begun(composed(parallel("p", "x", "y"), bodies))
    ok(play, "b1")
    ends(play, "a", REFUSED)
    ok(play, "b2")
    play.retry()
    assert in_flight(play) == ["a~2", "b3"]


def test_a_try_that_has_caught_stands_though_it_has_undone_something() -> None:
    bodies = {"t/try": [undone_task("a"), task("b")], "t/catch.0": [task("c")]}
    play = begun(composed(try_("t", None), bodies))
    ok(play, "a")
    ends(play, "b", REFUSED)
    ok(play, "undo a")
    ok(play, "c")
    ends(play, "last", REFUSED)
    play.retry()
    assert in_flight(play) == ["last~2"]


def test_a_race_stands_though_its_losers_were_undone_after_it() -> None:
    bodies = {"r/x": [undone_task("a")], "r/y": [task("b")]}
    play = begun(composed(race("r", "x", "y"), bodies))
    ok(play, "b")
    ends(play, "last", REFUSED)
    ok(play, "a")
    ok(play, "undo a")
    assert play.status is ExecutionStatus.FAILED
    play.retry()
    assert in_flight(play) == ["last~2"]
    assert play.execution.visits["r"].path == "r"


def test_a_race_whose_winner_was_undone_is_run_again() -> None:
    bodies = {
        "r/x": [undone_task("a")],
        "r/y": [switch("s", case(Constant(True), "s/0"))],
        "s/0": [undone_task("b")],
    }
    play = begun(composed(race("r", "x", "y"), bodies))
    ok(play, "b")
    ends(play, "last", REFUSED)
    ends(play, "a", REFUSED)
    ok(play, "undo b")
    play.retry()
    assert in_flight(play) == ["a~2", "b~2"]
    demand_unique(play)


def test_a_switch_in_a_graph_that_stands_goes_on_with_the_node_of_its_case() -> None:
    what = program(
        switch("s", case(Constant(True), next_="b", name="far")), task("a"), task("b"), task("last")
    )
    play = retried(what, "last")
    assert in_flight(play) == ["last~2"]
    assert "a" not in play.execution.visits


def test_a_cycle_goes_on_with_its_newest_visits_and_numbers_on() -> None:
    what = program(
        task("a"), task("b"), switch("s", case(Read("nodes", "b", "output"), next_="a")), task("last")
    )
    play = begun(what)
    ok(play, "a")
    ok(play, "b", True)
    ok(play, "a~2")
    ends(play, "b~2", REFUSED)
    play.retry()
    assert in_flight(play) == ["b~3"]
    ok(play, "b~3", True)
    assert in_flight(play) == ["a~3"]
    demand_unique(play)


def test_a_duration_counts_anew() -> None:
    play = failed_at(program(task("a"), deadline_ms=500), "a")
    play.pass_time(60_000)
    play.retry()
    assert play.execution.deadline_at == play.now + 500


@pytest.mark.parametrize(("passed_ms", "is_kept"), [(100, True), (500, False), (60_000, False)])
def test_an_instant_that_has_passed_is_dropped_and_any_other_stays(passed_ms: int, is_kept: bool) -> None:
    play = Play(program(task("a")))
    play.do(replace(start_of(play.program), deadline_at=Instant(BEGIN + 500)))
    ends(play, "a", REFUSED)
    assert play.wakes_at() is None
    play.pass_time(passed_ms)
    play.retry()
    assert play.execution.deadline_at == (BEGIN + 500 if is_kept else None)
    assert in_flight(play) == ["a~2"]


def test_an_execution_that_failed_by_its_deadline_can_be_retried() -> None:
    play = begun(program(sleep("rest", 60_000), task("a"), deadline_ms=500))
    play.wake()
    assert play.status is ExecutionStatus.FAILED
    play.retry()
    assert statuses(play) == {"rest~2": "running"}
    assert play.wakes_at() == play.now + 500


def test_an_execution_that_an_end_failed_can_be_retried() -> None:
    play = begun(program(undone_task("a"), end("stop", is_failed=True, code="bad")))
    ok(play, "a")
    ok(play, "undo a")
    play.retry()
    ok(play, "a~2")
    assert all_ok(play) == ["undo a~2"]
    assert play.status is ExecutionStatus.FAILED
    assert play.execution.failure is not None
    assert (play.execution.failure.code, play.execution.failure.path) == ("bad", "stop~2")


def test_an_end_that_was_passed_is_reached_again_with_a_new_answer() -> None:
    wrong = switch("s", case(Read("nodes", "a", "output"), next_="last"))
    play = begun(program(undone_task("a"), wrong, end("stop", is_failed=True), task("last")))
    ok(play, "a", False)
    ok(play, "undo a")
    play.retry()
    ok(play, "a~2", True)
    assert play.execution.visits["s"].path == "s"
    assert play.status is ExecutionStatus.COMPENSATING
