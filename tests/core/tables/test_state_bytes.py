"""What would bring the state beyond its bound fails its node by the bound's name, and is not kept."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import UNSET

from treadle.core.decide import decide
from treadle.core.measuring import json_bytes
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import DeliverCallback, ReportOutcome, Resolution, SendSignal
from treadle.model.decision import Decision, Refused
from treadle.model.execution import CompensationStatus, ExecutionStatus, FailureKind
from treadle.model.outcomes import Ok
from treadle.model.policies import OnUnknown
from treadle.model.program import CallbackPlan, Program
from treadle.testing.builders import (
    Constant,
    Read,
    awaiting_task,
    plan,
    program,
    sleep,
    task,
    undo,
    undone_task,
)
from treadle.testing.composites import child, each, parallel, set_, wait
from treadle.testing.playing import ACTOR, BEGIN, BROKEN, Play, begun, start_of

BOUNDS = ExecutionBounds(state_bytes=8_000)
LARGE = "x" * 9_000
HALF = "y" * 3_000
FOUND = {"name": "child", "version": "1", "digest": "sha256:" + "0" * 64}
SYNC = program(undone_task("a"))
SHORTENED = program(task("a", output=Constant(1), compensation=undo("undo-a")))
ASYNC = program(task("a", callback=CallbackPlan(timeout_ms=60_000), compensation=undo("undo-a")))
PROBED = program(task("a", probe=plan("ask"), compensation=undo("undo-a")))
ASKED = program(task("a", on_unknown=OnUnknown.PAUSE, compensation=undo("undo-a")))
PARENT = program(child("a", compensation=undo("undo-a")))


def answered(what: Program) -> Play:
    play = begun(what, bounds=BOUNDS)
    play.ok(LARGE)
    return play


def called_back() -> Play:
    play = begun(ASYNC, bounds=BOUNDS)
    flight = play.flight()
    play.ok()
    play.do(DeliverCallback(activity=flight.activity, body=LARGE))
    return play


def told_by_its_child() -> Play:
    play = begun(PARENT, bounds=BOUNDS)
    play.ok(FOUND)
    play.end_child(ExecutionStatus.COMPLETED, output=LARGE)
    return play


def with_large_headers() -> Play:
    play = begun(SYNC, bounds=BOUNDS)
    play.report(Ok(status=200, headers={"x": LARGE}, body=1))
    return play


def triggered() -> Play:
    play = begun(ASYNC, bounds=BOUNDS)
    play.report(Ok(status=202, body=LARGE))
    return play


def found_by_a_probe() -> Play:
    play = begun(PROBED, bounds=BOUNDS)
    play.report(BROKEN)
    play.ok({"outcome": "done", "output": LARGE})
    return play


def said_by_a_person() -> Play:
    play = begun(ASKED, bounds=BOUNDS)
    play.report(BROKEN)
    play.resolve(Resolution.DONE, LARGE)
    return play


DONE: dict[str, Callable[[], Play]] = {
    "headers": with_large_headers,
    "answer of a trigger": triggered,
    "probe": found_by_a_probe,
    "person": said_by_a_person,
    "answer": lambda: answered(SYNC),
    "answer that `output` shortens": lambda: answered(SHORTENED),
    "callback": called_back,
    "child": told_by_its_child,
}


@pytest.mark.parametrize("brought", DONE.values(), ids=DONE)
def test_a_result_that_is_too_large_fails_its_visit_and_is_undone(brought: Callable[[], Play]) -> None:
    play = brought()
    failure = play.execution.visits["a"].failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.ERROR, "state_bytes", "a")
    assert play.execution.visits["a"].output in (None, UNSET)
    assert [flight.request.name for flight in play.flights()] == ["undo-a"]
    play.ok()
    assert play.status is ExecutionStatus.FAILED
    assert play.execution.compensations["a"].status is CompensationStatus.COMPLETED
    assert json_bytes(play.execution) < BOUNDS.state_bytes


def test_what_a_trigger_answered_too_large_is_unknown_as_the_node_says() -> None:
    what = task(
        "a", callback=CallbackPlan(timeout_ms=60_000), on_unknown=OnUnknown.FAIL, compensation=undo("u")
    )
    play = begun(program(what), bounds=BOUNDS)
    play.report(Ok(status=202, body=LARGE))
    assert play.status is ExecutionStatus.FAILED
    assert play.execution.compensations["a"].status is CompensationStatus.SKIPPED


SET = program(set_("a", big=Constant(LARGE)))
ITEMS = program(each("a", Constant([LARGE])), bodies={"a/item": [task("t")]})


@pytest.mark.parametrize("what", [SET, ITEMS], ids=["variables", "items"])
def test_what_a_node_makes_itself_is_bounded_too(what: Program) -> None:
    play = begun(what, bounds=BOUNDS)
    assert play.status is ExecutionStatus.FAILED
    assert play.execution.failure is not None
    assert (play.execution.failure.code, play.execution.failure.path) == ("state_bytes", "a")


def test_so_is_the_output_of_a_composite_node() -> None:
    bodies = {"p/a": [task("x")], "p/b": [task("y")]}
    play = begun(program(parallel("p", "a", "b"), bodies=bodies), bounds=BOUNDS)
    for flight in play.flights():
        play.do(ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok(body="y" * 2_000)))
    assert play.execution.failure is not None
    assert (play.execution.failure.code, play.execution.failure.path) == ("state_bytes", "p")


@pytest.mark.parametrize("what", [program(wait("go")), program(sleep("rest"), wait("go"))])
def test_a_signal_that_is_too_large_is_refused(what: Program) -> None:
    play = begun(what, bounds=BOUNDS)
    before = play.execution
    answer = play.ask(SendSignal(name="go", payload=LARGE, actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "signals_full"
    assert play.execution == before


def test_many_small_results_come_to_the_bound_together() -> None:
    """The estimate that goes from decision to decision does not fall short of what they keep."""
    what = program(*[undone_task(f"s{at}") for at in range(40)])
    answer = decide(what, None, start_of(what), BEGIN, bounds=BOUNDS)
    while isinstance(answer, Decision) and answer.execution.frames[1].ending is None:
        assert json_bytes(answer.execution) <= answer.state_bytes
        play = Play(what, bounds=BOUNDS)
        play.take_up(answer.execution)
        flight = play.flight()
        report = ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok(body="z" * 500))
        answer = decide(what, answer.execution, report, BEGIN, bounds=BOUNDS, state_bytes=answer.state_bytes)
    assert isinstance(answer, Decision)
    ending = answer.execution.frames[1].ending
    assert ending is not None
    assert ending.failure is not None
    assert ending.failure.code == "state_bytes"


NO_JSON = {"half a character": "\ud800", "a thing": object(), "a number too large": 1 << 64}


@pytest.mark.parametrize("value", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_is_left_to_the_store(value: object) -> None:
    play = begun(program(task("a"), task("b")), bounds=BOUNDS)
    play.report(Ok(body={"value": value}))  # type: ignore[dict-item]  # what a handler should not give
    assert play.flight().node == "b"
    assert play.execution.visits["a"].output == {"value": value}


def test_a_result_that_fits_is_kept() -> None:
    play = begun(program(task("a"), output=Read("nodes", "a", "output")), bounds=BOUNDS)
    play.ok(HALF)
    assert play.execution.output == HALF


def test_an_undo_that_is_large_counts_but_is_not_left_out() -> None:
    """It is owed; what comes after it finds the state full."""
    reads = Read("input")
    undone = task("a", compensation=undo("undo-a", reads=reads))
    play = begun(program(undone, task("b")), HALF, bounds=ExecutionBounds(state_bytes=7_000))
    play.ok()
    assert play.execution.compensations["a"].request is not None
    play.ok("z" * 2_000)
    failure = play.execution.visits["b"].failure
    assert failure is not None
    assert failure.code == "state_bytes"


@pytest.mark.parametrize("kept", [{"headers": {"x": "y" * 4_500}}, {"body": "y" * 4_500}])
def test_what_a_trigger_answered_counts(kept: dict[str, Any]) -> None:
    play = begun(program(awaiting_task("a"), task("b")), bounds=BOUNDS)
    flight = play.flight()
    play.report(Ok(status=202, **kept))
    play.deliver(flight.activity, HALF)
    failure = play.execution.visits["a"].failure
    assert failure is not None
    assert failure.code == "state_bytes"
