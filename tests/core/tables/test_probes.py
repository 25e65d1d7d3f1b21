"""A probe asks, once per unknown end and before `on_unknown`, what the attempt has done."""

import pytest

from tests.core.told import told, told_with_paths
from treadle.model.commands import Resolution
from treadle.model.execution import (
    AttemptOutcome,
    CompensationStatus,
    ExecutionStatus,
    Phase,
    Role,
    VisitStatus,
)
from treadle.model.ids import ActivityId, Path
from treadle.model.json import Json
from treadle.model.outcomes import Ok, Outcome, Unknown
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.program import TaskNode
from treadle.testing.builders import (
    ONCE,
    Broken,
    Constant,
    Read,
    awaiting_task,
    plan,
    program,
    task,
    undo,
)
from treadle.testing.playing import BROKEN, BUSY, EXECUTION, LATE, LOST, REFUSED, Play, begun

DONE: Json = {"outcome": "done", "output": {"id": 7}}
NOT_DONE: Json = {"outcome": "not_done"}


def paying(on_unknown: OnUnknown = OnUnknown.RETRY, **more: object) -> TaskNode:
    """A task that can be asked about."""
    settled = {"probe": plan("ask"), "activity": plan("pay"), **more}
    reads = Read("nodes", "pay", "output", "id")
    return task(
        "pay",
        compensation=undo("undo-pay", reads=reads, unknown=plan("undo-by-key")),
        on_unknown=on_unknown,
        **settled,
    )


def probed(on_unknown: OnUnknown = OnUnknown.RETRY, end: Outcome = BROKEN, **more: object) -> Play:
    """A play whose probe is in flight."""
    play = begun(program(paying(on_unknown, **more), task("next")))
    play.report(end)
    assert play.flight().request.name == "ask"
    return play


def undo_of(play: Play) -> CompensationStatus:
    return play.execution.compensations[Path("pay")].status


def outcomes(play: Play, path: str = "pay") -> list[AttemptOutcome | None]:
    frames = [frame for frame in play.execution.frames.values() if frame.path == path]
    activity = frames[0].activity if frames else None
    attempts = play.execution.visits[path].attempts if activity is None else activity.attempts
    return [one.outcome for one in attempts]


class TestAsking:
    @pytest.mark.parametrize("end", [BROKEN, LATE, LOST])
    @pytest.mark.parametrize("on_unknown", OnUnknown)
    def test_it_is_called_after_an_unknown_end_before_on_unknown(
        self, on_unknown: OnUnknown, end: Outcome
    ) -> None:
        play = begun(program(paying(on_unknown)))
        assert told(play.report(end)) == "ActivityUnknown CompensationArmed ProbeStarted ActivityStarted"
        assert play.status is ExecutionStatus.RUNNING

    @pytest.mark.parametrize("end", [BUSY, REFUSED, Ok()])
    def test_it_is_not_called_after_any_other_end(self, end: Outcome) -> None:
        play = begun(program(paying()))
        play.report(end)
        assert all(flight.request.name != "ask" for flight in play.flights())

    def test_its_key_is_that_of_the_visit_and_probe(self) -> None:
        flight = probed().flight()
        assert flight.key == f"{EXECUTION}/pay/probe"
        assert flight.node == "pay"
        assert flight.compensates is None

    def test_it_has_its_own_time_limit(self) -> None:
        assert probed(probe=plan("ask", timeout_ms=777)).flight().timeout_ms == 777

    def test_it_sees_what_the_task_sees(self) -> None:
        play = begun(program(paying(probe=plan("ask", reads=Read("nodes", "pay", "idempotency_key")))))
        play.report(BROKEN)
        assert play.flight().request.input == f"{EXECUTION}/pay"

    def test_it_sees_how_many_attempts_the_visit_has_had(self) -> None:
        play = begun(program(paying(probe=plan("ask", reads=Read("nodes", "pay", "attempts")))))
        play.report(BUSY)
        play.again(BROKEN)
        assert play.flight().request.input == 2

    def test_it_is_called_again_after_the_next_unknown_end(self) -> None:
        play = probed()
        play.ok(NOT_DONE)
        play.again(BROKEN)
        assert play.flight().request.name == "ask"
        assert play.flight().attempt == 1

    def test_one_that_cannot_be_rendered_leaves_it_to_on_unknown(self) -> None:
        play = begun(program(paying(OnUnknown.PAUSE, probe=plan("ask", reads=Broken()))))
        assert told(play.report(BROKEN)) == (
            "ActivityUnknown CompensationArmed ProbeStarted ProbeEnded ResolutionAsked ExecutionPaused"
        )

    def test_it_is_asked_after_a_callback_that_did_not_come(self) -> None:
        play = begun(program(awaiting_task("ship", probe=plan("ask"))))
        play.ok()
        assert told(play.wake()) == "ActivityUnknown ProbeStarted ActivityStarted"

    def test_while_paused_it_is_put_off(self) -> None:
        play = begun(program(paying()))
        play.pause()
        assert told(play.report(BROKEN)) == "ActivityUnknown CompensationArmed"
        assert told(play.resume()) == "ExecutionResumed ProbeStarted ActivityStarted"


class TestItsAnswer:
    @pytest.mark.parametrize("on_unknown", OnUnknown)
    def test_done_completes_the_visit_and_arms_with_the_output(self, on_unknown: OnUnknown) -> None:
        play = probed(on_unknown)
        assert told(play.ok(DONE)) == (
            "ActivityCompleted ProbeEnded OutcomeResolved CompensationArmed NodeCompleted NodeEntered "
            "ActivityStarted"
        )
        assert play.execution.visits["pay"].output == {"id": 7}
        play.report(REFUSED)
        assert (play.flight().request.name, play.flight().request.input) == ("undo-pay", 7)

    @pytest.mark.parametrize("on_unknown", OnUnknown)
    def test_not_done_disarms_and_the_retry_rules_go_on(self, on_unknown: OnUnknown) -> None:
        play = probed(on_unknown)
        assert told(play.ok(NOT_DONE)) == (
            "ActivityCompleted ProbeEnded OutcomeResolved CompensationDisarmed RetryScheduled"
        )
        assert undo_of(play) is CompensationStatus.REGISTERED
        assert outcomes(play) == [AttemptOutcome.FAILED]
        play.wake()
        assert (play.flight().request.name, play.flight().attempt) == ("pay", 2)

    def test_not_done_with_no_attempt_left_fails_with_the_code_of_the_attempt(self) -> None:
        play = probed(activity=plan("pay", retry=ONCE), end=LATE)
        play.ok(NOT_DONE)
        assert play.status is ExecutionStatus.FAILED
        failure = play.execution.failure
        assert failure is not None
        assert (failure.code, failure.kind.value, failure.attempt) == ("call_timeout", "timeout", 1)

    def test_for_retry_on_not_done_still_counts_as_unknown(self) -> None:
        only = RetryPolicy(jitter=0.0, on=("unknown",))
        play = probed(activity=plan("pay", retry=only))
        play.ok(NOT_DONE)
        assert play.status is ExecutionStatus.RUNNING

    def test_not_done_makes_all_its_unknown_attempts_failed(self) -> None:
        play = probed()
        play.ok("who knows")
        play.again(BROKEN)
        assert outcomes(play) == [AttemptOutcome.UNKNOWN, AttemptOutcome.UNKNOWN]
        play.ok(NOT_DONE)
        assert outcomes(play) == [AttemptOutcome.FAILED, AttemptOutcome.FAILED]

    @pytest.mark.parametrize(
        "end",
        [
            Ok(body=None),
            Ok(body="done"),
            Ok(body={"outcome": "perhaps"}),
            Ok(body={"outcome": None}),
            Ok(body=[DONE]),
            BUSY,
            REFUSED,
            BROKEN,
            LATE,
        ],
    )
    @pytest.mark.parametrize(
        ("on_unknown", "events"),
        [
            (OnUnknown.RETRY, "RetryScheduled"),
            (OnUnknown.PAUSE, "ResolutionAsked ExecutionPaused"),
            (OnUnknown.COMPENSATE, "NodeFailed CompensationStarted ActivityStarted"),
            (OnUnknown.FAIL, "CompensationSkipped NodeFailed ExecutionFailed"),
        ],
    )
    def test_anything_else_leaves_it_to_on_unknown(
        self, on_unknown: OnUnknown, events: str, end: Outcome
    ) -> None:
        play = probed(on_unknown)
        _, rest = told(play.report(end)).split(" ", 1)
        assert rest == f"ProbeEnded {events}"

    def test_a_probe_that_is_lost_is_asked_again(self) -> None:
        play = probed()
        assert told(play.report(LOST)) == "ActivityUnknown RetryScheduled"
        play.go_on()
        flight = play.flight()
        assert (flight.request.name, flight.attempt) == ("ask", 2)
        play.ok(DONE)
        assert play.execution.visits["pay"].status is VisitStatus.COMPLETED

    def test_the_attempts_of_the_probe_are_not_those_of_the_visit(self) -> None:
        play = probed()
        play.report(LOST)
        play.wake()
        play.ok(NOT_DONE)
        play.wake()
        assert play.flight().attempt == 2

    def test_while_paused_its_answer_is_recorded(self) -> None:
        play = probed()
        play.pause()
        assert told(play.ok(DONE)) == (
            "ActivityCompleted ProbeEnded OutcomeResolved CompensationArmed NodeCompleted"
        )
        assert play.status is ExecutionStatus.PAUSED


class TestStopping:
    def test_a_cancel_awaits_it_and_undoes_what_it_does_not_know(self) -> None:
        play = probed()
        assert told(play.cancel()) == "CancelRequested"
        assert play.flight().request.name == "ask"
        decision = play.report(BUSY)
        assert told(decision) == (
            "ActivityFailed ProbeEnded NodeCancelled CompensationStarted ActivityStarted"
        )
        assert play.flight().request.name == "undo-by-key"

    def test_done_while_closing_completes_and_undoes_with_the_output(self) -> None:
        play = probed()
        play.cancel()
        play.ok(DONE)
        assert play.execution.visits["pay"].status is VisitStatus.COMPLETED
        assert (play.flight().request.name, play.flight().request.input) == ("undo-pay", 7)

    def test_not_done_while_closing_leaves_nothing_to_undo(self) -> None:
        play = probed()
        play.cancel()
        play.ok(NOT_DONE)
        assert play.status is ExecutionStatus.CANCELLED
        assert undo_of(play) is CompensationStatus.REGISTERED

    def test_what_ends_unknown_while_closing_is_not_asked_about(self) -> None:
        play = begun(program(paying()))
        play.cancel()
        assert "ProbeStarted" not in told(play.report(BROKEN))
        assert play.flight().request.name == "undo-by-key"

    def test_the_deadline_of_the_visit_awaits_it(self) -> None:
        play = probed(deadline_ms=5_000)
        assert told(play.wake()) == "DeadlinePassed"
        play.report(BUSY)
        visit = play.execution.visits["pay"]
        assert visit.failure is not None
        assert visit.failure.code == "deadline"

    def test_terminate_does_not_wait_for_it(self) -> None:
        play = probed()
        assert told(play.terminate()) == "CompensationDropped ExecutionTerminated"
        assert play.flights() == []

    def test_one_that_was_put_off_is_not_asked_after_a_cancel(self) -> None:
        play = begun(program(paying()))
        play.pause()
        play.report(BROKEN)
        assert "ProbeStarted" not in told(play.cancel())


class TestBesideACallback:
    """The missing answer comes while the probe is out."""

    def out(self, **more: object) -> tuple[Play, ActivityId]:
        settled = {"probe": plan("ask"), "compensation": undo("undo-ship"), **more}
        play = begun(program(awaiting_task("ship", **settled), task("next")))
        first = play.flight().activity
        play.report(BROKEN)
        assert play.flight().request.name == "ask"
        return play, first

    def test_it_completes_the_visit_and_the_probe_is_awaited(self) -> None:
        play, first = self.out()
        assert told(play.deliver(first, 1)) == (
            "CallbackReceived ActivityCompleted CompensationArmed NodeCompleted"
        )
        assert play.status is ExecutionStatus.RUNNING
        assert told(play.ok(NOT_DONE)) == "ActivityCompleted ProbeEnded NodeEntered ActivityStarted"
        assert play.execution.visits["ship"].output == 1
        assert play.execution.compensations[Path("ship")].status is CompensationStatus.ARMED

    def test_a_no_awaits_the_probe_and_then_the_retry_rules_are_asked(self) -> None:
        play, first = self.out(success_when=Constant(False))
        assert told(play.deliver(first)) == "CallbackReceived ActivityFailed CompensationDisarmed"
        assert told(play.report(BUSY)) == "ActivityFailed ProbeEnded NodeFailed ExecutionFailed"
        failure = play.execution.failure
        assert failure is not None
        assert failure.code == "callback_refused"

    def test_a_no_is_not_asked_about_any_more(self) -> None:
        play, first = self.out(success_when=Constant(False), on_unknown=OnUnknown.PAUSE)
        play.deliver(first)
        assert told(play.ok(DONE)) == "ActivityCompleted ProbeEnded NodeFailed ExecutionFailed"

    def test_a_no_is_tried_again_where_retry_on_names_callback(self) -> None:
        retry = RetryPolicy(jitter=0.0, on=("callback",))
        play, first = self.out(success_when=Constant(False), activity=plan("ship", retry=retry))
        play.deliver(first)
        play.report(BUSY)
        play.wake()
        assert (play.flight().request.name, play.flight().attempt) == ("ship", 2)

    def test_a_no_while_it_is_cancelled_stays_a_cancel(self) -> None:
        play, first = self.out(success_when=Constant(False))
        play.cancel()
        play.deliver(first)
        play.report(BUSY)
        assert play.status is ExecutionStatus.CANCELLED

    def test_a_no_before_the_probe_was_asked_spares_it(self) -> None:
        play = begun(program(awaiting_task("ship", probe=plan("ask"), success_when=Constant(False))))
        first = play.flight().activity
        play.pause()
        play.report(BROKEN)
        play.deliver(first)
        play.resume()
        assert play.status is ExecutionStatus.FAILED

    def test_a_callback_while_cancelled_and_probed_completes_the_visit(self) -> None:
        play, first = self.out()
        play.cancel()
        play.deliver(first, 1)
        assert play.execution.visits["ship"].status is VisitStatus.COMPLETED
        assert play.flight().request.name == "ask"
        play.ok(NOT_DONE)
        assert play.flight().request.name == "undo-ship"


def test_the_probe_is_a_frame_under_the_one_that_asks() -> None:
    play = probed()
    found = {frame.role: frame for frame in play.execution.frames.values()}
    assert found[Role.PROBE].parent == found[Role.BODY].id
    assert found[Role.BODY].phase is Phase.JOINING


def test_a_person_s_word_is_not_asked_for_while_the_probe_is_out() -> None:
    play = probed(OnUnknown.PAUSE)
    play.report(BUSY)
    assert play.status is ExecutionStatus.PAUSED
    play.resolve(Resolution.DONE, {"id": 1})
    assert told_with_paths(play.history)[-2:] == ["NodeEntered next", "ActivityStarted next"]


@pytest.mark.parametrize("said", [{}, NOT_DONE])
def test_how_long_the_service_asked_to_be_left_alone_is_not_forgotten(said: Json) -> None:
    play = begun(program(task("pay", probe=plan("ask"))))
    play.report(Unknown(code="http_504", message="late", http_status=504, retry_after_ms=60_000))
    play.pass_time(7)
    play.ok(said)
    assert play.wakes_at() == play.now + 60_000
