"""Async tasks: a trigger call, and a callback that ends the attempt, whenever it comes."""

import pytest
from msgspec.structs import replace

from tests.core.flying import code_of, ids_of
from tests.core.told import told
from treadle.model.commands import (
    CancelExecution,
    ReportOutcome,
    Resolution,
    ResolveOutcome,
)
from treadle.model.decision import Refused
from treadle.model.effects import Invocation
from treadle.model.events import ActivityAccepted, CallbackReceived
from treadle.model.execution import (
    AttemptOutcome,
    CompensationStatus,
    ExecutionStatus,
    FailureKind,
    Phase,
    Response,
    VisitStatus,
)
from treadle.model.ids import Path
from treadle.model.outcomes import Ok, Outcome
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.requests import HandlerRequest
from treadle.testing.builders import (
    Broken,
    Constant,
    Read,
    awaiting_task,
    plan,
    program,
    task,
    undo,
    undone_task,
)
from treadle.testing.playing import BEGIN, BROKEN, BUSY, LATE, LOST, REFUSED, Play, begun

LIMIT = 60_000
ON_CALLBACK = RetryPolicy(jitter=0.0, on=("callback",))
TWICE = RetryPolicy(jitter=0.0, max_attempts=2)


def shipped(**more: object) -> Play:
    """A play whose one async task has its trigger call in flight."""
    return begun(program(awaiting_task("ship", compensation=undo("undo-ship"), **more)))


def awaited(**more: object) -> Play:
    """The same, with the trigger answered by 202."""
    play = shipped(**more)
    play.report(Ok(body={"job": 7}, status=202, headers={"x": "y"}))
    return play


def outcomes(play: Play, path: str = "ship") -> list[str | None]:
    visit = play.execution.visits[path]
    frames = [frame for frame in play.execution.frames.values() if frame.path == path]
    open_ = frames[0].activity if frames else None
    attempts = visit.attempts if open_ is None else open_.attempts
    return [None if one.outcome is None else one.outcome.value for one in attempts]


class TestTheTrigger:
    def test_the_attempt_awaits_its_callback_from_its_start(self) -> None:
        flight = shipped().flight()
        assert flight.callback_until == BEGIN + LIMIT

    def test_while_it_is_in_flight_the_execution_is_running_and_nothing_is_due(self) -> None:
        play = shipped()
        assert play.status is ExecutionStatus.RUNNING
        assert play.wakes_at() is None

    def test_its_answer_is_kept_and_then_the_visit_waits(self) -> None:
        play = shipped()
        play.pass_time(500)
        decision = play.report(Ok(body={"job": 7}, status=202, headers={"x": "y"}))
        (event,) = decision.events
        assert isinstance(event, ActivityAccepted)
        assert (event.status, event.headers, event.body) == (202, {"x": "y"}, {"job": 7})
        assert play.status is ExecutionStatus.WAITING
        assert play.execution.frames[1].phase is Phase.WAITING
        assert play.wakes_at() == BEGIN + LIMIT
        assert play.flights() == []

    def test_it_arms_nothing_yet(self) -> None:
        play = awaited()
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.REGISTERED

    @pytest.mark.parametrize(
        ("end", "events"),
        [
            (BUSY, "ActivityFailed RetryScheduled"),
            (REFUSED, "ActivityFailed NodeFailed ExecutionFailed"),
            (BROKEN, "ActivityUnknown CompensationArmed RetryScheduled"),
            (LOST, "ActivityUnknown CompensationArmed RetryScheduled"),
        ],
    )
    def test_when_it_is_not_answered_with_success_the_attempt_ends_as_any_other(
        self, end: Outcome, events: str
    ) -> None:
        assert told(shipped().report(end)) == events

    def test_a_second_answer_of_it_is_refused(self) -> None:
        play = shipped()
        flight = play.flight()
        play.ok()
        answer = play.ask(
            ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok(body="again"))
        )
        assert isinstance(answer, Refused)
        assert answer.code == "activity_ended"

    def test_the_next_attempt_awaits_its_own_callback_from_its_own_start(self) -> None:
        play = shipped()
        play.report(BUSY)
        play.wake()
        assert play.flight().callback_until == play.now + LIMIT

    def test_the_next_attempt_sends_the_same_bytes_under_the_same_key(self) -> None:
        play = shipped()
        first = play.flight()
        play.report(LOST)
        play.go_on()
        again = play.flight()
        assert (again.key, again.request) == (first.key, first.request)
        assert again.attempt == 2
        assert again.activity != first.activity


class TestTheCallback:
    def test_it_completes_the_visit_with_its_body(self) -> None:
        play = awaited()
        decision = play.deliver(play.execution.frames[1].activity.id, {"parcel": 1})
        assert told(decision) == (
            "CallbackReceived ActivityCompleted CompensationArmed NodeCompleted ExecutionCompleted"
        )
        visit = play.execution.visits["ship"]
        assert visit.output == {"parcel": 1}
        assert [attempt.outcome for attempt in visit.attempts] == [AttemptOutcome.OK]

    def test_the_response_keeps_the_answer_of_the_trigger(self) -> None:
        reads = Read("nodes", "ship", "response")
        play = begun(program(awaiting_task("ship"), task("next", activity=plan("next", reads=reads))))
        flight = play.flight()
        play.report(Ok(body={"job": 7}, status=202, headers={"x": "y"}))
        play.deliver(flight.activity, {"parcel": 1})
        assert play.flight().request.input == {"status": 202, "headers": {"x": "y"}, "body": {"job": 7}}

    def test_it_is_kept_in_the_history_with_its_headers(self) -> None:
        play = awaited()
        received = play.deliver(ids_of(play)[0], {"parcel": 1}, **{"x-id": "3"}).events[0]
        assert isinstance(received, CallbackReceived)
        assert (received.body, received.headers, received.attempt) == ({"parcel": 1}, {"x-id": "3"}, 1)

    def test_one_that_comes_before_the_202_counts(self) -> None:
        play = begun(program(awaiting_task("ship"), task("next")))
        flight = play.flight()
        assert told(play.deliver(flight.activity, 1)) == (
            "CallbackReceived ActivityCompleted NodeCompleted NodeEntered ActivityStarted"
        )
        assert play.execution.visits["ship"].output == 1

    def test_what_the_trigger_brings_after_it_is_refused(self) -> None:
        play = begun(program(awaiting_task("ship"), task("next")))
        flight = play.flight()
        play.deliver(flight.activity, 1)
        for end in (Ok(status=202), BUSY, BROKEN, LOST):
            answer = play.ask(ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=end))
            assert isinstance(answer, Refused)
            assert answer.code == "activity_ended"

    def test_before_the_202_there_is_no_answer_of_the_trigger_to_read(self) -> None:
        reads = Read("nodes", "ship", "response")
        play = begun(program(awaiting_task("ship"), task("next", activity=plan("next", reads=reads))))
        play.deliver(play.flight().activity, {"parcel": 1})
        assert play.flight().request.input == {"status": None, "headers": {}, "body": None}

    def test_the_answer_of_an_earlier_trigger_is_not_that_of_the_next(self) -> None:
        reads = Read("nodes", "ship", "response", "status")
        play = begun(program(awaiting_task("ship"), task("next", activity=plan("next", reads=reads))))
        play.report(Ok(status=202))
        play.wake()
        play.wake()
        play.deliver(play.flight().activity, {"parcel": 1})
        assert play.flight().request.input is None

    def test_an_earlier_callback_keeps_the_answer_of_its_own_trigger(self) -> None:
        job = Read("nodes", "ship", "response", "body", "job")
        play = begun(program(awaiting_task("ship", compensation=undo("undo-ship", reads=job)), task("next")))
        first = play.flight().activity
        play.report(Ok(status=202, body={"job": 7}))
        play.wake()
        play.wake()
        play.report(Ok(status=202, body={"job": 8}))
        play.deliver(first, "sent")
        assert play.execution.visits["ship"].response == Response(status=202, body={"job": 7})
        request = play.execution.compensations["ship"].request
        assert isinstance(request, HandlerRequest)
        assert request.input == 7

    @pytest.mark.parametrize("answered", [True, False])
    def test_the_answers_of_the_newest_attempts_are_kept(self, answered: bool) -> None:
        policy = RetryPolicy(max_attempts=50, jitter=0.0, max_ms=1)
        play = begun(program(awaiting_task("ship", activity=plan("ship", retry=policy))))
        for number in range(1, 31):
            if answered or number == 15:
                play.report(Ok(status=202, body=number))
                play.wake()
            else:
                play.report(LATE)
            play.wake()
        activity = play.execution.frames[1].activity
        assert activity is not None
        numbers = {attempt.number for attempt in activity.attempts}
        assert set(activity.answered) == (numbers - {31} if answered else {15})
        assert all(answer.body == number for number, answer in activity.answered.items())

    def test_the_undo_of_a_wait_that_is_given_up_knows_what_the_trigger_answered(self) -> None:
        job = Read("nodes", "ship", "response", "body", "job")
        play = begun(program(awaiting_task("ship", compensation=undo("undo-ship", reads=job))))
        play.report(Ok(status=202, body={"job": 7}))
        play.cancel()
        request = play.flight().request
        assert isinstance(request, HandlerRequest)
        assert (request.name, request.input) == ("undo-ship", 7)

    def test_the_output_is_made_of_the_callback(self) -> None:
        play = begun(program(awaiting_task("ship", output=Read("body", "parcel"))))
        play.deliver(play.flight().activity, {"parcel": 9})
        assert play.execution.visits["ship"].output == 9

    def test_an_output_without_a_value_fails_the_node_which_is_armed(self) -> None:
        play = awaited(output=Broken())
        decision = play.deliver(ids_of(play)[0], {"parcel": 9})
        assert told(decision).startswith(
            "CallbackReceived ActivityCompleted CompensationArmed NodeFailed CompensationStarted"
        )
        visit = play.execution.visits["ship"]
        assert visit.failure is not None
        assert visit.failure.kind is FailureKind.REJECTED
        assert visit.output == {"parcel": 9}

    def test_while_paused_it_is_recorded(self) -> None:
        play = begun(program(awaiting_task("ship"), task("next")))
        flight = play.flight()
        play.ok()
        play.pause()
        assert told(play.deliver(flight.activity, 1)) == "CallbackReceived ActivityCompleted NodeCompleted"
        assert play.status is ExecutionStatus.PAUSED
        assert told(play.resume()) == "ExecutionResumed NodeEntered ActivityStarted"


class TestWhatItMeans:
    @pytest.mark.parametrize(
        ("fail_when", "success_when", "is_good"),
        [
            (None, None, True),
            (None, Constant(True), True),
            (None, Constant(False), False),
            (Constant(True), None, False),
            (Constant(False), None, True),
            (Constant(True), Constant(True), False),
            (Constant(False), Constant(True), True),
            (Constant(False), Constant(False), False),
            (Constant(True), Broken(), False),
        ],
    )
    def test_fail_when_is_asked_before_success_when(
        self, fail_when: Constant | None, success_when: Constant | None, is_good: bool
    ) -> None:
        play = awaited(fail_when=fail_when, success_when=success_when)
        play.deliver(ids_of(play)[0], 1)
        assert outcomes(play) == ["ok" if is_good else "failed"]

    @pytest.mark.parametrize("root", [("body", "state"), ("headers", "state"), ("input", "state")])
    def test_its_conditions_see_its_body_its_headers_and_the_usual_roots(self, root: tuple[str, str]) -> None:
        what = program(awaiting_task("ship", success_when=Read(*root)))
        play = begun(what, {"state": root[0] == "input"})
        play.deliver(play.flight().activity, {"state": root[0] == "body"}, state="yes")
        assert play.status is ExecutionStatus.COMPLETED

    def test_a_no_is_failed_and_final(self) -> None:
        play = awaited(fail_when=Constant(True))
        decision = play.deliver(ids_of(play)[0], {"why": "no"})
        assert told(decision) == "CallbackReceived ActivityFailed NodeFailed ExecutionFailed"
        failure = play.execution.failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.path, failure.attempt) == (
            FailureKind.ERROR,
            "callback_refused",
            "ship",
            1,
        )

    def test_a_no_is_tried_again_where_retry_on_names_callback(self) -> None:
        play = awaited(fail_when=Constant(True), activity=plan("ship", retry=ON_CALLBACK))
        decision = play.deliver(ids_of(play)[0])
        assert told(decision) == "CallbackReceived ActivityFailed RetryScheduled"
        play.wake()
        assert play.flight().attempt == 2

    def test_a_no_arms_nothing(self) -> None:
        play = awaited(fail_when=Constant(True))
        play.deliver(ids_of(play)[0])
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.REGISTERED

    def test_a_no_of_what_had_ended_unknown_disarms(self) -> None:
        play = shipped(fail_when=Constant(True), activity=plan("ship", retry=ON_CALLBACK))
        first = play.flight()
        play.report(LOST)
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.ARMED
        play.deliver(first.activity)
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.REGISTERED

    @pytest.mark.parametrize("which", ["fail_when", "success_when"])
    def test_a_condition_that_errs_fails_the_node_which_is_armed(self, which: str) -> None:
        play = awaited(**{which: Broken()})
        decision = play.deliver(ids_of(play)[0], 1)
        assert told(decision).startswith(
            "CallbackReceived ActivityCompleted CompensationArmed NodeFailed CompensationStarted"
        )
        visit = play.execution.visits["ship"]
        assert visit.failure is not None
        assert (visit.failure.kind, visit.failure.code) == (FailureKind.REJECTED, "condition_error")

    def test_a_condition_that_errs_ends_the_pause_for_the_unknown_outcome(self) -> None:
        play = shipped(success_when=Broken(), on_unknown=OnUnknown.PAUSE)
        first = play.flight()
        play.report(BROKEN)
        assert play.status is ExecutionStatus.PAUSED
        play.deliver(first.activity)
        assert play.status is ExecutionStatus.COMPENSATING


class TestTheTimeLimit:
    def test_it_counts_from_the_start_of_the_attempt_not_from_the_answer_of_the_trigger(self) -> None:
        play = shipped()
        play.pass_time(9_000)
        play.ok()
        assert play.wakes_at() == BEGIN + LIMIT

    def test_past_it_the_attempt_ends_unknown_and_is_armed_and_tried_again(self) -> None:
        play = awaited()
        assert told(play.wake()) == "ActivityUnknown CompensationArmed RetryScheduled"
        (attempt,) = play.execution.frames[1].activity.attempts
        assert attempt.outcome is AttemptOutcome.UNKNOWN
        assert attempt.error is not None
        assert attempt.error.code == "callback_timeout"

    def test_a_millisecond_before_it_nothing_happens(self) -> None:
        play = awaited()
        play.pass_time(LIMIT - 1)
        assert play.go_on().events == ()
        play.deliver(ids_of(play)[0], 1)
        assert outcomes(play) == ["ok"]

    def test_with_no_attempt_left_the_failure_is_a_timeout(self) -> None:
        play = awaited(activity=plan("ship", retry=RetryPolicy(max_attempts=1)))
        play.wake()
        visit = play.execution.visits["ship"]
        assert visit.failure is not None
        assert (visit.failure.kind, visit.failure.code) == (FailureKind.TIMEOUT, "callback_timeout")

    def test_a_late_callback_is_late_even_if_the_timer_has_not_fired(self) -> None:
        play = awaited(activity=plan("ship", retry=RetryPolicy(max_attempts=1)))
        play.pass_time(LIMIT)
        assert code_of(play, ids_of(play)[0]) == "not_waiting"
        play.go_on()
        assert play.status is ExecutionStatus.COMPENSATING

    def test_a_late_callback_with_attempts_left_is_the_missing_answer(self) -> None:
        play = awaited()
        play.pass_time(LIMIT)
        decision = play.deliver(ids_of(play)[0], "late")
        assert told(decision) == (
            "ActivityUnknown CompensationArmed RetryScheduled CallbackReceived ActivityCompleted "
            "CompensationArmed NodeCompleted ExecutionCompleted"
        )

    def test_a_late_callback_while_paused_is_late_too(self) -> None:
        play = awaited(activity=plan("ship", retry=RetryPolicy(max_attempts=1)))
        play.pause()
        play.pass_time(LIMIT)
        assert play.go_on().events == ()
        assert code_of(play, ids_of(play)[0]) == "not_waiting"

    def test_a_late_callback_while_paused_is_the_missing_answer_if_attempts_are_left(self) -> None:
        play = awaited()
        play.pause()
        play.pass_time(LIMIT)
        decision = play.deliver(ids_of(play)[0], "late")
        assert told(decision) == (
            "ActivityUnknown CompensationArmed RetryScheduled CallbackReceived ActivityCompleted "
            "CompensationArmed NodeCompleted"
        )
        assert play.status is ExecutionStatus.PAUSED

    def test_it_passes_on_resume_if_it_has_passed_while_paused(self) -> None:
        play = awaited()
        play.pause()
        play.pass_time(LIMIT)
        assert told(play.resume()) == "ExecutionResumed ActivityUnknown CompensationArmed RetryScheduled"

    def test_a_trigger_that_is_answered_past_it_finds_the_wait_over(self) -> None:
        play = shipped()
        play.pass_time(LIMIT + 5)
        play.ok()
        assert play.wakes_at() == BEGIN + LIMIT
        assert told(play.go_on()) == "ActivityUnknown CompensationArmed RetryScheduled"

    @pytest.mark.parametrize(
        ("on_unknown", "events"),
        [
            (OnUnknown.RETRY, "ActivityUnknown CompensationArmed RetryScheduled"),
            (OnUnknown.PAUSE, "ActivityUnknown CompensationArmed ResolutionAsked ExecutionPaused"),
            (
                OnUnknown.COMPENSATE,
                "ActivityUnknown CompensationArmed NodeFailed CompensationStarted ActivityStarted",
            ),
            (
                OnUnknown.FAIL,
                "ActivityUnknown CompensationArmed CompensationSkipped NodeFailed ExecutionFailed",
            ),
        ],
    )
    def test_on_unknown_is_asked_then(self, on_unknown: OnUnknown, events: str) -> None:
        assert told(awaited(on_unknown=on_unknown).wake()) == events

    def test_the_failure_of_a_wait_that_ended_unknown_is_a_timeout(self) -> None:
        play = awaited(on_unknown=OnUnknown.COMPENSATE)
        play.wake()
        failure = play.execution.visits["ship"].failure
        assert failure is not None
        assert (failure.kind, failure.code) == (FailureKind.TIMEOUT, "outcome_unknown")


class TestAnEarlierAttempt:
    """A callback of an attempt that ended unknown, while its visit is open: the missing answer."""

    @pytest.mark.parametrize("end", [BROKEN, LATE])
    def test_it_is_good_in_back_off(self, end: Outcome) -> None:
        play = shipped()
        first = play.flight()
        play.report(end)
        assert told(play.deliver(first.activity, 1)) == (
            "CallbackReceived ActivityCompleted CompensationArmed NodeCompleted ExecutionCompleted"
        )
        assert outcomes(play) == ["ok"]
        assert play.wakes_at() is None

    @pytest.mark.parametrize("end", [BROKEN, LOST])
    def test_it_is_good_while_a_newer_attempt_is_in_flight(self, end: Outcome) -> None:
        play = shipped()
        first = play.flight()
        play.report(end)
        play.wake()
        second = play.flight()
        play.deliver(first.activity, 1)
        assert play.execution.visits["ship"].output == 1
        assert play.execution.visits["ship"].status is VisitStatus.COMPLETED
        assert play.flights() == [second]

    @pytest.mark.parametrize("end", [BROKEN, LOST])
    @pytest.mark.parametrize("which", [0, 1])
    def test_it_is_good_beside_that_of_a_newer_attempt_that_waits(self, end: Outcome, which: int) -> None:
        play = shipped()
        play.report(end)
        play.wake()
        play.ok()
        play.deliver(ids_of(play)[which], which)
        visit = play.execution.visits["ship"]
        assert visit.output == which
        assert [attempt.is_callback for attempt in visit.attempts] == [which == 0, which == 1]
        assert visit.attempts[which].outcome is AttemptOutcome.OK

    def test_it_is_good_when_the_attempt_after_it_has_failed(self) -> None:
        play = shipped()
        play.report(BROKEN)
        play.again(BUSY)
        play.deliver(ids_of(play)[0], 1)
        assert outcomes(play) == ["ok", "failed"]

    def test_it_is_good_while_paused_by_an_operator(self) -> None:
        play = shipped()
        play.report(BROKEN)
        play.pause()
        play.deliver(ids_of(play)[0], 1)
        assert play.status is ExecutionStatus.PAUSED
        assert play.execution.visits["ship"].status is VisitStatus.COMPLETED

    def test_it_is_good_while_paused_for_the_unknown_outcome_and_ends_that_pause(self) -> None:
        play = awaited(on_unknown=OnUnknown.PAUSE)
        play.wake()
        assert play.execution.visits["ship"].status is VisitStatus.UNKNOWN
        assert told(play.deliver(ids_of(play)[0], 1)) == (
            "CallbackReceived ActivityCompleted CompensationArmed NodeCompleted ExecutionResumed "
            "ExecutionCompleted"
        )

    def test_it_leaves_a_pause_by_an_operator_as_it_is(self) -> None:
        play = awaited(on_unknown=OnUnknown.PAUSE)
        play.pause()
        play.pass_time(LIMIT)
        play.deliver(ids_of(play)[0], 1)
        assert play.status is ExecutionStatus.PAUSED
        assert play.execution.reason == "operator"

    def test_a_no_while_paused_for_the_unknown_outcome_fails_the_node_and_ends_that_pause(self) -> None:
        play = awaited(on_unknown=OnUnknown.PAUSE, success_when=Constant(False))
        play.wake()
        assert told(play.deliver(ids_of(play)[0])) == (
            "CallbackReceived ActivityFailed CompensationDisarmed NodeFailed ExecutionResumed ExecutionFailed"
        )

    def test_a_no_while_paused_for_the_unknown_outcome_is_tried_again_where_retry_on_names_callback(
        self,
    ) -> None:
        patient = plan("ship", retry=ON_CALLBACK)
        play = awaited(on_unknown=OnUnknown.PAUSE, success_when=Constant(False), activity=patient)
        play.wake()
        assert play.execution.visits["ship"].status is VisitStatus.UNKNOWN
        assert told(play.deliver(ids_of(play)[0])).endswith("RetryScheduled ExecutionResumed")
        assert play.execution.visits["ship"].status is VisitStatus.RUNNING
        play.wake()
        assert play.flight().attempt == 2

    def test_a_no_of_an_earlier_attempt_does_not_answer_for_the_newer_one(self) -> None:
        """Both ended unknown, the second is asked about: nobody has said yet what that one did."""
        play = shipped(on_unknown=OnUnknown.PAUSE, success_when=Constant(False))
        play.report(BROKEN)
        play.do(ResolveOutcome(outcome=Resolution.NOT_DONE, actor="operator"))
        assert code_of(play, ids_of(play)[0]) == "attempt_mismatch"
        play.again(BROKEN)
        assert play.status is ExecutionStatus.PAUSED
        play.deliver(ids_of(play)[1])
        assert play.execution.visits["ship"].status is VisitStatus.FAILED

    def test_a_no_of_an_earlier_attempt_leaves_the_pause_for_a_newer_one(self) -> None:
        node = awaiting_task("ship", on_unknown=OnUnknown.RETRY, success_when=Constant(False))
        play = begun(program(node))
        play.report(BROKEN)
        play.wake()
        play.program = program(replace(node, on_unknown=OnUnknown.PAUSE))
        play.report(BROKEN)
        assert play.status is ExecutionStatus.PAUSED
        assert told(play.deliver(ids_of(play)[0])) == "CallbackReceived ActivityFailed"
        assert play.status is ExecutionStatus.PAUSED
        assert play.execution.visits["ship"].status is VisitStatus.UNKNOWN
        play.deliver(ids_of(play)[1])
        assert play.status is ExecutionStatus.FAILED

    def test_a_no_of_an_earlier_attempt_is_history_while_a_newer_one_is_out(self) -> None:
        play = shipped(success_when=Constant(False))
        first = play.flight()
        play.report(LOST)
        play.wake()
        assert told(play.deliver(first.activity)) == "CallbackReceived ActivityFailed CompensationDisarmed"
        assert outcomes(play) == ["failed", None]
        assert play.flight().attempt == 2

    def test_a_no_of_an_earlier_attempt_keeps_what_another_unknown_one_has_armed(self) -> None:
        play = shipped(success_when=Constant(False))
        play.report(BROKEN)
        play.again(BROKEN)
        assert told(play.deliver(ids_of(play)[0])) == "CallbackReceived ActivityFailed"
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.ARMED

    def test_a_no_in_back_off_ends_it_if_a_no_is_final(self) -> None:
        play = shipped(success_when=Constant(False))
        play.report(BROKEN)
        assert told(play.deliver(ids_of(play)[0])) == (
            "CallbackReceived ActivityFailed CompensationDisarmed NodeFailed ExecutionFailed"
        )
        assert play.wakes_at() is None

    def test_a_no_in_back_off_leaves_it_if_retry_on_names_callback(self) -> None:
        both = RetryPolicy(jitter=0.0, on=("callback", "unknown"))
        play = shipped(success_when=Constant(False), activity=plan("ship", retry=both))
        play.report(BROKEN)
        before = play.wakes_at()
        assert told(play.deliver(ids_of(play)[0])) == "CallbackReceived ActivityFailed CompensationDisarmed"
        assert play.wakes_at() == before

    def test_the_attempt_that_is_due_with_it_is_not_sent(self) -> None:
        """The back-off was over, so the next attempt has begun; the next node begins in the same decision."""
        play = begun(program(awaiting_task("ship"), task("next")))
        play.report(LOST)
        decision = play.deliver(ids_of(play)[0], 1)
        assert told(decision) == (
            "ActivityStarted CallbackReceived ActivityCompleted NodeCompleted NodeEntered ActivityStarted"
        )
        sent = [effect for effect in decision.effects if isinstance(effect, Invocation)]
        assert [invocation.node for invocation in sent] == ["next"]


class TestClosing:
    """A cancelled frame awaits its trigger call, and not its callback."""

    def test_what_waits_closes_at_once_as_unknown_and_is_undone(self) -> None:
        play = awaited()
        assert told(play.cancel()) == (
            "CancelRequested ActivityUnknown CompensationArmed NodeCancelled CompensationStarted "
            "ActivityStarted"
        )
        assert outcomes(play) == ["unknown"]
        play.ok()
        assert play.status is ExecutionStatus.CANCELLED

    def test_what_is_busy_closes_after_the_answer_of_the_trigger(self) -> None:
        play = shipped()
        assert told(play.cancel()) == "CancelRequested"
        assert play.execution.frames[1].phase is Phase.CLOSING
        assert told(play.ok()) == (
            "ActivityAccepted ActivityUnknown CompensationArmed NodeCancelled CompensationStarted "
            "ActivityStarted"
        )

    @pytest.mark.parametrize(("end", "is_undone"), [(BUSY, False), (BROKEN, True), (LOST, True)])
    def test_a_trigger_that_ends_otherwise_ends_it_too(self, end: Outcome, is_undone: bool) -> None:
        play = shipped()
        play.cancel()
        play.report(end)
        assert bool(play.flights()) is is_undone
        assert play.execution.visits["ship"].status is VisitStatus.CANCELLED

    def test_a_later_trigger_is_awaited_though_an_earlier_one_was_answered(self) -> None:
        play = awaited()
        play.wake()
        play.wake()
        play.cancel()
        assert [flight.attempt for flight in play.flights()] == [2]
        assert play.execution.frames[1].phase is Phase.CLOSING
        play.report(BUSY)
        assert play.flight().request.name == "undo-ship"

    def test_a_callback_before_the_answer_of_the_trigger_completes_the_visit(self) -> None:
        play = shipped()
        play.cancel()
        assert told(play.deliver(ids_of(play)[0], 1)) == (
            "CallbackReceived ActivityCompleted CompensationArmed NodeCompleted CompensationStarted "
            "ActivityStarted"
        )
        assert play.execution.visits["ship"].output == 1

    def test_a_no_before_the_answer_of_the_trigger_ends_it_without_undo(self) -> None:
        play = shipped(success_when=Constant(False))
        play.cancel()
        assert told(play.deliver(ids_of(play)[0])) == (
            "CallbackReceived ActivityFailed NodeCancelled ExecutionCancelled"
        )

    def test_a_callback_after_it_is_not_waited_for(self) -> None:
        play = awaited()
        play.cancel()
        assert code_of(play, ids_of(play)[0]) == "not_waiting"

    def test_on_unknown_fail_leaves_it_undone(self) -> None:
        play = awaited(on_unknown=OnUnknown.FAIL)
        play.cancel()
        assert play.status is ExecutionStatus.CANCELLED
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.SKIPPED

    def test_while_held_it_closes_with_the_next_decision(self) -> None:
        play = awaited()
        assert told(play.do(CancelExecution(actor="operator"), is_held=True)) == "CancelRequested"
        assert told(play.go_on()).startswith("ActivityUnknown CompensationArmed NodeCancelled")

    def test_while_held_nothing_is_owed_of_the_trigger_that_was_answered(self) -> None:
        play = awaited()
        (frame, activity) = (play.execution.frames[1].id, ids_of(play)[0])
        play.do(CancelExecution(actor="operator"), is_held=True)
        assert play.flights() == []
        answer = play.ask(ReportOutcome(frame=frame, activity=activity, outcome=Ok(status=202)), is_held=True)
        assert isinstance(answer, Refused)
        assert answer.code == "activity_ended"

    def test_terminate_does_not_wait(self) -> None:
        play = awaited()
        assert told(play.terminate()) == "ExecutionTerminated"
        assert code_of(play, ids_of(play)[0]) == "not_waiting"


class TestRefusals:
    def test_a_second_callback_is_already_used(self) -> None:
        play = begun(program(awaiting_task("ship"), task("next")))
        first = play.flight().activity
        play.deliver(first, 1)
        assert code_of(play, first, 2) == "callback_already_used"
        assert play.execution.visits["ship"].output == 1

    def test_a_second_no_is_already_used(self) -> None:
        play = awaited(success_when=Constant(False), activity=plan("ship", retry=ON_CALLBACK))
        play.deliver(ids_of(play)[0])
        assert code_of(play, ids_of(play)[0]) == "callback_already_used"
        play.wake()
        assert code_of(play, ids_of(play)[0]) == "callback_already_used"

    def test_that_of_an_attempt_that_failed_is_a_mismatch(self) -> None:
        play = shipped()
        play.report(BUSY)
        assert code_of(play, ids_of(play)[0]) == "attempt_mismatch"
        play.wake()
        assert code_of(play, ids_of(play)[0]) == "attempt_mismatch"

    def test_that_of_an_attempt_that_was_resolved_as_not_done_is_a_mismatch(self) -> None:
        play = shipped(on_unknown=OnUnknown.PAUSE)
        play.report(BROKEN)
        play.resolve(Resolution.NOT_DONE)
        assert code_of(play, ids_of(play)[0]) == "attempt_mismatch"

    def test_that_of_an_unknown_attempt_is_not_waited_for_once_the_visit_is_over(self) -> None:
        play = shipped(activity=plan("ship", retry=TWICE))
        play.report(BROKEN)
        play.again(BROKEN)
        assert play.status is ExecutionStatus.COMPENSATING
        assert [code_of(play, one) for one in ids_of(play)] == ["not_waiting", "not_waiting"]

    def test_one_is_used_and_the_others_of_the_visit_are_not_waited_for(self) -> None:
        play = shipped()
        play.report(BROKEN)
        play.wake()
        first, second = ids_of(play)
        play.deliver(second, 1)
        assert (code_of(play, first), code_of(play, second)) == ("not_waiting", "callback_already_used")

    @pytest.mark.parametrize("activity", [0, 1, 2, 5, 99])
    def test_an_id_that_is_no_attempt_is_not_waited_for(self, activity: int) -> None:
        play = awaited()
        assert activity not in ids_of(play)
        assert code_of(play, activity) == "not_waiting"

    def test_a_task_that_awaits_none_takes_none(self) -> None:
        play = begun(program(task("one")))
        assert code_of(play, play.flight().activity) == "not_waiting"
        play.report(LOST)
        play.wake()
        assert code_of(play, play.flight().activity - 1) == "not_waiting"

    def test_an_attempt_that_this_very_decision_would_start_has_no_callback_yet(self) -> None:
        play = shipped()
        play.report(BUSY)
        play.pass_time(60_000)
        assert code_of(play, play.execution.version + 1) == "not_waiting"

    def test_an_undo_and_a_hook_take_none(self) -> None:
        play = begun(program(undone_task("one"), task("two"), hooks=["on_failure"]))
        play.ok()
        play.report(REFUSED)
        assert code_of(play, play.flight().activity) == "not_waiting"
        play.ok()
        assert code_of(play, play.flight().activity) == "not_waiting"

    def test_after_the_end_they_are_what_they_were(self) -> None:
        play = awaited()
        play.deliver(ids_of(play)[0], 1)
        assert play.status is ExecutionStatus.COMPLETED
        assert code_of(play, ids_of(play)[0]) == "callback_already_used"
