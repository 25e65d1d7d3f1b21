"""An attempt that went with its process: unknown, sent again under the same key, and not counted."""

import pytest
from msgspec.structs import replace

from tests.core.told import told
from treadle.model.commands import ReportOutcome
from treadle.model.effects import Invocation
from treadle.model.execution import AttemptOutcome, CompensationStatus, ExecutionStatus, VisitStatus
from treadle.model.ids import Path
from treadle.model.outcomes import Ok, Unknown
from treadle.model.policies import LOST_MAX, OnUnknown
from treadle.testing.builders import ONCE, Read, awaiting_task, plan, program, task, undo, undone_task
from treadle.testing.playing import BROKEN, BUSY, LOST, REFUSED, Play, begun


def lose(play: Play, times: int) -> None:
    for _ in range(times):
        if not play.flights():
            play.wake()
        play.report(LOST)


def test_it_is_sent_again_as_the_next_attempt_with_the_same_bytes_under_the_same_key() -> None:
    play = begun(program(task("pay", activity=plan("pay", reads=Read("input")))), {"n": 1})
    first = play.flight()
    assert told(play.report(LOST)) == "ActivityUnknown RetryScheduled"
    decision = play.go_on()
    assert told(decision) == "ActivityStarted"
    (again,) = [effect for effect in decision.effects if isinstance(effect, Invocation)]
    assert again == replace(first, activity=again.activity, attempt=2)


def test_it_is_sent_again_at_once() -> None:
    play = begun(program(task("pay")))
    play.report(LOST)
    assert play.wakes_at() == play.now


def test_it_does_not_count_towards_max_attempts() -> None:
    play = begun(program(task("pay", activity=plan("pay", retry=ONCE))))
    lose(play, LOST_MAX - 1)
    play.wake()
    assert play.flight().attempt == LOST_MAX
    play.ok()
    assert play.status is ExecutionStatus.COMPLETED


def test_after_max_lost_it_counts_as_exhausted() -> None:
    play = begun(program(task("pay")))
    lose(play, LOST_MAX)
    failure = play.execution.failure
    assert failure is not None
    assert (failure.code, failure.attempt) == ("lost", LOST_MAX)


def test_lost_and_failed_ones_are_counted_apart() -> None:
    play = begun(program(task("pay")))
    lose(play, 4)
    play.again(BUSY)
    lose(play, 4)
    play.again(BUSY)
    play.again(BUSY)
    assert play.status is ExecutionStatus.FAILED
    assert play.execution.visits["pay"].attempts[-1].number == 11


def test_the_delay_after_it_is_that_of_the_attempts_that_count() -> None:
    play = begun(program(task("pay")))
    lose(play, 3)
    play.again(BUSY)
    assert play.wakes_at() == play.now + 200


def test_it_is_an_unknown_end_and_arms() -> None:
    play = begun(program(undone_task("pay")))
    play.report(LOST)
    assert play.execution.compensations[Path("pay")].status is CompensationStatus.ARMED
    (attempt,) = play.execution.frames[1].activity.attempts
    assert attempt.outcome is AttemptOutcome.LOST


def test_what_was_armed_by_it_is_undone_although_the_re_send_failed() -> None:
    play = begun(program(undone_task("pay")))
    play.report(LOST)
    play.again(REFUSED)
    assert play.flight().compensates is not None


@pytest.mark.parametrize(
    ("on_unknown", "visit"),
    [
        (OnUnknown.RETRY, VisitStatus.RUNNING),
        (OnUnknown.PAUSE, VisitStatus.UNKNOWN),
        (OnUnknown.COMPENSATE, VisitStatus.FAILED),
        (OnUnknown.FAIL, VisitStatus.FAILED),
    ],
)
def test_on_unknown_is_asked(on_unknown: OnUnknown, visit: VisitStatus) -> None:
    play = begun(program(task("pay", on_unknown=on_unknown)))
    play.report(LOST)
    assert play.execution.visits["pay"].status is visit


def test_retry_on_is_not_asked() -> None:
    """It says nothing about the service."""
    never = replace(ONCE, on=())
    play = begun(program(task("pay", activity=plan("pay", retry=never))))
    play.report(LOST)
    assert play.status is ExecutionStatus.RUNNING


def test_a_lost_undo_is_sent_again_and_does_not_count() -> None:
    first = task("pay", compensation=undo("undo-pay", retry=ONCE))
    play = begun(program(first, task("next")))
    play.ok()
    play.report(REFUSED)
    key = play.flight().key
    lose(play, LOST_MAX - 1)
    play.wake()
    assert play.flight().key == key
    play.ok()
    assert play.status is ExecutionStatus.FAILED


def test_an_undo_that_is_lost_too_often_is_exhausted_and_can_be_retried() -> None:
    play = begun(program(undone_task("pay"), task("next")))
    play.ok()
    play.report(REFUSED)
    lose(play, LOST_MAX)
    assert play.status is ExecutionStatus.STUCK
    play.retry_undo("pay")
    lose(play, LOST_MAX - 1)
    assert play.status is ExecutionStatus.COMPENSATING


def test_a_lost_hook_is_sent_again() -> None:
    play = begun(program(task("pay"), hooks=["on_success"]))
    play.ok()
    play.report(LOST)
    play.wake()
    assert play.flight().attempt == 2


def test_while_closing_it_is_not_sent_again() -> None:
    play = begun(program(undone_task("pay")))
    play.cancel()
    play.report(LOST)
    assert play.flight().compensates is not None


def test_while_paused_it_is_recorded_and_sent_again_on_resume() -> None:
    play = begun(program(task("pay")))
    play.pause()
    assert told(play.report(LOST)) == "ActivityUnknown RetryScheduled"
    assert play.go_on().events == ()
    assert told(play.resume()) == "ExecutionResumed ActivityStarted"


def test_a_trigger_whose_callback_is_awaited_cannot_be_lost_any_more() -> None:
    play = begun(program(awaiting_task("ship")))
    play.ok()
    assert play.flights() == []
    assert play.status is ExecutionStatus.WAITING


def test_a_timeout_and_a_broken_connection_count() -> None:
    play = begun(program(task("pay", activity=plan("pay", retry=ONCE))))
    play.report(BROKEN)
    assert play.status is ExecutionStatus.FAILED


def test_an_answer_that_comes_after_all_is_refused() -> None:
    play = begun(program(task("pay")))
    first = play.flight()
    play.report(LOST)
    play.wake()
    with pytest.raises(AssertionError, match="activity_ended"):
        play.do(report_of(first, Ok()))
    with pytest.raises(AssertionError, match="activity_ended"):
        play.do(report_of(first, Unknown(code="lost", message="again", is_lost=True)))


def report_of(flight: Invocation, end: Ok | Unknown) -> ReportOutcome:
    return ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=end)
