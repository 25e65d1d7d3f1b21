"""When an undo is owed, and what it asks for."""

import pytest

from tests.core.told import told
from treadle.model.events import CompensationArmed
from treadle.model.execution import Compensation, CompensationStatus, ExecutionStatus
from treadle.model.ids import Path
from treadle.model.outcomes import Ok
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.program import CompensationPlan
from treadle.model.requests import HandlerRequest
from treadle.testing.builders import Read, plan, program, task, undo, undone_task
from treadle.testing.playing import BROKEN, BUSY, LOST, REFUSED, Play, begun

PAY = Path("pay")
BY_RESPONSE = undo("refund", reads=Read("nodes", "pay", "output", "id"))
BY_KEY = plan("refund-by-key", reads=Read("nodes", "pay", "idempotency_key"))
EITHER = undo("refund", reads=Read("nodes", "pay", "output", "id"), unknown=BY_KEY)


def paying(compensation: CompensationPlan, on_unknown: OnUnknown = OnUnknown.RETRY) -> Play:
    """A play in which `pay` is in flight; `ship` follows."""
    return begun(program(task("pay", compensation=compensation, on_unknown=on_unknown), task("ship")))


def of_pay(play: Play) -> Compensation:
    return play.execution.compensations[PAY]


def armings(play: Play) -> list[CompensationArmed]:
    return [event for event in play.history if isinstance(event, CompensationArmed)]


def test_the_undo_is_registered_before_the_activity_starts() -> None:
    play = begun(program(undone_task("pay")))
    assert told(play.history) == "ExecutionStarted NodeEntered CompensationRegistered ActivityStarted"
    assert of_pay(play).status is CompensationStatus.REGISTERED
    assert list(play.execution.frames[1].armed) == []


def test_a_task_without_an_undo_registers_none() -> None:
    play = begun(program(task("pay")))
    play.ok()
    assert len(play.execution.compensations) == 0


@pytest.mark.parametrize("end", [Ok(body={"id": 7}), BROKEN, LOST])
def test_it_is_armed_when_something_was_or_may_have_been_done(end: Ok) -> None:
    play = paying(undo("refund"))
    play.report(end)
    assert of_pay(play).status is CompensationStatus.ARMED
    assert list(play.execution.frames[1].armed) == ["pay"]


@pytest.mark.parametrize("end", [BUSY, REFUSED])
def test_it_is_never_armed_by_a_failure(end: Ok) -> None:
    play = paying(undo("refund"))
    play.report(end)
    assert of_pay(play).status is CompensationStatus.REGISTERED
    assert armings(play) == []


def test_what_is_armed_stays_armed_when_a_later_attempt_fails() -> None:
    play = paying(undo("refund"))
    play.report(BROKEN)
    play.again(REFUSED)
    assert play.flight().request == HandlerRequest(name="refund")
    play.ok()
    assert play.status is ExecutionStatus.FAILED
    assert of_pay(play).status is CompensationStatus.COMPLETED


def test_the_request_is_rendered_with_the_values_of_then() -> None:
    play = paying(BY_RESPONSE)
    play.ok({"id": 7})
    assert of_pay(play).request == HandlerRequest(name="refund", input=7)


def test_it_is_rendered_again_when_a_later_attempt_ends_ok() -> None:
    play = paying(BY_RESPONSE)
    play.report(BROKEN)
    assert of_pay(play).request is None
    assert of_pay(play).unrendered == "nodes.pay.output.id"
    play.again(Ok(body={"id": 7}))
    assert of_pay(play).request == HandlerRequest(name="refund", input=7)
    assert of_pay(play).unrendered is None
    assert list(play.execution.frames[1].armed) == ["pay"]
    assert len(armings(play)) == 2


def test_a_second_unknown_end_says_nothing_new() -> None:
    play = paying(undo("refund"))
    play.report(BROKEN)
    play.wake()
    assert told(play.report(BROKEN)) == "ActivityUnknown RetryScheduled"
    assert list(play.execution.frames[1].armed) == ["pay"]


def test_the_place_on_the_list_is_that_of_the_first_arming() -> None:
    play = paying(undo("refund"))
    play.report(BROKEN)
    seq = of_pay(play).seq
    play.again(Ok())
    assert of_pay(play).seq == seq


def test_an_undo_that_needs_the_response_gives_way_to_the_one_for_unknown() -> None:
    play = paying(EITHER, OnUnknown.COMPENSATE)
    decision = play.report(BROKEN)
    assert "CompensationArmed NodeFailed CompensationStarted ActivityStarted" in told(decision)
    assert play.flight().request == HandlerRequest(name="refund-by-key", input=f"{play.execution.id}/pay")
    assert of_pay(play).is_unknown
    play.ok()
    assert play.status is ExecutionStatus.FAILED
    assert of_pay(play).status is CompensationStatus.COMPLETED


def test_the_undo_for_unknown_has_a_retry_policy_of_its_own() -> None:
    patient = plan("refund-by-key", retry=RetryPolicy(max_attempts=2, initial_ms=77, jitter=0.0))
    play = paying(undo("refund", reads=Read("nodes", "pay", "output"), unknown=patient), OnUnknown.COMPENSATE)
    play.report(BROKEN)
    play.report(BUSY)
    assert play.wakes_at() == play.now + 77
    assert play.again(BUSY)
    assert play.status is ExecutionStatus.STUCK


def test_the_undo_for_unknown_has_a_time_limit_of_its_own() -> None:
    slow = plan("refund-by-key", timeout_ms=77_000)
    play = paying(undo("refund", reads=Read("nodes", "pay", "output"), unknown=slow), OnUnknown.COMPENSATE)
    play.report(BROKEN)
    assert play.flight().timeout_ms == 77_000


def test_the_undo_for_unknown_is_not_used_when_the_response_is_known() -> None:
    play = paying(EITHER)
    play.ok({"id": 7})
    play.report(REFUSED)
    assert play.flight().request == HandlerRequest(name="refund", input=7)
    assert not of_pay(play).is_unknown


@pytest.mark.parametrize(
    "compensation",
    [
        BY_RESPONSE,
        undo("refund", reads=Read("nodes", "pay", "output"), unknown=plan("u", reads=Read("input", "no"))),
    ],
)
def test_without_any_request_a_person_is_needed(compensation: CompensationPlan) -> None:
    play = paying(compensation, OnUnknown.COMPENSATE)
    play.report(BROKEN)
    assert play.status is ExecutionStatus.STUCK
    assert play.execution.reason == "compensation_needs_response"
    error = of_pay(play).error
    assert error is not None
    assert error.code == "compensation_needs_response"
    assert "nodes.pay.output" in error.message
    assert play.flights() == []


def test_asking_again_for_an_undo_that_needs_the_response_leaves_it_stuck() -> None:
    play = paying(BY_RESPONSE, OnUnknown.COMPENSATE)
    play.report(BROKEN)
    assert told(play.retry_undo("pay")) == "CompensationRetried CompensationFailed ExecutionStuck"
    assert play.execution.reason == "compensation_needs_response"
    play.accept_undo("pay")
    assert play.status is ExecutionStatus.FAILED


def test_on_unknown_fail_leaves_the_visit_undone() -> None:
    play = paying(undo("refund"), OnUnknown.FAIL)
    play.report(BROKEN)
    assert play.status is ExecutionStatus.FAILED
    assert of_pay(play).status is CompensationStatus.SKIPPED
    assert of_pay(play).reason == "on_unknown"


def test_the_undo_carries_the_key_of_what_it_undoes() -> None:
    play = paying(undo("refund"))
    forward = play.flight()
    play.ok()
    play.report(REFUSED)
    backward = play.flight()
    assert forward.key == f"{play.execution.id}/pay"
    assert backward.key == f"{play.execution.id}/pay/undo"
    assert (forward.compensates, backward.compensates) == (None, forward.key)
    assert backward.node == "pay"
