"""Paused: what is in flight is recorded, nothing new starts, what fell due meanwhile happens on resume."""

import pytest

from tests.core.told import told, told_with_paths
from treadle.core.decide import decide
from treadle.model.commands import CancelExecution, Continue, PauseExecution
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Invocation
from treadle.model.execution import ExecutionStatus, Phase
from treadle.model.ids import Instant
from treadle.model.outcomes import Ok, Outcome
from treadle.model.policies import RetryPolicy
from treadle.testing.builders import program, sleep, task, undone_task
from treadle.testing.composites import parallel, wait
from treadle.testing.playing import ACTOR, BEGIN, BROKEN, BUSY, LOST, REFUSED, Play, begun, start_of

SLOW = RetryPolicy(jitter=0.0, initial_ms=5_000)


def paused(play: Play) -> Play:
    play.pause()
    assert play.status is ExecutionStatus.PAUSED
    assert play.execution.reason == "operator"
    return play


@pytest.mark.parametrize(
    ("end", "events"),
    [
        (Ok(), "ActivityCompleted CompensationArmed NodeCompleted"),
        (BUSY, "ActivityFailed RetryScheduled"),
        (REFUSED, "ActivityFailed NodeFailed"),
        (BROKEN, "ActivityUnknown CompensationArmed RetryScheduled"),
        (LOST, "ActivityUnknown CompensationArmed RetryScheduled"),
    ],
)
def test_what_was_in_flight_is_recorded_and_nothing_starts(end: Outcome, events: str) -> None:
    play = paused(begun(program(undone_task("one"), undone_task("two"))))
    decision = play.report(end)
    assert told(decision) == events
    assert decision.effects == ()
    assert play.status is ExecutionStatus.PAUSED
    play.pass_time(3_600_000)
    assert play.go_on().events == ()
    assert play.flights() == []


@pytest.mark.parametrize(
    ("end", "events", "node"),
    [
        (Ok(), "ExecutionResumed NodeEntered CompensationRegistered ActivityStarted", "two"),
        (BUSY, "ExecutionResumed ActivityStarted", "one"),
        (BROKEN, "ExecutionResumed ActivityStarted", "one"),
        (LOST, "ExecutionResumed ActivityStarted", "one"),
    ],
)
def test_it_goes_on_where_it_stood(end: Outcome, events: str, node: str) -> None:
    play = paused(begun(program(undone_task("one"), undone_task("two"))))
    play.report(end)
    play.pass_time(3_600_000)
    assert told(play.resume()) == events
    assert play.status is ExecutionStatus.RUNNING
    assert play.execution.reason is None
    assert play.flight().node == node


def test_a_visit_that_failed_while_paused_is_compensated_on_resume() -> None:
    play = begun(program(undone_task("one"), undone_task("two")))
    play.ok()
    paused(play).report(REFUSED)
    assert play.status is ExecutionStatus.PAUSED
    assert told(play.resume()) == "ExecutionResumed CompensationStarted ActivityStarted"
    assert play.status is ExecutionStatus.COMPENSATING


def test_compensation_can_be_held_too() -> None:
    play = begun(program(undone_task("one"), undone_task("two"), undone_task("three")))
    play.ok()
    play.ok()
    play.report(REFUSED)
    paused(play)
    assert told(play.ok()) == "ActivityCompleted CompensationCompleted"
    assert play.status is ExecutionStatus.PAUSED
    assert told_with_paths(play.resume()) == [
        "ExecutionResumed",
        "CompensationStarted one",
        "ActivityStarted one",
    ]
    play.ok()
    assert play.status is ExecutionStatus.FAILED


def test_a_retry_that_is_not_due_on_resume_waits_on() -> None:
    play = paused(begun(program(undone_task("one", SLOW))))
    play.report(BUSY)
    assert play.wakes_at() is None
    play.pass_time(4_999)
    assert told(play.resume()) == "ExecutionResumed"
    assert play.status is ExecutionStatus.RUNNING
    assert play.wakes_at() == BEGIN + 5_000


def test_a_sleep_that_is_over_while_paused_ends_on_resume() -> None:
    play = paused(begun(program(sleep("rest", 1_000), task("one"))))
    play.pass_time(60_000)
    assert play.go_on().events == ()
    assert told(play.resume()) == "ExecutionResumed TimerFired NodeCompleted NodeEntered ActivityStarted"
    assert play.execution.visits["rest"].output == {"slept_until": "2023-11-14T22:13:21.000Z"}


def test_a_start_that_fell_due_while_paused_happens_on_resume() -> None:
    play = Play(program(task("one")))
    play.start(start_at=Instant(BEGIN + 1_000))
    paused(play)
    play.pass_time(1_000)
    assert play.go_on().events == ()
    assert told(play.resume()) == "ExecutionResumed TimerFired NodeEntered ActivityStarted"


def test_what_fell_due_while_paused_happens_before_anything_begins() -> None:
    """The time of the wait was over before the resume: its branch fails, and stops the other."""
    bodies = {"p/a": [task("one"), task("two")], "p/b": [wait("go", timeout_ms=1_000)]}
    play = paused(begun(program(parallel("p", "a", "b"), bodies=bodies)))
    play.ok()
    play.pass_time(1_000)
    assert told(play.resume()) == (
        "ExecutionResumed WaitClosed NodeFailed BranchFailed BranchCancelled BranchJoined BranchJoined "
        "NodeFailed ExecutionFailed"
    )
    assert "two" not in play.execution.visits


def test_an_early_resume_leaves_a_start_pending() -> None:
    play = Play(program(task("one")))
    play.start(start_at=Instant(BEGIN + 1_000))
    paused(play)
    assert told(play.resume()) == "ExecutionResumed"
    assert play.status is ExecutionStatus.PENDING
    assert play.wakes_at() == BEGIN + 1_000


def test_what_is_due_at_the_instant_of_the_pause_happens_before_it() -> None:
    play = begun(program(sleep("rest", 1_000), task("one")))
    play.pass_time(1_000)
    assert told(play.pause()) == "TimerFired NodeCompleted ExecutionPaused"
    assert play.flights() == []


def test_the_reason_of_a_pause_is_kept() -> None:
    play = begun(program(task("one")))
    play.do(PauseExecution(actor="engine", reason="crash_loop"))
    assert play.execution.reason == "crash_loop"
    assert play.execution.paused is not None
    assert play.execution.paused.actor == "engine"


def test_a_pause_keeps_no_attempt_from_being_owed() -> None:
    play = begun(program(task("one")))
    flight = play.flight()
    paused(play)
    assert play.flights() == [flight]


def test_cancel_ends_a_pause() -> None:
    play = paused(begun(program(undone_task("one"))))
    assert told(play.cancel()) == "CancelRequested"
    assert play.execution.paused is None
    assert play.execution.frames[1].phase is Phase.CLOSING
    assert told(play.ok()).startswith("ActivityCompleted CompensationArmed NodeCompleted CompensationStarted")


def test_cancel_is_refused_while_paused_once_undoing_has_begun() -> None:
    play = begun(program(undone_task("one"), undone_task("two")))
    play.ok()
    play.report(REFUSED)
    paused(play)
    answer = play.ask(CancelExecution(actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"
    assert answer.message.endswith("its outcome is decided")


class TestHeld:
    """A decision of an engine that is about to stop: recorded, and no further."""

    def test_nothing_due_fires_and_nothing_starts(self) -> None:
        play = begun(program(sleep("rest", 1_000), task("one")))
        play.pass_time(5_000)
        decision = play.do(Continue(), is_held=True)
        assert decision.events == ()
        assert [type(effect).__name__ for effect in decision.effects] == ["Alarm"]

    def test_an_answer_is_recorded_and_the_next_node_is_not_entered(self) -> None:
        play = begun(program(task("one"), task("two")))
        decision = play.report(Ok(), is_held=True)
        assert told(decision) == "ActivityCompleted NodeCompleted"
        assert [type(effect).__name__ for effect in decision.effects] == ["Continuation"]
        assert play.status is ExecutionStatus.RUNNING
        assert told(play.go_on()) == "NodeEntered ActivityStarted"

    def test_a_start_is_recorded_and_stays_pending(self) -> None:
        what = program(task("one"))
        started = begun(what).history[0]
        answer = decide(what, None, start_of(what), BEGIN, is_held=True)
        assert isinstance(answer, Decision)
        assert answer.events == (started,)
        assert not [effect for effect in answer.effects if isinstance(effect, Invocation)]

    def test_a_cancel_that_was_held_drains_what_came_in_between(self) -> None:
        play = begun(program(undone_task("one"), undone_task("two")))
        play.report(Ok(), is_held=True)
        assert told(play.do(CancelExecution(actor=ACTOR), is_held=True)) == "CancelRequested"
        assert told(play.go_on()) == "CompensationStarted ActivityStarted"
