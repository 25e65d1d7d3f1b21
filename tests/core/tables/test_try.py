"""Drain, undo, `catch`, `finally`; when it is cancelled: drain, undo, `finally`."""

import pytest

from tests.core.flying import all_ok, ends, in_flight, ok, statuses
from treadle.model.commands import CancelExecution, Command, PauseExecution, WakeExecution
from treadle.model.decision import Refused
from treadle.model.events import BranchOpened
from treadle.model.execution import ExecutionStatus, Failure, FailureKind
from treadle.model.json import Json
from treadle.model.outcomes import Outcome
from treadle.model.program import Program, ProgramNode
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
from treadle.testing.composites import end, parallel, shield, try_, wait
from treadle.testing.playing import ACTOR, BROKEN, BUSY, LATE, REFUSED, Play, begun

BODIES = {
    "t/try": [undone_task("a1"), undone_task("a2"), task("a3")],
    "t/catch.0": [undone_task("c")],
    "t/finally": [undone_task("f")],
}
CATCHES = program(undone_task("before"), try_("t", None), task("after"), bodies=BODIES)
FINALLY = program(undone_task("before"), try_("t", has_finally=True), task("after"), bodies=BODIES)
FULL = program(undone_task("before"), try_("t", None, has_finally=True), task("after"), bodies=BODIES)


def trying(what: Program = FULL) -> Play:
    """A play in which `a3` is in flight, and `a1` and `a2` are done."""
    play = begun(what)
    for name in ("before", "a1", "a2"):
        ok(play, name)
    return play


def failure_of(play: Play) -> Failure:
    failure = play.execution.failure
    assert failure is not None
    return failure


def test_a_body_that_completes_gives_its_output_and_catches_nothing() -> None:
    play = trying(CATCHES)
    ok(play, "a3", 3)
    assert in_flight(play) == ["after"]
    assert play.execution.visits["t"].output == 3
    assert "c" not in play.execution.visits


def test_finally_runs_after_a_body_that_completes_and_its_output_is_not_that_of_the_try() -> None:
    play = trying()
    ok(play, "a3", 3)
    assert in_flight(play) == ["f"]
    ok(play, "f", "ignored")
    assert play.execution.visits["t"].output == 3
    assert in_flight(play) == ["after"]


def test_a_failure_is_undone_then_caught_then_finally_runs() -> None:
    play = trying()
    ends(play, "a3", REFUSED)
    assert all_ok(play) == ["undo a2", "undo a1", "c", "f", "after"]
    assert play.status is ExecutionStatus.COMPLETED


def test_what_caught_the_failure_gives_the_output() -> None:
    play = trying()
    ends(play, "a3", REFUSED)
    ok(play, "undo a2")
    ok(play, "undo a1")
    ok(play, "c", "caught")
    ok(play, "f", "ignored")
    assert play.execution.visits["t"].output == "caught"
    assert play.execution.visits["t"].status == "completed"


def test_it_stands_running_while_it_undoes_and_the_execution_is_not_compensating() -> None:
    play = trying()
    ends(play, "a3", REFUSED)
    assert play.status is ExecutionStatus.RUNNING
    assert play.execution.visits["t"].status == "running"


def test_a_body_that_is_drained_first_undoes_after_that() -> None:
    bodies = {
        "t/try": [parallel("p", "x", "y")],
        "p/x": [task("a")],
        "p/y": [undone_task("b")],
        "t/catch.0": [task("c")],
    }
    play = begun(program(try_("t", None), bodies=bodies))
    ends(play, "a", REFUSED)
    assert in_flight(play) == ["b"]
    ends(play, "b", LATE)
    assert all_ok(play) == ["undo b", "c"]


def reading(*path: str) -> ProgramNode:
    return task("c", activity=plan("c", reads=Read("failure", *path)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("kind",), "error"),
        (("code",), "http_400"),
        (("message",), "refused"),
        (("path",), "a"),
        (("attempt",), 1),
    ],
)
def test_the_failure_is_a_root_in_the_catch(path: tuple[str, ...], value: Json) -> None:
    play = begun(program(try_("t", None), bodies={"t/try": [task("a")], "t/catch.0": [reading(*path)]}))
    ends(play, "a", REFUSED)
    assert play.flight().request.input == value


def test_the_failure_is_a_root_in_bodies_inside_the_catch() -> None:
    bodies = {
        "t/try": [task("a")],
        "t/catch.0": [switch("s", case(Constant(True), "s/0"))],
        "s/0": [reading("code")],
    }
    play = begun(program(try_("t", None), bodies=bodies))
    ends(play, "a", REFUSED)
    assert play.flight().request.input == "http_400"


@pytest.mark.parametrize("where", ["t/try", "t/finally", "after"])
def test_elsewhere_there_is_no_failure(where: str) -> None:
    named = {
        "t/try": [task("a")],
        "t/catch.0": [],
        "t/finally": [],
        "after": [],
        where: [task("c", activity=plan("c", reads=Read("failure")))],
    }
    after = named.pop("after")
    play = begun(program(try_("t", None, has_finally=True), *after, bodies=named))
    if where != "t/try":
        ends(play, "a", REFUSED)
    failure = play.execution.visits["c"].failure
    assert failure is not None
    assert failure.code == "missing_variable"


@pytest.mark.parametrize(
    ("on", "end", "is_caught"),
    [
        (frozenset({FailureKind.ERROR}), REFUSED, True),
        (frozenset({FailureKind.ERROR}), LATE, False),
        (frozenset({FailureKind.TIMEOUT}), LATE, True),
        (frozenset({FailureKind.TIMEOUT}), REFUSED, False),
        (frozenset({FailureKind.TIMEOUT, FailureKind.ERROR}), REFUSED, True),
        (frozenset({FailureKind.REJECTED}), REFUSED, False),
        (None, LATE, True),
        (frozenset(), REFUSED, False),
    ],
)
def test_a_clause_catches_the_kinds_that_it_names(
    on: frozenset[FailureKind] | None, end: Outcome, is_caught: bool
) -> None:
    play = begun(program(try_("t", on), bodies={"t/try": [task("a")], "t/catch.0": [task("c")]}))
    ends(play, "a", end)
    while play.flights() == [] and play.wakes_at() is not None:
        play.wake()
        ends(play, "a", end)
    assert in_flight(play) == (["c"] if is_caught else [])
    assert (play.status is ExecutionStatus.FAILED) is not is_caught


def test_a_template_without_a_value_is_caught_as_rejected() -> None:
    broken = task("a", activity=plan("a", reads=Broken("missing_variable")))
    what = program(
        try_("t", frozenset({FailureKind.REJECTED})), bodies={"t/try": [broken], "t/catch.0": [task("c")]}
    )
    assert in_flight(begun(what)) == ["c"]


def test_the_first_clause_that_fits_catches() -> None:
    on = frozenset({FailureKind.TIMEOUT})
    bodies = {"t/try": [task("a")]} | {f"t/catch.{at}": [task(f"c{at}")] for at in range(3)}
    play = begun(program(try_("t", on, None, None), bodies=bodies))
    ends(play, "a", REFUSED)
    assert in_flight(play) == ["c1"]


def test_a_clause_without_nodes_catches_and_gives_null() -> None:
    play = begun(program(try_("t", None), bodies={"t/try": [task("a")], "t/catch.0": []}))
    ends(play, "a", REFUSED)
    assert (play.status, play.execution.output) == (ExecutionStatus.COMPLETED, None)


def test_what_is_not_caught_fails_it_after_finally_with_the_failure_it_was() -> None:
    play = trying(FINALLY)
    ends(play, "a3", REFUSED)
    assert all_ok(play) == ["undo a2", "undo a1", "f", "undo f", "undo before"]
    assert failure_of(play).path == "a3"
    assert play.execution.visits["t"].failure == failure_of(play)


def test_a_failure_in_the_catch_fails_it_after_finally_with_that_failure() -> None:
    play = trying()
    ends(play, "a3", REFUSED)
    ok(play, "undo a2")
    ok(play, "undo a1")
    ends(play, "c", REFUSED)
    assert in_flight(play) == ["f"]
    assert all_ok(play) == ["f", "undo f", "undo before"]
    assert failure_of(play).path == "c"


def test_what_the_catch_did_is_undone_by_the_scope_around() -> None:
    bodies = {"t/try": [task("a")], "t/catch.0": [undone_task("c"), task("d")]}
    play = begun(program(try_("t", None), bodies=bodies))
    ends(play, "a", REFUSED)
    ok(play, "c")
    ends(play, "d", REFUSED)
    assert play.status is ExecutionStatus.COMPENSATING
    assert all_ok(play) == ["undo c"]


@pytest.mark.parametrize("first", ["completed", "caught", "failed"])
def test_a_failure_in_finally_replaces_what_it_had_come_to(first: str) -> None:
    play = trying(FINALLY if first == "failed" else FULL)
    if first == "completed":
        ok(play, "a3")
    else:
        ends(play, "a3", REFUSED)
    while "f" not in in_flight(play):
        ok(play, in_flight(play)[0])
    ends(play, "f", REFUSED)
    all_ok(play)
    assert play.status is ExecutionStatus.FAILED
    assert failure_of(play).path == "f"


def test_when_it_has_completed_its_list_goes_to_the_scope_around() -> None:
    play = trying()
    ok(play, "a3")
    ok(play, "f")
    ends(play, "after", REFUSED)
    assert all_ok(play) == ["undo f", "undo a2", "undo a1", "undo before"]


def test_what_it_has_undone_is_not_undone_again() -> None:
    play = trying(CATCHES)
    ends(play, "a3", REFUSED)
    for name in ("undo a2", "undo a1", "c"):
        ok(play, name)
    ends(play, "after", REFUSED)
    assert all_ok(play) == ["undo c", "undo before"]


def test_a_cancel_drains_undoes_and_runs_finally_but_no_catch() -> None:
    play = trying()
    play.cancel()
    ok(play, "a3")
    assert all_ok(play) == ["undo a2", "undo a1", "f", "undo f", "undo before"]
    assert play.status is ExecutionStatus.CANCELLED
    assert statuses(play)["t"] == "cancelled"
    assert "c" not in play.execution.visits


def test_a_cancel_during_the_catch_stops_it_and_runs_finally() -> None:
    play = trying()
    ends(play, "a3", REFUSED)
    ok(play, "undo a2")
    ok(play, "undo a1")
    play.cancel()
    ok(play, "c")
    assert all_ok(play) == ["f", "undo f", "undo c", "undo before"]
    assert play.status is ExecutionStatus.CANCELLED


def test_a_cancel_during_the_catch_goes_on_to_no_next_node_of_it() -> None:
    bodies = BODIES | {"t/catch.0": [undone_task("c"), task("d")]}
    play = trying(program(undone_task("before"), try_("t", None, has_finally=True), bodies=bodies))
    ends(play, "a3", REFUSED)
    ok(play, "undo a2")
    ok(play, "undo a1")
    play.cancel()
    ok(play, "c")
    assert in_flight(play) == ["f"]
    assert "d" not in play.execution.visits


def test_a_cancel_during_a_catch_that_sleeps_ends_the_sleep() -> None:
    bodies = BODIES | {"t/catch.0": [sleep("rest")]}
    play = begun(program(try_("t", None), bodies=bodies))
    for name in ("a1", "a2"):
        ok(play, name)
    ends(play, "a3", REFUSED)
    ok(play, "undo a2")
    ok(play, "undo a1")
    play.cancel()
    assert play.status is ExecutionStatus.CANCELLED
    assert statuses(play)["rest"] == "cancelled"


def test_a_cancel_during_finally_lets_it_run_to_its_end() -> None:
    bodies = BODIES | {"t/finally": [task("f"), task("g")]}
    play = trying(program(undone_task("before"), try_("t", has_finally=True), task("after"), bodies=bodies))
    ok(play, "a3")
    play.cancel()
    ok(play, "f")
    assert in_flight(play) == ["g"]
    ok(play, "g")
    assert all_ok(play) == ["undo a2", "undo a1", "undo before"]
    assert play.status is ExecutionStatus.CANCELLED


def test_a_cancel_while_the_body_undoes_goes_on_undoing() -> None:
    play = trying()
    ends(play, "a3", REFUSED)
    ok(play, "undo a2")
    play.cancel()
    assert all_ok(play) == ["undo a1", "f", "undo f", "undo before"]
    assert play.status is ExecutionStatus.CANCELLED
    assert "c" not in play.execution.visits
    bodies = [event.body for event in play.history if isinstance(event, BranchOpened)]
    assert bodies == ["t/try", "t/finally"]


def test_a_finally_that_fails_under_a_cancel_leaves_it_cancelled() -> None:
    play = trying()
    play.cancel()
    ok(play, "a3")
    ok(play, "undo a2")
    ok(play, "undo a1")
    ends(play, "f", REFUSED)
    assert statuses(play)["t"] == "failed"
    assert all_ok(play) == ["undo before"]
    assert play.status is ExecutionStatus.CANCELLED


def test_its_deadline_undoes_and_runs_finally_but_is_not_caught_by_its_own_catch() -> None:
    what = program(try_("t", None, has_finally=True, deadline_ms=500), bodies=BODIES)
    play = begun(what)
    ok(play, "a1")
    play.wake()
    ok(play, "a2")
    assert all_ok(play) == ["undo a2", "undo a1", "f", "undo f"]
    failure = failure_of(play)
    assert (failure.kind, failure.code, failure.path) == (FailureKind.TIMEOUT, "deadline", "t")
    assert "c" not in play.execution.visits


def test_the_deadline_of_a_node_in_its_body_is_caught() -> None:
    bodies = {"t/try": [wait("w", deadline_ms=500)], "t/catch.0": [reading("code")]}
    play = begun(program(try_("t", None), bodies=bodies))
    play.wake()
    assert play.flight().request.input == "deadline"


def test_the_deadline_of_an_inner_try_is_caught_by_the_outer() -> None:
    bodies = {
        "outer/try": [try_("inner", None, deadline_ms=500)],
        "inner/try": [sleep("rest", 60_000)],
        "inner/catch.0": [task("no")],
        "outer/catch.0": [reading("path")],
    }
    play = begun(program(try_("outer", None), bodies=bodies))
    play.wake()
    assert play.flight().request.input == "inner"


NESTED = program(
    try_("outer", None, has_finally=True),
    task("after"),
    bodies={
        "outer/try": [undone_task("o"), try_("inner", frozenset({FailureKind.TIMEOUT}), has_finally=True)],
        "outer/catch.0": [reading("path")],
        "outer/finally": [task("of")],
        "inner/try": [undone_task("i"), task("x")],
        "inner/catch.0": [task("ic")],
        "inner/finally": [task("if")],
    },
)


def test_what_the_inner_does_not_catch_rises_to_the_outer_which_undoes_the_rest() -> None:
    play = begun(NESTED)
    ok(play, "o")
    ok(play, "i")
    ends(play, "x", REFUSED)
    assert all_ok(play) == ["undo i", "if", "undo o", "c", "of", "after"]
    assert play.status is ExecutionStatus.COMPLETED


def test_what_the_inner_catches_does_not_reach_the_outer() -> None:
    play = begun(NESTED)
    ok(play, "o")
    ok(play, "i")
    for _ in range(3):
        ends(play, "x", LATE)
        if play.flights() == []:
            play.wake()
    assert all_ok(play) == ["undo i", "ic", "if", "of", "after"]
    assert play.status is ExecutionStatus.COMPLETED


def test_a_failure_in_a_catch_is_caught_by_the_try_around() -> None:
    bodies = {
        "outer/try": [try_("inner", None)],
        "outer/catch.0": [reading("path")],
        "inner/try": [task("a")],
        "inner/catch.0": [task("b")],
    }
    play = begun(program(try_("outer", None), bodies=bodies))
    ends(play, "a", REFUSED)
    ends(play, "b", REFUSED)
    assert play.flight().request.input == "b"


def test_a_try_inside_a_catch_has_the_failure_that_it_caught_itself() -> None:
    bodies = {
        "outer/try": [task("a")],
        "outer/catch.0": [try_("inner", None)],
        "inner/try": [task("b")],
        "inner/catch.0": [reading("path")],
    }
    play = begun(program(try_("outer", None), bodies=bodies))
    ends(play, "a", REFUSED)
    ends(play, "b", REFUSED)
    assert play.flight().request.input == "b"


def test_an_undo_in_it_that_is_exhausted_makes_it_stuck_before_the_catch() -> None:
    play = trying(CATCHES)
    ends(play, "a3", REFUSED)
    ends(play, "undo a2", REFUSED)
    assert play.status is ExecutionStatus.STUCK
    play.skip_undo("a2")
    assert all_ok(play) == ["undo a1", "c", "after"]
    assert play.status is ExecutionStatus.COMPLETED


@pytest.mark.parametrize(
    "command", [CancelExecution(actor=ACTOR), PauseExecution(actor=ACTOR), WakeExecution(actor=ACTOR)]
)
def test_stuck_in_it_takes_no_command_but_those_for_stuck(command: Command) -> None:
    play = trying(CATCHES)
    ends(play, "a3", REFUSED)
    ends(play, "undo a2", REFUSED)
    before = play.execution
    answer = play.ask(command)
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"
    assert "stuck" in answer.message
    assert play.execution is before


def test_a_cancel_is_not_caught() -> None:
    play = begun(
        program(
            try_("t", frozenset({FailureKind.CANCELLED})),
            bodies={"t/try": [task("a")], "t/catch.0": [task("c")]},
        )
    )
    play.cancel()
    ends(play, "a", BUSY)
    assert play.status is ExecutionStatus.CANCELLED


def test_a_failed_end_is_not_caught_but_finally_runs() -> None:
    bodies = {
        "t/try": [undone_task("a"), end("stop", is_failed=True, code="bad")],
        "t/catch.0": [task("c")],
        "t/finally": [task("f")],
    }
    play = begun(program(try_("t", None, has_finally=True), bodies=bodies))
    ok(play, "a")
    assert all_ok(play) == ["undo a", "f"]
    assert failure_of(play).code == "bad"


def test_a_shield_in_its_body_is_finished_before_the_body_undoes() -> None:
    bodies = {
        "t/try": [parallel("p", "x", "y")],
        "p/x": [task("a")],
        "p/y": [shield("s")],
        "s/body": [undone_task("b"), task("d")],
        "t/catch.0": [task("c")],
    }
    play = begun(program(try_("t", None), bodies=bodies))
    ends(play, "a", REFUSED)
    assert all_ok(play) == ["b", "d", "undo b", "c"]


def test_an_attempt_of_unknown_end_is_undone_before_the_catch() -> None:
    bodies = {"t/try": [undone_task("a")], "t/catch.0": [task("c")]}
    play = begun(program(try_("t", None), bodies=bodies))
    for _ in range(3):
        ends(play, "a", BROKEN)
        if play.flights() == []:
            play.wake()
    assert all_ok(play) == ["undo a", "c"]


def test_a_body_without_nodes_completes() -> None:
    play = begun(
        program(try_("t", None, has_finally=True), bodies={"t/try": [], "t/catch.0": [], "t/finally": []})
    )
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.output is None
