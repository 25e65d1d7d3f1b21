"""Deadlines: of an execution an instant or a duration, of a visit a duration; they pass, fired or not."""

import pytest
from msgspec.structs import replace

from tests.core.told import told, told_with_paths
from treadle.model.commands import CancelExecution, PassDeadline
from treadle.model.decision import Refused
from treadle.model.events import DeadlinePassed
from treadle.model.execution import (
    CompensationStatus,
    ExecutionStatus,
    Failure,
    FailureKind,
    Phase,
    VisitStatus,
)
from treadle.model.ids import Instant, Path
from treadle.model.outcomes import Ok
from treadle.model.program import ProgramNode
from treadle.testing.builders import (
    Constant,
    awaiting_task,
    case,
    plan,
    program,
    sleep,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.composites import parallel, race, shield, wait
from treadle.testing.playing import ACTOR, BEGIN, BROKEN, BUSY, REFUSED, Play, begun, start_of

LIMIT = 5_000


def limited(*steps: ProgramNode, **more: object) -> Play:
    """A play with a deadline of its own."""
    return begun(program(*steps, deadline_ms=LIMIT, **more))


def failure_of(play: Play, path: str | None = None) -> Failure:
    found = play.execution.failure if path is None else play.execution.visits[path].failure
    assert found is not None
    return found


class TestOfTheExecution:
    def test_a_duration_counts_from_the_creation(self) -> None:
        play = limited(wait("go"))
        assert play.wakes_at() == BEGIN + LIMIT

    def test_a_duration_counts_from_start_at_if_that_is_given(self) -> None:
        play = Play(program(wait("go"), deadline_ms=LIMIT))
        play.start(start_at=Instant(BEGIN + 1_000))
        play.wake()
        assert play.wakes_at() == BEGIN + 1_000 + LIMIT

    def test_a_start_at_that_has_passed_does_not_shorten_it(self) -> None:
        play = Play(program(wait("go"), deadline_ms=LIMIT))
        play.start(start_at=Instant(BEGIN - 60_000))
        assert play.wakes_at() == BEGIN + LIMIT

    @pytest.mark.parametrize("own", [None, LIMIT])
    def test_that_of_the_start_replaces_that_of_the_definition(self, own: int | None) -> None:
        what = program(wait("go"), deadline_ms=own)
        play = Play(what)
        play.do(replace(start_of(what), deadline_ms=700))
        assert play.wakes_at() == BEGIN + 700
        play = Play(what)
        play.do(replace(start_of(what), deadline_at=Instant(BEGIN + 90_000)))
        assert play.wakes_at() == BEGIN + 90_000

    def test_it_is_as_a_cancel_and_ends_failed(self) -> None:
        play = limited(undone_task("one"), sleep("rest", 60_000))
        play.ok()
        decision = play.wake()
        assert told(decision) == "DeadlinePassed NodeCancelled CompensationStarted ActivityStarted"
        assert play.status is ExecutionStatus.COMPENSATING
        play.ok()
        assert play.status is ExecutionStatus.FAILED
        failure = failure_of(play)
        assert (failure.kind, failure.code, failure.path) == (FailureKind.TIMEOUT, "deadline", None)

    def test_it_ends_with_on_failure(self) -> None:
        play = limited(wait("go"), hooks=["on_success", "on_failure", "on_cancel"])
        play.wake()
        assert play.flight().node == "$on_failure"

    def test_what_is_in_flight_is_awaited_and_undone(self) -> None:
        play = limited(undone_task("one"), task("two"))
        assert told(play.wake()) == "DeadlinePassed"
        assert play.execution.frames[1].phase is Phase.CLOSING
        play.ok(1)
        assert play.execution.visits["one"].status is VisitStatus.COMPLETED
        assert play.flight().compensates is not None

    def test_while_pending_it_passes_too(self) -> None:
        what = program(task("one"))
        play = Play(what)
        play.do(replace(start_of(what, start_at=Instant(BEGIN + 10_000)), deadline_at=Instant(BEGIN + 1_000)))
        assert told(play.wake()) == "DeadlinePassed ExecutionFailed"

    def test_an_answer_at_its_instant_is_late(self) -> None:
        play = limited(task("one"), task("two"))
        play.pass_time(LIMIT)
        assert told(play.ok()) == "DeadlinePassed ActivityCompleted NodeCompleted ExecutionFailed"

    def test_it_passes_once(self) -> None:
        play = limited(task("one"))
        play.wake()
        assert play.wakes_at() is None
        assert play.go_on().events == ()

    def test_it_ends_a_pause_at_once(self) -> None:
        play = limited(wait("go"))
        play.pause()
        assert play.wakes_at() == BEGIN + LIMIT
        assert told(play.wake()) == "DeadlinePassed NodeCancelled ExecutionFailed"
        assert play.execution.paused is None

    def test_a_pause_does_not_put_it_off(self) -> None:
        play = limited(wait("go"))
        play.pause()
        play.pass_time(LIMIT - 1)
        play.resume()
        assert play.wakes_at() == BEGIN + LIMIT

    def test_it_does_not_touch_what_was_cancelled(self) -> None:
        play = limited(undone_task("one"), wait("go"))
        play.ok()
        play.cancel()
        play.pass_time(LIMIT)
        play.ok()
        assert play.status is ExecutionStatus.CANCELLED

    def test_it_does_not_touch_compensation(self) -> None:
        play = limited(undone_task("one"), task("two"))
        play.ok()
        play.report(REFUSED)
        assert play.wakes_at() is None
        play.pass_time(LIMIT)
        play.ok()
        assert failure_of(play).code == "http_400"

    @pytest.mark.parametrize(
        ("hook", "status"),
        [("on_success", ExecutionStatus.COMPLETED), ("on_failure", ExecutionStatus.FAILED)],
    )
    def test_it_does_not_touch_a_hook(self, hook: str, status: ExecutionStatus) -> None:
        play = limited(task("one"), hooks={hook: plan("note")})
        play.report(Ok() if hook == "on_success" else REFUSED)
        assert play.wakes_at() is None
        play.pass_time(LIMIT)
        assert play.go_on().events == ()
        play.ok()
        assert play.status is status
        assert status is ExecutionStatus.COMPLETED or failure_of(play).code == "http_400"

    def test_a_cancel_after_it_is_refused(self) -> None:
        play = limited(task("one"))
        play.wake()
        answer = play.ask(CancelExecution(actor=ACTOR))
        assert isinstance(answer, Refused)
        assert answer.code == "invalid_transition"

    def test_a_shield_is_finished_first(self) -> None:
        play = limited(shield("s"), task("after"), bodies={"s/body": (task("one"), task("two"))})
        play.wake()
        play.ok()
        assert play.flight().node == "two"
        play.ok()
        assert failure_of(play).code == "deadline"


class TestOfALaterRun:
    def failed(self, **deadline: Instant | int) -> Play:
        what = program(task("one"), wait("go"))
        play = Play(what)
        play.do(replace(start_of(what), **deadline))
        play.pass_time(1_000)
        play.report(REFUSED)
        return play

    def test_a_duration_begins_anew(self) -> None:
        play = self.failed(deadline_ms=LIMIT)
        play.pass_time(60_000)
        play.retry()
        assert play.wakes_at() == play.now + LIMIT

    def test_an_instant_that_has_passed_is_dropped(self) -> None:
        play = self.failed(deadline_at=Instant(BEGIN + LIMIT))
        play.pass_time(60_000)
        play.retry()
        assert play.wakes_at() is None
        play.ok()
        assert play.status is ExecutionStatus.WAITING

    def test_an_instant_that_is_to_come_stays(self) -> None:
        play = self.failed(deadline_at=Instant(BEGIN + LIMIT))
        play.retry()
        assert play.wakes_at() == BEGIN + LIMIT

    def test_one_that_ended_by_its_deadline_can_be_retried(self) -> None:
        play = limited(wait("go"))
        play.wake()
        play.retry()
        assert play.status is ExecutionStatus.WAITING
        assert play.wakes_at() == play.now + LIMIT


class TestOfAVisit:
    def test_it_counts_from_the_entry(self) -> None:
        play = begun(program(task("one"), wait("go", deadline_ms=LIMIT)))
        play.pass_time(1_000)
        play.ok()
        assert play.wakes_at() == BEGIN + 1_000 + LIMIT

    @pytest.mark.parametrize(
        ("node", "is_in_flight"),
        [
            (sleep("slow", 60_000), False),
            (wait("slow"), False),
            (task("slow"), True),
        ],
    )
    def test_the_visit_fails_and_with_it_its_body(self, node: ProgramNode, is_in_flight: bool) -> None:
        play = begun(program(undone_task("one"), replace(node, deadline_ms=LIMIT), task("next")))
        play.ok()
        decision = play.wake()
        assert told_with_paths(decision)[0] == "DeadlinePassed slow"
        if is_in_flight:
            assert decision.effects == ()
            play.report(BUSY)
        failure = failure_of(play, "slow")
        assert (failure.kind, failure.code, failure.path) == (FailureKind.TIMEOUT, "deadline", "slow")
        assert play.flight().node == "one"

    def test_the_failure_names_the_attempt(self) -> None:
        play = begun(program(task("slow", deadline_ms=LIMIT)))
        play.report(BUSY)
        play.wake()
        play.wake()
        play.report(BUSY)
        assert (failure_of(play).attempt, failure_of(play).code) == (2, "deadline")

    def test_back_off_is_part_of_it(self) -> None:
        play = begun(program(task("slow", deadline_ms=150)))
        play.report(BUSY)
        assert play.wakes_at() == BEGIN + 150
        assert told(play.wake()) == "DeadlinePassed NodeFailed ExecutionFailed"

    def test_an_attempt_that_ends_ok_after_it_is_kept_and_undone(self) -> None:
        play = begun(program(task("slow", compensation=undo("undo-slow"), deadline_ms=LIMIT), task("next")))
        play.wake()
        play.ok(1)
        visit = play.execution.visits["slow"]
        assert (visit.status, visit.output) == (VisitStatus.COMPLETED, 1)
        assert play.flight().node == "slow"
        play.ok()
        assert failure_of(play).code == "deadline"
        assert "next" not in play.execution.visits

    def test_an_answer_past_it_is_late_even_if_the_timer_has_not_fired(self) -> None:
        play = begun(program(task("slow", deadline_ms=LIMIT)))
        play.pass_time(LIMIT)
        assert told(play.ok()) == "DeadlinePassed ActivityCompleted NodeCompleted ExecutionFailed"

    def test_an_answer_before_it_is_not(self) -> None:
        play = begun(program(task("slow", deadline_ms=LIMIT)))
        play.pass_time(LIMIT - 1)
        play.ok()
        assert play.status is ExecutionStatus.COMPLETED

    def test_it_goes_with_the_visit(self) -> None:
        play = begun(program(task("slow", deadline_ms=LIMIT), wait("go")))
        play.ok()
        assert play.wakes_at() is None

    def test_a_deadline_goes_before_the_timer_that_is_due_with_it(self) -> None:
        play = begun(program(sleep("slow", LIMIT)))
        assert told(play.wake()).startswith("TimerFired")
        play = begun(program(replace(sleep("slow", LIMIT), deadline_ms=LIMIT)))
        assert told(play.wake()) == "DeadlinePassed NodeFailed ExecutionFailed"

    def test_an_async_wait_closes_as_unknown(self) -> None:
        play = begun(program(awaiting_task("slow", compensation=undo("undo-slow"), deadline_ms=LIMIT)))
        play.ok()
        assert told(play.wake()) == (
            "DeadlinePassed ActivityUnknown CompensationArmed NodeFailed CompensationStarted ActivityStarted"
        )
        assert failure_of(play, "slow").code == "deadline"

    def test_a_composite_stops_its_branches(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b", deadline_ms=LIMIT),
                bodies={"p/a": (undone_task("one"), wait("go")), "p/b": (sleep("rest", 60_000),)},
            )
        )
        play.ok()
        play.wake()
        assert play.execution.visits["rest"].status is VisitStatus.CANCELLED
        assert play.execution.visits["go"].status is VisitStatus.CANCELLED
        play.ok()
        assert (failure_of(play).code, failure_of(play).path) == ("deadline", "p")

    def test_the_branch_that_it_fails_stops_the_others(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={"p/a": (wait("slow", deadline_ms=LIMIT),), "p/b": (sleep("rest", 60_000),)},
            )
        )
        play.wake()
        assert play.status is ExecutionStatus.FAILED
        assert play.execution.visits["rest"].status is VisitStatus.CANCELLED

    def test_an_inner_one_does_not_reach_what_is_outside(self) -> None:
        play = begun(
            program(
                race("r", "a", "b"),
                bodies={"r/a": (wait("slow", deadline_ms=LIMIT),), "r/b": (task("other"),)},
            )
        )
        play.wake()
        play.ok()
        assert play.status is ExecutionStatus.COMPLETED

    def test_it_does_not_touch_the_undo_of_its_body(self) -> None:
        play = begun(
            program(
                switch("s", case(Constant(True), "a")),
                bodies={"a": (undone_task("one"), task("two"))},
            )
        )
        play.ok()
        play.report(REFUSED)
        assert play.flight().node == "one"
        assert play.wakes_at() is None


class TestWhilePaused:
    def test_a_visit_s_deadline_acts_at_once(self) -> None:
        play = begun(program(undone_task("one"), wait("slow", deadline_ms=LIMIT)))
        play.ok()
        play.pause()
        assert play.wakes_at() == BEGIN + LIMIT
        assert told(play.wake()) == "DeadlinePassed NodeFailed"
        assert play.status is ExecutionStatus.PAUSED
        assert told(play.resume()) == "ExecutionResumed CompensationStarted ActivityStarted"

    def test_what_is_in_flight_is_told(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b", deadline_ms=LIMIT),
                bodies={"p/a": (undone_task("one"),), "p/b": (sleep("rest", 60_000),)},
            )
        )
        play.pause()
        play.wake()
        assert play.execution.visits["rest"].status is VisitStatus.CANCELLED
        play.report(BUSY)
        assert play.execution.visits["one"].status is VisitStatus.CANCELLED

    def test_a_callback_after_it_is_late(self) -> None:
        play = begun(program(awaiting_task("slow", compensation=undo("undo-slow"), deadline_ms=LIMIT)))
        activity = play.flight().activity
        play.ok()
        play.pause()
        play.wake()
        assert play.execution.compensations[Path("slow")].status is CompensationStatus.ARMED
        with pytest.raises(AssertionError, match="not_waiting"):
            play.deliver(activity, 1)

    def test_what_has_ended_before_it_has_ended_in_time(self) -> None:
        """The winner's answer was recorded in the pause, before the deadline of the race passed."""
        play = begun(
            program(
                race("r", "a", "b", deadline_ms=LIMIT),
                task("next"),
                bodies={"r/a": (task("one"),), "r/b": (wait("go"),)},
            )
        )
        play.pause()
        play.ok(1)
        play.pass_time(LIMIT)
        play.go_on()
        play.resume()
        assert play.execution.visits["r"].output == {"winner": "a", "value": 1}
        assert play.flight().node == "next"

    def test_nothing_begins(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b", deadline_ms=LIMIT),
                bodies={"p/a": (undone_task("one"), task("two")), "p/b": (wait("go"),)},
            )
        )
        play.pause()
        play.ok()
        assert not play.wake().effects
        assert "two" not in play.execution.visits
        assert play.flights() == []

    @pytest.mark.parametrize("hook", [None, "on_failure"])
    def test_the_run_does_not_end_before_it_is_resumed(self, hook: str | None) -> None:
        what = program(task("pay", deadline_ms=LIMIT), hooks=[] if hook is None else [hook])
        play = begun(what)
        play.report(BUSY)
        play.pause()
        assert told(play.wake()) == "DeadlinePassed NodeFailed"
        assert play.status is ExecutionStatus.PAUSED
        assert told(play.resume()) == (
            "ExecutionResumed ExecutionFailed"
            if hook is None
            else "ExecutionResumed HookStarted ActivityStarted"
        )


class TestOrder:
    def test_every_deadline_and_timer_that_is_due_passes_before_an_answer_in_order(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b", "c"),
                bodies={
                    "p/a": (sleep("second", 2_000),),
                    "p/b": (sleep("first", 1_000),),
                    "p/c": (task("third"),),
                },
            )
        )
        play.pass_time(60_000)
        decision = play.ok()
        assert [one for one in told_with_paths(decision) if "Timer" in one or "Activity" in one] == [
            "TimerFired first",
            "TimerFired second",
            "ActivityCompleted third",
        ]

    def test_what_is_over_by_one_has_ended_before_the_next(self) -> None:
        play = begun(
            program(
                race("r", "a", "b"),
                bodies={"r/a": (sleep("second", 2_000),), "r/b": (sleep("first", 1_000),)},
            )
        )
        play.pass_time(60_000)
        play.go_on()
        assert play.execution.output["winner"] == "b"
        assert play.execution.visits["second"].status is VisitStatus.CANCELLED

    def test_of_two_deadlines_the_earlier_one_fails_the_execution(self) -> None:
        play = begun(program(wait("slow", deadline_ms=1_000), deadline_ms=2_000))
        play.pass_time(60_000)
        play.go_on()
        assert failure_of(play).path == "slow"
        play = begun(program(wait("slow", deadline_ms=2_000), deadline_ms=1_000))
        play.pass_time(60_000)
        play.go_on()
        assert failure_of(play).path is None

    def test_the_event_keeps_why(self) -> None:
        play = limited(wait("go"))
        event = play.wake().events[0]
        assert isinstance(event, DeadlinePassed)
        assert event.path is None
        assert event.failure.message == "the deadline of the execution has passed"


def test_a_deadline_of_the_parent_is_refused_once_the_own_one_has_passed() -> None:
    play = limited(task("one"))
    play.wake()
    answer = play.ask(PassDeadline())
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"


def test_an_unknown_end_after_the_deadline_of_the_execution_is_undone() -> None:
    play = limited(undone_task("one"))
    play.wake()
    play.report(BROKEN)
    assert play.flight().compensates is not None
    play.ok()
    assert failure_of(play).code == "deadline"
