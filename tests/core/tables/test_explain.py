"""Situations, and why the execution is not moving in each."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from treadle.core.evolve import evolve
from treadle.core.explain import explain
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import CancelExecution, PauseExecution, ReportOutcome, SendSignal
from treadle.model.execution import Execution, ExecutionStatus
from treadle.model.ids import ActivityId, Digest, ExecutionId, Instant, NodeId
from treadle.model.ids import Path as VisitPath
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.model.outcomes import FoundDefinition, Ok, Outcome
from treadle.model.persistent import put
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.program import CallbackPlan, ProgramNode, TaskNode
from treadle.model.reasons import Reason, ReasonCode
from treadle.model.waiting import ParentRef, WaitMode
from treadle.testing.builders import (
    Constant,
    Read,
    case,
    plan,
    program,
    sleep,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.composites import child, each, parallel, race, set_, shield, wait
from treadle.testing.playing import (
    ACTOR,
    BEGIN,
    BROKEN,
    BUSY,
    REFUSED,
    SAGA,
    Play,
    begun,
    brought_to,
)
from treadle.testing.world import simulate

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "explanations.md"
MINUTE = 60_000


def told(play: Play) -> tuple[Reason, ...]:
    return explain(play.program, play.execution, play.now)


def only(play: Play) -> Reason:
    (reason,) = told(play)
    return reason


def of(play: Play, code: ReasonCode) -> Reason:
    (reason,) = [reason for reason in told(play) if reason.code is code]
    return reason


def report(play: Play, path: str, outcome: Outcome) -> None:
    """The attempt in flight of that visit ends so."""
    (flight,) = [flight for flight in play.flights() if flight.node == path]
    play.do(ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=outcome))


def answered(play: Play, path: str, outcome: Outcome) -> Play:
    report(play, path, outcome)
    return play


def waiting(*signals: str, **fields: Any) -> Play:
    return begun(program(wait("wait", *signals, **fields)))


def signalled(play: Play, *names: str) -> Play:
    for name in names:
        play.do(SendSignal(name=name, payload=None, actor=ACTOR))
    return play


def async_task() -> TaskNode:
    return task("pix", callback=CallbackPlan(timeout_ms=15 * MINUTE))


def triggered() -> Play:
    play = begun(program(async_task()))
    play.report(Ok(status=202))
    return play


def probed() -> Play:
    play = begun(program(task("pay", probe=plan("ask"), on_unknown=OnUnknown.PAUSE)))
    play.report(BROKEN)
    return play


def unresolved() -> Play:
    play = begun(program(task("pay", on_unknown=OnUnknown.PAUSE)))
    play.report(BROKEN)
    return play


def parent() -> Play:
    play = begun(program(child("ship", "shipping")))
    digest = Digest("sha256:" + "1" * 64)
    answer = FoundDefinition(name="shipping", version="1", digest=digest, node=NodeId("a"))
    play.ok(msgspec.to_builtins(answer))
    return play


def fanned() -> Play:
    bodies = {"both/left": [task("a")], "both/right": [sleep("nap", MINUTE)]}
    return begun(program(parallel("both", "left", "right"), bodies=bodies))


def raced(*after: ProgramNode) -> Play:
    """The branch `quick` has won; the call of `slow` is still out."""
    bodies = {"first/quick": [task("quick")], "first/slow": [task("slow")]}
    play = begun(program(race("first", "quick", "slow"), *after, bodies=bodies))
    report(play, "quick", Ok())
    return play


def listed() -> Play:
    """Two of five items run."""
    all_ = each("all", Constant([1, 2, 3, 4, 5]), concurrency=2)
    return begun(program(all_, bodies={"all/item": [task("one")]}))


def long_decision() -> Play:
    """More nodes than one decision enters."""
    return begun(program(*(set_(f"s{number}") for number in range(600))))


def hooked() -> Play:
    play = begun(program(task("a"), hooks=["on_success"]))
    play.ok()
    return play


def undo_in_backoff() -> Play:
    play = brought_to(ExecutionStatus.COMPENSATING)
    play.report(BUSY)
    return play


def unrendered() -> Play:
    """The undo needs an answer that nobody has."""
    wanting = undo("undo-pay", reads=Read("nodes", "pay", "output", "id"))
    play = begun(program(task("pay", compensation=wanting, on_unknown=OnUnknown.COMPENSATE)))
    play.report(BROKEN)
    return play


def undo_held() -> Play:
    """Paused while the first of two undos was out, which has ended since."""
    play = begun(program(undone_task("a"), undone_task("b"), task("c")))
    play.ok()
    play.ok()
    play.report(REFUSED)
    play.pause()
    play.ok()
    return play


def backing_off() -> Play:
    play = brought_to(ExecutionStatus.RUNNING)
    play.report(BUSY)
    return play


def closing() -> Play:
    play = brought_to(ExecutionStatus.RUNNING)
    play.cancel()
    return play


def closing_parent() -> Play:
    play = parent()
    play.do(CancelExecution(actor=ACTOR))
    return play


def held_by_engine() -> Play:
    play = brought_to(ExecutionStatus.RUNNING)
    play.do(PauseExecution(reason="commit_refused", actor="engine"))
    return play


def paused_at_a_step() -> Play:
    """Paused while the call of the first of two tasks was out, which is answered since."""
    play = begun(program(task("a"), task("b")))
    play.pause()
    play.ok()
    return play


def paused(play: Play) -> Play:
    play.pause()
    return play


SITUATIONS: dict[str, tuple[Callable[[], Play], list[tuple[str, str | None]]]] = {
    "a start put off": (lambda: brought_to(ExecutionStatus.PENDING), [("scheduled", None)]),
    "a call is out": (lambda: brought_to(ExecutionStatus.RUNNING), [("in_flight", "reserve")]),
    "a call is tried again": (backing_off, [("backoff", "reserve")]),
    "a timer": (lambda: brought_to(ExecutionStatus.WAITING), [("sleeping", "rest")]),
    "a person holds it": (
        lambda: brought_to(ExecutionStatus.PAUSED),
        [("paused", None), ("in_flight", "reserve")],
    ),
    "the engine holds it": (held_by_engine, [("paused", None), ("in_flight", "reserve")]),
    "a step is held": (paused_at_a_step, [("paused", None), ("ready", None)]),
    "a timer is held": (
        lambda: paused(brought_to(ExecutionStatus.WAITING)),
        [("paused", None), ("sleeping", "rest")],
    ),
    "an undo is out": (lambda: brought_to(ExecutionStatus.COMPENSATING), [("compensating", "reserve")]),
    "an undo is tried again": (undo_in_backoff, [("backoff", "reserve")]),
    "the next undo is held": (undo_held, [("paused", None), ("compensating", "a")]),
    "an undo is given up": (lambda: brought_to(ExecutionStatus.STUCK), [("stuck", "reserve")]),
    "an undo lacks an answer": (unrendered, [("stuck", "pay")]),
    "it has completed": (lambda: brought_to(ExecutionStatus.COMPLETED), [("ended", None)]),
    "it has failed": (lambda: brought_to(ExecutionStatus.FAILED), [("ended", None)]),
    "it was cancelled": (lambda: brought_to(ExecutionStatus.CANCELLED), [("ended", None)]),
    "it was terminated": (lambda: brought_to(ExecutionStatus.TERMINATED), [("ended", None)]),
    "a call is drained": (closing, [("draining", "reserve")]),
    "a hook is out": (hooked, [("in_flight", None)]),
    "one signal": (lambda: waiting("go"), [("waiting_signal", "wait")]),
    "any of several signals": (
        lambda: waiting("yes", "no", mode=WaitMode.ANY),
        [("waiting_signal", "wait")],
    ),
    "the rest of several signals": (
        lambda: signalled(waiting("a", "b", "c", mode=WaitMode.ALL), "b"),
        [("waiting_signal", "wait")],
    ),
    "a number of signals": (lambda: signalled(waiting("go", count=3), "go"), [("waiting_signal", "wait")]),
    "a trigger is out": (lambda: begun(program(async_task())), [("in_flight", "pix")]),
    "a callback": (triggered, [("waiting_callback", "pix")]),
    "a probe is out": (probed, [("in_flight", "pay")]),
    "an unknown outcome": (unresolved, [("paused", None), ("unknown_outcome", "pay")]),
    "the definition of a child": (
        lambda: begun(program(child("ship", "shipping"))),
        [("in_flight", "ship")],
    ),
    "a child": (parent, [("waiting_child", "ship")]),
    "a child is drained": (closing_parent, [("draining", "ship")]),
    "two branches": (fanned, [("in_flight", "a"), ("sleeping", "nap")]),
    "a loser at the end": (raced, [("joining_trailing", None), ("draining", "slow")]),
    "a loser on the way": (
        lambda: raced(sleep("nap", MINUTE)),
        [("sleeping", "nap"), ("draining", "slow")],
    ),
    "items wait for items": (
        listed,
        [("held_by_bound", "all"), ("in_flight", "one[0]"), ("in_flight", "one[1]")],
    ),
    "items that stop": (lambda: answered(listed(), "one[1]", REFUSED), [("draining", "one[0]")]),
    "a long decision goes on": (long_decision, [("ready", None)]),
    "a step is held beside a loser": (
        lambda: answered(paused(raced(task("b"), task("c"))), "b", Ok()),
        [("paused", None), ("ready", None), ("draining", "slow")],
    ),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_each_situation_is_told_by_code_and_path(name: str) -> None:
    bring, expected = SITUATIONS[name]
    assert [(reason.code.value, reason.path) for reason in told(bring())] == expected


def test_the_reference_has_every_code_and_a_situation_for_each() -> None:
    described = re.findall(r"^\| `(\w+)` \|", REFERENCE.read_text("utf-8"), re.MULTILINE)
    assert described == [code.value for code in ReasonCode]
    assert {code for _, expected in SITUATIONS.values() for code, _ in expected} == set(described)


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_reason_holds_only_details_that_the_reference_names(name: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\|([^|]*)\|$", REFERENCE.read_text("utf-8"), re.MULTILINE))
    calls = set(re.findall(r"`(\w+)`", rows["in_flight"]))
    for reason in told(SITUATIONS[name][0]()):
        named = set(re.findall(r"`(\w+)`", rows[reason.code]))
        if "as `in_flight`" in rows[reason.code] or "the same" in rows[reason.code]:
            named |= calls
        assert set(reason.detail) <= named
        assert reason.message
        assert msgspec.json.encode(reason)


def wakes_at(play: Play) -> Instant | None:
    return play.wakes_at()


@pytest.mark.parametrize(
    "name",
    [
        "a start put off",
        "a call is tried again",
        "a timer",
        "an undo is tried again",
        "a callback",
    ],
)
def test_what_ends_by_itself_says_when(name: str) -> None:
    play = SITUATIONS[name][0]()
    assert only(play).until == wakes_at(play)
    assert play.wakes_at() is not None


def test_a_call_says_since_when_it_is_out_and_until_when_at_most() -> None:
    play = brought_to(ExecutionStatus.RUNNING)
    reason = only(play)
    since = format_instant(BEGIN)
    assert reason.message == f"attempt 1 of 3 of `reserve`, out since {since}, has not been answered"
    assert reason.until == BEGIN + 10_000
    assert reason.detail == {"attempt": 1, "attempts_max": 3, "request": "handler", "since": since}


def test_a_backoff_says_what_went_wrong_and_that_it_can_be_ended() -> None:
    reason = only(backing_off())
    assert reason.detail["error"] == {"code": "http_503", "message": "busy"}
    assert reason.detail["attempt"] == 2
    assert reason.message.startswith("attempt 1 of `reserve` ended with `http_503`; attempt 2 begins at ")
    assert reason.message.endswith("`wake` ends the wait now")
    assert "wake" not in only(undo_in_backoff()).message


def test_who_paused_and_what_lets_it_go_on_is_told() -> None:
    by_a_person = of(brought_to(ExecutionStatus.PAUSED), ReasonCode.PAUSED)
    assert by_a_person.detail == {"actor": ACTOR, "reason": "operator"}
    assert "`resume`" in by_a_person.message
    by_the_engine = of(held_by_engine(), ReasonCode.PAUSED)
    assert by_the_engine.detail == {"actor": "engine", "reason": "commit_refused"}
    assert "`resolve`" in of(unresolved(), ReasonCode.PAUSED).message


def test_a_timer_that_a_pause_has_held_beyond_its_time_is_due_on_resume() -> None:
    play = paused(brought_to(ExecutionStatus.WAITING))
    assert of(play, ReasonCode.SLEEPING).message.endswith(", if the execution is resumed by then")
    play.pass_time(MINUTE)
    assert of(play, ReasonCode.SLEEPING).message == "`rest` sleeps and wakes when the execution is resumed"


def test_the_node_that_a_pause_holds_beside_a_loser_is_named() -> None:
    play = answered(paused(raced(task("b"), task("c"))), "b", Ok())
    assert of(play, ReasonCode.READY).message == "`c` goes on when the execution is resumed"


def test_items_that_stop_are_not_said_to_wait_for_room() -> None:
    play = answered(listed(), "one[1]", REFUSED)
    assert only(play).message.startswith("`one[0]` was told to stop: the end of attempt 1 of 3")


def test_a_way_back_into_a_race_says_that_it_waits_for_the_loser() -> None:
    """A race, and a way back to it; the call of its loser is out."""
    bodies = {"r/slow": [task("slow")], "r/fast": [sleep("s", 10)]}
    back = switch("again", case(Constant(True), next_="r"))
    play = begun(program(race("r", "slow", "fast"), back, bodies=bodies))
    play.wake()
    reason = of(play, ReasonCode.JOINING_TRAILING)
    assert reason.message == "on the way back to `r`: it waits for what trails and is to close (1)"
    assert [reason.code.value for reason in told(play)] == ["joining_trailing", "draining"]


def test_a_timer_that_is_due_is_due_now() -> None:
    play = brought_to(ExecutionStatus.WAITING)
    play.pass_time(MINUTE)
    assert only(play).message.startswith("`rest` sleeps and wakes now")


@pytest.mark.parametrize(
    ("name", "asked", "detail"),
    [
        ("one signal", "send the signal `go`", {"signals": ["go"], "mode": "one", "taken": 0}),
        (
            "any of several signals",
            "send one of the signals `yes`, `no`",
            {"signals": ["yes", "no"], "mode": "any", "taken": 0},
        ),
        (
            "the rest of several signals",
            "send the signals `a`, `c`",
            {"signals": ["a", "c"], "mode": "all", "taken": 1},
        ),
        (
            "a number of signals",
            "send the signal `go` 2 times more",
            {"signals": ["go"], "mode": "one", "taken": 1, "count": 3},
        ),
    ],
)
def test_a_wait_says_what_to_send(name: str, asked: str, detail: Json) -> None:
    reason = only(SITUATIONS[name][0]())
    assert reason.message == f"`wait` waits: {asked}"
    assert reason.detail == detail
    assert reason.until is None


def test_a_wait_with_a_timeout_says_when_it_is_over() -> None:
    play = waiting("go", timeout_ms=MINUTE)
    assert only(play).until == BEGIN + MINUTE


def test_a_stuck_undo_says_why_and_what_can_be_done() -> None:
    reason = only(brought_to(ExecutionStatus.STUCK))
    assert reason.detail == {"attempt": 1, "error": {"code": "http_400", "message": "refused"}}
    assert reason.message == (
        "the undo of `reserve` was given up after 1 call: `retry` it, or "
        "with a reason `skip` or `accept` it (http_400: refused)"
    )


def test_calls_that_a_person_granted_are_told_with_the_others() -> None:
    play = brought_to(ExecutionStatus.STUCK)
    play.retry_undo("reserve")
    reason = only(play)
    assert reason.message.startswith("attempt 2 of 4 of the undo of `reserve`")
    assert reason.detail["attempts_max"] == 4


def test_the_undo_for_unknown_is_told_by_its_own_retry_rules() -> None:
    by_key = plan("refund-by-key", retry=RetryPolicy(max_attempts=7))
    wanting = undo("refund", reads=Read("nodes", "pay", "output", "id"), unknown=by_key)
    play = begun(program(task("pay", compensation=wanting, on_unknown=OnUnknown.COMPENSATE)))
    play.report(BROKEN)
    assert only(play).message.startswith("attempt 1 of 7 of the undo of `pay`")


def test_a_wake_is_not_offered_to_what_a_shield_finishes_while_the_execution_stops() -> None:
    play = begun(program(shield("s"), bodies={"s/body": [sleep("nap", MINUTE)]}))
    assert only(play).message.endswith("; `wake` ends the wait now")
    play.cancel()
    assert "wake`" not in only(play).message


def test_an_undo_without_a_request_says_what_it_lacks() -> None:
    reason = only(unrendered())
    assert reason.detail["error"]["code"] == "compensation_needs_response"
    assert reason.message.startswith("the undo of `pay` cannot be asked for: with a reason `skip`")


def test_an_unknown_outcome_says_what_is_not_known() -> None:
    reason = of(unresolved(), ReasonCode.UNKNOWN_OUTCOME)
    assert reason.detail["attempt"] == 1
    assert reason.detail["error"]["code"] == "connection"
    assert "`resolve` it as `done` or `not_done`" in reason.message


def test_a_child_is_named() -> None:
    play = parent()
    assert only(play).detail["child"] in only(play).message
    assert only(closing_parent()).detail == only(play).detail


def test_an_each_says_how_many_items_wait() -> None:
    play = listed()
    detail = of(play, ReasonCode.HELD_BY_BOUND).detail
    assert detail == {"bound": "concurrency", "limit": 2, "waiting": 3}
    for number in range(3):
        report(play, f"one[{number}]", Ok())
    assert ReasonCode.HELD_BY_BOUND not in {reason.code for reason in told(play)}


def test_a_loser_that_closes_beside_an_each_is_not_one_of_its_items() -> None:
    bodies = {"r/quick": [task("quick")], "r/slow": [task("slow")], "all/item": [task("one")]}
    all_ = each("all", Constant([1, 2, 3]), concurrency=2)
    play = answered(begun(program(race("r", "quick", "slow"), all_, bodies=bodies)), "quick", Ok())
    reason = of(play, ReasonCode.HELD_BY_BOUND)
    assert reason.detail == {"bound": "concurrency", "limit": 2, "waiting": 1}
    assert reason.message == "1 items of `all` wait for 2 that run: `concurrency` is 2"


def test_items_that_stand_from_an_earlier_run_are_not_said_to_wait() -> None:
    """The first three items were undone and are run again; the fourth stands, the fifth has failed."""
    held = task("held", when=Read("item"), compensation=undo("undo-held"))
    all_ = each("all", Constant([True, True, True, False, False]), concurrency=1)
    play = begun(program(all_, bodies={"all/item": [held, task("one")]}))
    for number in range(5):
        if number < 3:
            play.ok()
        play.report(REFUSED if number == 4 else Ok())
    while play.flights():
        play.ok()
    play.retry()
    assert [flight.node for flight in play.flights()] == ["held[0]~2"]
    assert of(play, ReasonCode.HELD_BY_BOUND).detail["waiting"] == 3


def test_a_failure_is_told_with_the_way_to_another_run() -> None:
    reason = only(brought_to(ExecutionStatus.FAILED))
    assert reason.message == "the execution has failed with `http_400`: `retry` begins another run"
    assert reason.detail["status"] == "failed"
    assert reason.detail["ended_at"] is not None


def test_a_failure_that_a_parent_has_taken_is_not_retried_here() -> None:
    play = brought_to(ExecutionStatus.FAILED)
    above = ParentRef(id=ExecutionId("above"), path=VisitPath("ship"), activity=ActivityId(3))
    below = msgspec.structs.replace(play.execution, parent=above)
    (reason,) = explain(play.program, below, play.now)
    assert reason.message.endswith("the execution above, which started it, has taken the failure")


def test_items_that_find_no_room_for_their_frames_say_so() -> None:
    play = listed()
    (frame,) = [frame for frame in play.execution.frames.values() if frame.joining is not None]
    held = msgspec.structs.replace(frame, children=1)
    state = msgspec.structs.replace(play.execution, frames=put(play.execution.frames, frame.id, held))
    reason = explain(play.program, state, play.now, bounds=ExecutionBounds(frames=3))[0]
    assert reason.detail == {"bound": "frames", "limit": 3, "waiting": 3}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_can_be_explained(seed: int) -> None:
    world = simulate(seed)
    state: Execution | None = None
    for event in world.history:
        state = evolve(state, event)
        for reason in explain(world.program, state, state.updated_at):
            assert reason.message


def test_every_moment_of_an_execution_can_be_explained() -> None:
    play = begun(SAGA)
    seen = {reason.code for reason in told(play)}
    play.ok()
    play.wake()
    play.report(REFUSED)
    while play.flights():
        play.report(BUSY)
        seen |= {reason.code for reason in told(play)}
        if play.wakes_at() is not None:
            play.wake()
    assert play.status is ExecutionStatus.STUCK
    assert {ReasonCode.BACKOFF, ReasonCode.STUCK} <= seen
