"""An attempt of which nobody knows what it did: what the node says, what a person says, and the undo."""

import pytest
from msgspec.structs import replace

from tests.core.told import told, told_with_paths
from treadle.model.commands import (
    CancelExecution,
    PauseExecution,
    Resolution,
    ResolveOutcome,
    ResumeExecution,
)
from treadle.model.decision import Refused
from treadle.model.events import OutcomeResolved
from treadle.model.execution import (
    AttemptOutcome,
    CompensationStatus,
    ExecutionStatus,
    FailureKind,
    VisitStatus,
)
from treadle.model.ids import Path
from treadle.model.outcomes import Ok, Outcome, Unknown
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.program import TaskNode
from treadle.testing.builders import ONCE, Read, awaiting_task, plan, program, sleep, task, undo, undone_task
from treadle.testing.composites import parallel, shield
from treadle.testing.playing import ACTOR, BROKEN, BUSY, LATE, LOST, REFUSED, Play, begun

TWICE = RetryPolicy(jitter=0.0, max_attempts=2)
NEVER = RetryPolicy(jitter=0.0, on=())


def paying(on_unknown: OnUnknown, retry: RetryPolicy | None = None, **more: object) -> TaskNode:
    return task(
        "pay",
        activity=plan("pay", retry=retry or RetryPolicy(jitter=0.0)),
        compensation=undo("undo-pay"),
        on_unknown=on_unknown,
        **more,
    )


def asked(end: Outcome = BROKEN, **more: object) -> Play:
    """A play that is paused for the unknown outcome of its one task."""
    play = begun(program(paying(OnUnknown.PAUSE, **more), task("next")))
    play.report(end)
    assert (play.status, play.execution.reason) == (ExecutionStatus.PAUSED, "unknown_outcome")
    return play


def undo_of(play: Play, path: str = "pay") -> CompensationStatus:
    return play.execution.compensations[Path(path)].status


def outcomes(play: Play, path: str = "pay") -> list[AttemptOutcome | None]:
    frames = [frame for frame in play.execution.frames.values() if frame.path == path]
    activity = frames[0].activity if frames else None
    attempts = play.execution.visits[path].attempts if activity is None else activity.attempts
    return [one.outcome for one in attempts]


def refused(play: Play, command: ResolveOutcome | ResumeExecution | CancelExecution) -> Refused:
    before = play.execution
    answer = play.ask(command)
    assert isinstance(answer, Refused)
    assert play.execution is before
    return answer


class TestOnUnknown:
    @pytest.mark.parametrize("end", [BROKEN, LATE, LOST])
    @pytest.mark.parametrize(
        ("on_unknown", "status", "compensation", "visit"),
        [
            (OnUnknown.RETRY, "running", "armed", "running"),
            (OnUnknown.PAUSE, "paused", "armed", "unknown"),
            (OnUnknown.COMPENSATE, "compensating", "running", "failed"),
            (OnUnknown.FAIL, "failed", "skipped", "failed"),
        ],
    )
    def test_it_is_asked_after_every_unknown_end_a_lost_attempt_too(
        self, end: Outcome, on_unknown: OnUnknown, status: str, compensation: str, visit: str
    ) -> None:
        play = begun(program(paying(on_unknown)))
        play.report(end)
        assert play.status.value == status
        assert undo_of(play).value == compensation
        assert play.execution.visits["pay"].status.value == visit

    def test_it_is_asked_before_the_retry_rules(self) -> None:
        play = begun(program(paying(OnUnknown.COMPENSATE)))
        play.report(BROKEN)
        assert play.status is ExecutionStatus.COMPENSATING
        play = begun(program(paying(OnUnknown.PAUSE, NEVER)))
        play.report(BROKEN)
        assert play.status is ExecutionStatus.PAUSED

    def test_a_failed_end_does_not_ask_it(self) -> None:
        play = begun(program(paying(OnUnknown.PAUSE)))
        play.report(BUSY)
        assert play.status is ExecutionStatus.RUNNING

    def test_retry_follows_the_retry_rules(self) -> None:
        play = begun(program(paying(OnUnknown.RETRY, TWICE)))
        play.report(BROKEN)
        assert play.again(BROKEN)
        assert play.status is ExecutionStatus.COMPENSATING
        failure = play.execution.visits["pay"].failure
        assert failure is not None
        assert (failure.code, failure.attempt) == ("connection", 2)

    def test_retry_where_retry_on_does_not_name_unknown_fails(self) -> None:
        play = begun(program(paying(OnUnknown.RETRY, NEVER)))
        play.report(BROKEN)
        assert play.execution.visits["pay"].status is VisitStatus.FAILED

    @pytest.mark.parametrize("on_unknown", [OnUnknown.COMPENSATE, OnUnknown.FAIL])
    @pytest.mark.parametrize(
        ("end", "kind"),
        [(BROKEN, FailureKind.ERROR), (LATE, FailureKind.TIMEOUT), (LOST, FailureKind.ERROR)],
    )
    def test_the_node_fails_with_outcome_unknown(
        self, on_unknown: OnUnknown, end: Outcome, kind: FailureKind
    ) -> None:
        play = begun(program(paying(on_unknown)))
        play.report(end)
        failure = play.execution.visits["pay"].failure
        assert failure is not None
        assert (failure.kind, failure.code, failure.path, failure.attempt) == (
            kind,
            "outcome_unknown",
            "pay",
            1,
        )

    def test_fail_says_why_the_undo_is_left(self) -> None:
        play = begun(program(paying(OnUnknown.FAIL)))
        play.report(BROKEN)
        assert play.execution.compensations[Path("pay")].reason == "on_unknown"
        assert play.flights() == []

    def test_fail_undoes_what_came_before_it(self) -> None:
        play = begun(program(undone_task("one"), paying(OnUnknown.FAIL)))
        play.ok()
        play.report(BROKEN)
        assert play.flight().node == "one"

    def test_compensate_undoes_it_with_its_scope(self) -> None:
        play = begun(program(undone_task("one"), paying(OnUnknown.COMPENSATE)))
        play.ok()
        play.report(BROKEN)
        assert play.flight().node == "pay"
        play.ok()
        assert play.flight().node == "one"


class TestResolving:
    def test_done_completes_the_visit_with_the_output_and_goes_on(self) -> None:
        play = asked()
        assert told(play.resolve(Resolution.DONE, {"id": 1})) == (
            "OutcomeResolved CompensationArmed NodeCompleted ExecutionResumed NodeEntered ActivityStarted"
        )
        visit = play.execution.visits["pay"]
        assert (visit.status, visit.output) == (VisitStatus.COMPLETED, {"id": 1})
        assert play.flight().node == "next"

    def test_done_renders_the_undo_once_more_with_the_output(self) -> None:
        node = replace(
            paying(OnUnknown.PAUSE),
            compensation=undo("undo-pay", reads=Read("nodes", "pay", "output", "id")),
        )
        play = begun(program(node, task("next")))
        play.report(BROKEN)
        assert play.execution.compensations[Path("pay")].request is None
        play.resolve(Resolution.DONE, {"id": 7})
        play.report(REFUSED)
        assert play.flight().request.input == 7

    def test_not_done_makes_its_unknown_attempts_failed_and_disarms_and_tries_again(self) -> None:
        play = asked()
        assert told(play.resolve(Resolution.NOT_DONE)) == (
            "OutcomeResolved CompensationDisarmed RetryScheduled ExecutionResumed"
        )
        assert outcomes(play) == [AttemptOutcome.FAILED]
        assert undo_of(play) is CompensationStatus.REGISTERED
        play.wake()
        assert play.flight().attempt == 2

    def test_for_retry_on_it_still_counts_as_unknown(self) -> None:
        play = asked(retry=RetryPolicy(jitter=0.0, on=("unknown",)))
        play.resolve(Resolution.NOT_DONE)
        assert play.status is ExecutionStatus.RUNNING
        play = asked(retry=RetryPolicy(jitter=0.0, on=("error", "5xx")))
        play.resolve(Resolution.NOT_DONE)
        assert play.status is ExecutionStatus.FAILED

    def test_not_done_with_no_attempt_left_fails_without_undo(self) -> None:
        play = asked(retry=ONCE)
        assert told(play.resolve(Resolution.NOT_DONE)) == (
            "OutcomeResolved CompensationDisarmed NodeFailed ExecutionResumed ExecutionFailed"
        )

    def test_a_lost_attempt_that_was_not_done_is_sent_again_and_does_not_count(self) -> None:
        play = asked(LOST, retry=ONCE)
        play.resolve(Resolution.NOT_DONE)
        assert play.flight().attempt == 2

    def test_it_is_asked_again_after_the_next_unknown_end(self) -> None:
        play = asked()
        play.resolve(Resolution.NOT_DONE)
        play.again(BROKEN)
        assert play.status is ExecutionStatus.PAUSED
        assert outcomes(play) == [AttemptOutcome.FAILED, AttemptOutcome.UNKNOWN]
        assert undo_of(play) is CompensationStatus.ARMED

    def test_the_event_says_who_and_why(self) -> None:
        play = asked()
        command = ResolveOutcome(outcome=Resolution.DONE, output=1, reason="seen in the books", actor="ann")
        event = play.do(command).events[0]
        assert isinstance(event, OutcomeResolved)
        assert (event.actor, event.reason, event.outcome, event.output) == (
            "ann",
            "seen in the books",
            "done",
            1,
        )

    @pytest.mark.parametrize("path", ["pay", None])
    def test_it_may_name_the_path(self, path: str | None) -> None:
        play = asked()
        play.resolve(Resolution.DONE, path=path)
        assert play.status is ExecutionStatus.RUNNING

    @pytest.mark.parametrize("path", ["next", "elsewhere", "pay~2"])
    def test_a_path_that_is_not_unknown_is_refused(self, path: str) -> None:
        answer = refused(asked(), ResolveOutcome(outcome=Resolution.DONE, path=Path(path), actor=ACTOR))
        assert answer.code == "invalid_transition"
        assert path in answer.message

    def test_it_is_refused_while_paused_by_an_operator(self) -> None:
        play = begun(program(task("one")))
        play.pause()
        answer = refused(play, ResolveOutcome(outcome=Resolution.DONE, actor=ACTOR))
        assert answer.code == "invalid_transition"
        assert "not paused for one" in answer.message


class TestThePause:
    def test_it_is_by_the_engine(self) -> None:
        pause = asked().execution.paused
        assert pause is not None
        assert (pause.reason, pause.actor) == ("unknown_outcome", "engine")

    def test_resume_is_refused_until_it_is_resolved(self) -> None:
        play = asked()
        answer = refused(play, ResumeExecution(actor=ACTOR))
        assert answer.code == "invalid_transition"
        assert "pay" in answer.message

    def test_what_else_is_in_flight_is_recorded(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={"p/a": (paying(OnUnknown.PAUSE),), "p/b": (task("other"), task("more"))},
            )
        )
        play.report_at("pay", BROKEN)
        assert told(play.report_at("other", Ok())) == "ActivityCompleted NodeCompleted"
        assert play.flights() == []
        play.resolve(Resolution.DONE)
        assert play.flight().node == "more"

    def test_cancel_ends_it_and_undoes_what_may_have_been_done(self) -> None:
        play = asked()
        assert told(play.cancel()) == ("CancelRequested NodeCancelled CompensationStarted ActivityStarted")
        assert outcomes(play) == [AttemptOutcome.UNKNOWN]
        play.ok()
        assert play.status is ExecutionStatus.CANCELLED

    def test_terminate_ends_it(self) -> None:
        play = asked()
        assert told(play.terminate()) == "CompensationDropped ExecutionTerminated"

    def test_a_cancel_does_not_reach_what_a_shield_asks_about(self) -> None:
        play = begun(program(shield("s"), bodies={"s/body": (paying(OnUnknown.PAUSE), task("next"))}))
        play.report(BROKEN)
        assert told(play.cancel()) == "CancelRequested ExecutionPaused"
        assert (play.status, play.execution.reason) == (ExecutionStatus.PAUSED, "unknown_outcome")
        assert refused(play, CancelExecution(actor=ACTOR)).code == "invalid_transition"
        play.resolve(Resolution.DONE)
        assert play.status is ExecutionStatus.COMPENSATING
        assert play.flight().node == "next"

    def test_a_held_cancel_does_not_reach_it_either(self) -> None:
        play = begun(program(shield("s"), bodies={"s/body": (paying(OnUnknown.PAUSE),)}))
        play.report(BROKEN)
        assert told(play.do(CancelExecution(actor=ACTOR), is_held=True)) == "CancelRequested ExecutionPaused"
        assert play.status is ExecutionStatus.PAUSED

    def test_a_held_cancel_does_not_reach_it_when_it_is_passed_on_later(self) -> None:
        bodies = {"p/a": (shield("s"),), "s/body": (paying(OnUnknown.PAUSE),)}
        play = begun(program(parallel("p", "a"), bodies=bodies))
        play.report(BROKEN)
        assert told(play.do(CancelExecution(actor=ACTOR), is_held=True)) == "CancelRequested"
        assert told(play.go_on()) == "BranchCancelled ExecutionPaused"
        assert (play.status, play.execution.reason) == (ExecutionStatus.PAUSED, "unknown_outcome")

    @pytest.mark.parametrize("stop", ["cancel", "deadline"])
    def test_a_stop_in_the_decision_that_asks_does_not_reach_it(self, stop: str) -> None:
        """The wait for the callback is over, and with it the deadline, or a cancel comes."""
        waiting = awaiting_task("pay", on_unknown=OnUnknown.PAUSE, timeout_ms=3_000)
        limit = 4_000 if stop == "deadline" else None
        play = begun(program(shield("s"), bodies={"s/body": (waiting,)}, deadline_ms=limit))
        play.ok()
        play.pass_time(5_000)
        events = told(play.cancel() if stop == "cancel" else play.go_on())
        assert events == (
            "ActivityUnknown ResolutionAsked ExecutionPaused "
            f"{'CancelRequested' if stop == 'cancel' else 'DeadlinePassed'} ExecutionPaused"
        )
        play.resolve(Resolution.DONE)
        assert play.status is (ExecutionStatus.CANCELLED if stop == "cancel" else ExecutionStatus.FAILED)

    def test_the_deadline_of_the_visit_ends_it(self) -> None:
        play = asked(deadline_ms=5_000)
        assert told(play.wake()) == (
            "DeadlinePassed NodeFailed ExecutionResumed CompensationStarted ActivityStarted"
        )
        assert play.execution.visits["pay"].status is VisitStatus.FAILED

    def test_sleeps_that_fell_due_in_it_end_with_it(self) -> None:
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={"p/a": (paying(OnUnknown.PAUSE),), "p/b": (sleep("rest"),)},
            )
        )
        play.report(BROKEN)
        play.pass_time(60_000)
        assert play.go_on().events == ()
        play.resolve(Resolution.DONE)
        assert play.status is ExecutionStatus.COMPLETED


class TestBesideAPauseByAnOperator:
    def paused(self) -> Play:
        play = begun(program(paying(OnUnknown.PAUSE), task("next")))
        play.pause()
        assert told(play.report(BROKEN)) == "ActivityUnknown CompensationArmed ResolutionAsked"
        return play

    def test_the_operator_s_pause_stays_until_it_is_resumed(self) -> None:
        play = self.paused()
        assert play.execution.reason == "operator"
        assert refused(play, ResolveOutcome(outcome=Resolution.DONE, actor=ACTOR)).code == (
            "invalid_transition"
        )

    def test_resume_turns_it_into_the_pause_for_the_unknown_outcome(self) -> None:
        play = self.paused()
        assert told(play.resume()) == "ExecutionResumed ExecutionPaused"
        assert play.execution.reason == "unknown_outcome"
        play.resolve(Resolution.DONE)
        assert play.status is ExecutionStatus.RUNNING

    def test_a_pause_by_an_operator_is_that_whatever_its_reason(self) -> None:
        play = begun(program(awaiting_task("ship"), task("next")))
        first = play.flight().activity
        play.do(PauseExecution(actor=ACTOR, reason="unknown_outcome"))
        play.deliver(first, 1)
        assert play.status is ExecutionStatus.PAUSED
        play.resume()
        assert play.flight().node == "next"


class TestTwoAtOnce:
    def asked(self) -> Play:
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={
                    "p/a": (paying(OnUnknown.PAUSE),),
                    "p/b": (task("book", on_unknown=OnUnknown.PAUSE),),
                },
            )
        )
        play.report_at("pay", BROKEN)
        assert told(play.report_at("book", BROKEN)) == "ActivityUnknown ResolutionAsked"
        return play

    def test_without_a_path_it_is_ambiguous(self) -> None:
        answer = refused(self.asked(), ResolveOutcome(outcome=Resolution.DONE, actor=ACTOR))
        assert answer.code == "ambiguous_path"
        assert answer.message.endswith("book, pay")

    def test_the_last_one_resolved_ends_the_pause(self) -> None:
        play = self.asked()
        assert told_with_paths(play.resolve(Resolution.DONE, 1, path="book")) == [
            "OutcomeResolved book",
            "NodeCompleted book",
        ]
        assert play.status is ExecutionStatus.PAUSED
        answer = refused(play, ResumeExecution(actor=ACTOR))
        assert "pay" in answer.message
        assert "book" not in answer.message
        play.resolve(Resolution.DONE, 2)
        assert play.execution.output == {"a": 2, "b": 1}

    def test_not_done_of_one_waits_for_the_other_before_it_is_tried_again(self) -> None:
        play = self.asked()
        play.resolve(Resolution.NOT_DONE, path="pay")
        play.pass_time(60_000)
        assert play.go_on().events == ()
        play.resolve(Resolution.DONE)
        assert play.flight().node == "pay"

    def test_one_that_fails_stops_the_other_without_asking_further(self) -> None:
        """The first failure of a branch stops the others: what was asked about it is given up."""
        play = begun(
            program(
                parallel("p", "a", "b"),
                bodies={
                    "p/a": (paying(OnUnknown.PAUSE, ONCE),),
                    "p/b": (task("book", on_unknown=OnUnknown.PAUSE),),
                },
            )
        )
        play.report_at("pay", BROKEN)
        play.report_at("book", BROKEN)
        play.resolve(Resolution.NOT_DONE, path="pay")
        assert play.execution.visits["pay"].status is VisitStatus.FAILED
        play.resolve(Resolution.DONE)
        assert play.status is ExecutionStatus.FAILED


class TestTheUndo:
    """What an unknown attempt may have done is undone with what is known of it."""

    def unread(self, **more: object) -> Play:
        reads = Read("nodes", "pay", "output", "id")
        node = replace(paying(OnUnknown.COMPENSATE), compensation=undo("undo-pay", reads=reads, **more))
        return begun(program(undone_task("one"), node))

    def test_unknown_replaces_what_cannot_be_rendered(self) -> None:
        play = self.unread(unknown=plan("undo-by-key", reads=Read("nodes", "pay", "idempotency_key")))
        play.ok()
        play.report(BROKEN)
        flight = play.flight()
        assert flight.request.name == "undo-by-key"
        assert flight.request.input == f"{play.execution.id}/pay"
        assert play.execution.compensations[Path("pay")].is_unknown

    def test_unknown_has_its_own_retry_rules(self) -> None:
        play = self.unread(unknown=plan("undo-by-key", retry=ONCE))
        play.ok()
        play.report(BROKEN)
        play.report(BUSY)
        assert play.status is ExecutionStatus.STUCK

    def test_without_it_a_person_is_needed(self) -> None:
        play = self.unread()
        play.ok()
        play.report(BROKEN)
        assert (play.status, play.execution.reason) == (
            ExecutionStatus.STUCK,
            "compensation_needs_response",
        )
        play.skip_undo("pay")
        assert play.flight().node == "one"

    def test_unknown_that_cannot_be_rendered_either_needs_a_person(self) -> None:
        play = self.unread(unknown=plan("undo-by-key", reads=Read("nodes", "pay", "response")))
        play.ok()
        play.report(BROKEN)
        assert play.execution.reason == "compensation_needs_response"
        assert not play.execution.compensations[Path("pay")].is_unknown

    def test_a_later_ok_replaces_it_by_the_undo_itself(self) -> None:
        reads = Read("nodes", "pay", "output", "id")
        node = replace(
            paying(OnUnknown.RETRY),
            compensation=undo("undo-pay", reads=reads, unknown=plan("undo-by-key")),
        )
        play = begun(program(node, task("next")))
        play.report(BROKEN)
        assert play.execution.compensations[Path("pay")].is_unknown
        play.again(Ok(body={"id": 3}))
        play.report(REFUSED)
        assert (play.flight().request.name, play.flight().request.input) == ("undo-pay", 3)

    def test_two_unknown_ends_arm_once(self) -> None:
        play = begun(program(paying(OnUnknown.RETRY)))
        play.report(BROKEN)
        assert told(play.again(BROKEN)) == "ActivityUnknown RetryScheduled"

    def test_an_unknown_end_and_then_failed_ones_stay_armed(self) -> None:
        play = begun(program(paying(OnUnknown.RETRY)))
        play.report(BROKEN)
        play.again(REFUSED)
        assert play.flight().node == "pay"
        assert play.status is ExecutionStatus.COMPENSATING


def test_retry_after_of_an_unknown_end_is_kept_to() -> None:
    """502 and 504 are unknown, and may say when to come again."""
    play = begun(program(paying(OnUnknown.RETRY)))
    play.report(Unknown(code="http_502", message="bad gateway", http_status=502, retry_after_ms=9_000))
    assert play.wakes_at() == play.now + 9_000
