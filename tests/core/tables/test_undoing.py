"""Undoing a list newest first, and the ways out when an undo is exhausted."""

import pytest
from msgspec.structs import replace

from tests.core.flying import ends
from tests.core.told import told, told_with_paths
from treadle.model.commands import AcceptCompensation, ResumeExecution, SkipCompensation
from treadle.model.decision import Decision, Refused
from treadle.model.execution import AttemptOutcome, CompensationStatus, ExecutionStatus
from treadle.model.ids import NodeId, Path
from treadle.model.outcomes import Ok, Outcome
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.requests import HandlerRequest
from treadle.testing.builders import ONCE, Read, plan, program, task, undo, undone_task
from treadle.testing.composites import parallel
from treadle.testing.playing import ACTOR, BROKEN, BUSY, LOST, REFUSED, Play, begun

TWICE = RetryPolicy(max_attempts=2, jitter=0.0)


def three(retry: RetryPolicy = TWICE) -> Play:
    """Three armed visits, and the task after them refused: the undo of the third is in flight."""
    steps = [task(name, compensation=undo(f"undo-{name}", retry=retry)) for name in ("one", "two", "three")]
    play = begun(program(*steps, task("four")))
    for _ in steps:
        play.ok()
    play.report(REFUSED)
    return play


def exhausted() -> Play:
    """As `three`, the undo of the third exhausted."""
    play = three()
    play.report(BUSY)
    play.again(BUSY)
    return play


def statuses(play: Play) -> dict[str, str]:
    return {path: one.status.value for path, one in sorted(play.execution.compensations.items())}


def test_the_list_is_undone_newest_first_and_one_at_a_time() -> None:
    play = three()
    undone = []
    while play.status is ExecutionStatus.COMPENSATING:
        undone.append(play.flight().node)
        play.ok()
    assert undone == ["three", "two", "one"]
    assert play.status is ExecutionStatus.FAILED
    assert set(statuses(play).values()) == {"completed"}
    assert play.execution.frames[1].armed == type(play.execution.frames[1].armed)()


def test_an_undo_waits_for_the_one_before_it() -> None:
    play = three()
    assert told_with_paths(play.report(BUSY)) == ["ActivityFailed three", "RetryScheduled three"]
    assert play.go_on().events == ()
    assert statuses(play)["two"] == "armed"
    assert told_with_paths(play.again(Ok())) == [
        "ActivityCompleted three",
        "CompensationCompleted three",
        "CompensationStarted two",
        "ActivityStarted two",
    ]


def test_the_attempts_of_an_undo_are_kept_with_it() -> None:
    play = three()
    play.report(BUSY)
    play.again(Ok())
    kept = play.execution.compensations[Path("three")].attempts
    assert [(attempt.number, attempt.outcome) for attempt in kept] == [
        (1, AttemptOutcome.FAILED),
        (2, AttemptOutcome.OK),
    ]


def test_an_exhausted_undo_makes_the_execution_stuck_and_the_rest_waits() -> None:
    play = exhausted()
    assert play.status is ExecutionStatus.STUCK
    assert play.execution.is_stuck
    assert play.execution.reason == "compensation_exhausted"
    assert statuses(play) == {"one": "armed", "two": "armed", "three": "failed"}
    assert play.go_on().events == ()
    assert play.flights() == []


def test_retry_gives_as_many_calls_anew_and_attempt_numbers_go_on() -> None:
    play = exhausted()
    key = "/three/undo"
    assert told(play.retry_undo("three")) == "CompensationRetried ActivityStarted"
    assert play.status is ExecutionStatus.COMPENSATING
    assert not play.execution.is_stuck
    assert play.execution.reason is None
    assert play.flight().attempt == 3
    assert play.flight().key.endswith(key)
    play.report(BUSY)
    assert play.status is ExecutionStatus.COMPENSATING
    play.wake()
    assert play.flight().attempt == 4
    play.report(BUSY)
    assert play.status is ExecutionStatus.STUCK
    play.retry_undo("three")
    play.report(BUSY)
    play.again(Ok())
    assert play.flight().node == "two"


def test_one_that_is_carried_out_in_the_end_keeps_no_error() -> None:
    play = exhausted()
    error = play.execution.compensations[Path("three")].error
    assert error is not None
    assert error.code == "http_503"
    play.retry_undo("three")
    play.ok()
    assert play.execution.compensations[Path("three")].status is CompensationStatus.COMPLETED
    assert play.execution.compensations[Path("three")].error is None


def test_retry_gives_all_calls_anew_after_an_end_that_is_not_tried_again() -> None:
    play = three()
    play.report(REFUSED)
    play.retry_undo("three")
    play.report(BUSY)
    assert play.status is ExecutionStatus.COMPENSATING
    play.again(BUSY)
    assert play.status is ExecutionStatus.STUCK


def test_retry_gives_all_calls_anew_after_ten_were_lost() -> None:
    play = three(ONCE)
    for _ in range(9):
        play.report(LOST)
        play.wake()
    play.report(LOST)
    assert play.status is ExecutionStatus.STUCK
    play.retry_undo("three")
    play.report(LOST)
    assert play.status is ExecutionStatus.COMPENSATING
    assert told(play.again(BUSY)).endswith("CompensationFailed ExecutionStuck")


def test_skip_leaves_the_visit_undone_and_the_rest_goes_on() -> None:
    play = exhausted()
    assert told_with_paths(play.skip_undo("three"))[:2] == [
        "CompensationSkipped three",
        "CompensationStarted two",
    ]
    play.ok()
    play.ok()
    assert play.status is ExecutionStatus.FAILED
    assert statuses(play) == {"one": "completed", "two": "completed", "three": "skipped"}
    assert play.execution.compensations[Path("three")].reason == "left as it is"


def test_accept_says_that_a_person_has_undone_the_visit() -> None:
    play = exhausted()
    play.accept_undo("three")
    play.ok()
    play.ok()
    assert play.status is ExecutionStatus.FAILED
    assert statuses(play) == {"one": "completed", "two": "completed", "three": "accepted"}
    assert play.execution.compensations[Path("three")].reason == "done by hand"


@pytest.mark.parametrize("kind", [SkipCompensation, AcceptCompensation])
def test_only_the_exhausted_one_can_be_settled(kind: type[SkipCompensation]) -> None:
    play = exhausted()
    answer = play.ask(kind(path=Path("two"), reason="left", actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"
    assert "the compensation of two is not exhausted" in answer.message


def test_an_undo_that_ends_unknown_is_tried_again_under_the_same_key() -> None:
    play = three()
    first = play.flight()
    play.report(BROKEN)
    play.wake()
    second = play.flight()
    assert (second.key, second.request) == (first.key, first.request)


def test_a_failed_visit_is_not_undone() -> None:
    play = begun(program(undone_task("one"), undone_task("two")))
    play.ok()
    play.report(REFUSED)
    assert play.flight().node == "one"
    play.ok()
    assert play.status is ExecutionStatus.FAILED
    assert statuses(play) == {"one": "completed", "two": "registered"}


def test_a_completed_execution_keeps_its_list_and_undoes_nothing() -> None:
    play = begun(program(undone_task("one"), undone_task("two")))
    play.ok()
    play.ok()
    assert play.status is ExecutionStatus.COMPLETED
    assert statuses(play) == {"one": "armed", "two": "armed"}
    assert list(play.execution.frames[1].armed) == ["two", "one"]


def test_stuck_while_paused_is_stuck_and_goes_back_to_paused() -> None:
    play = three(ONCE)
    play.pause()
    play.report(BUSY)
    assert play.status is ExecutionStatus.STUCK
    assert play.execution.reason == "compensation_exhausted"
    assert told(play.skip_undo("three")) == "CompensationSkipped"
    assert play.status is ExecutionStatus.PAUSED
    assert play.execution.reason == "operator"
    assert told(play.resume()) == "ExecutionResumed CompensationStarted ActivityStarted"


def test_stuck_while_paused_is_not_resumed_before_it_is_settled() -> None:
    play = three(ONCE)
    play.pause()
    play.report(BUSY)
    answer = play.ask(ResumeExecution(actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"
    assert "stuck" in answer.message
    play.skip_undo("three")
    assert isinstance(play.ask(ResumeExecution(actor=ACTOR)), Decision)


@pytest.mark.parametrize("way_out", ["retry", "skip", "accept"])
def test_every_way_out_of_stuck_gives_the_reason_of_the_pause_back(way_out: str) -> None:
    play = three(ONCE)
    play.pause()
    play.report(BUSY)
    {"retry": play.retry_undo, "skip": play.skip_undo, "accept": play.accept_undo}[way_out]("three")
    assert play.status is ExecutionStatus.PAUSED
    assert play.execution.reason == "operator"
    assert play.flights() == []


@pytest.mark.parametrize("first", ["a", "b"])
def test_stuck_for_two_reasons_is_stuck_for_the_one_that_a_retry_may_end(first: str) -> None:
    """Both branches have failed: the undo of `a` lacks an answer, that of `b` is exhausted."""
    wanting = undo("undo-a", reads=Read("nodes", "a", "output", "id"))
    bodies = {
        "p/x": [task("a", compensation=wanting, on_unknown=OnUnknown.COMPENSATE)],
        "p/y": [task("b", compensation=undo("undo-b", retry=ONCE), on_unknown=OnUnknown.COMPENSATE)],
    }
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ends(play, first, BROKEN)
    ends(play, "b" if first == "a" else "a", BROKEN)
    assert play.status is not ExecutionStatus.STUCK
    ends(play, "undo b", REFUSED)
    assert statuses(play) == {"a": "failed", "b": "failed"}
    assert play.status is ExecutionStatus.STUCK
    assert play.execution.reason == "compensation_exhausted"


def looping(*outcomes: Outcome) -> Play:
    """`pay`, then `back`, which leads to `pay` again: visits that end so, until `back` is refused."""
    by_key = plan("refund-by-key", reads=Read("nodes", "pay", "idempotency_key"))
    by_output = undo("refund", reads=Read("nodes", "pay", "output"), unknown=by_key)
    pay = task("pay", activity=plan("pay", retry=ONCE), compensation=by_output, output=Read("body"))
    play = begun(program(pay, replace(task("back"), next=NodeId("pay"))))
    for outcome in outcomes:
        play.report(outcome)
        play.report(REFUSED if outcome is outcomes[-1] else Ok())
    return play


def test_a_visit_that_is_entered_again_has_a_path_a_key_and_an_undo_of_its_own() -> None:
    play = looping(Ok(body="a"), Ok(body="b"), Ok(body="c"))
    execution = play.execution.id
    seen = []
    while play.status is ExecutionStatus.COMPENSATING:
        flight = play.flight()
        seen.append((flight.node, flight.key, flight.compensates, flight.request))
        play.ok()
    assert seen == [
        (path, f"{execution}/{path}/undo", f"{execution}/{path}", HandlerRequest(name="refund", input=output))
        for path, output in (("pay~3", "c"), ("pay~2", "b"), ("pay", "a"))
    ]


def test_an_earlier_visit_stays_in_the_state_until_its_undo_is_settled() -> None:
    play = looping(Ok(body="a"), Ok(body="b"))
    assert sorted(play.execution.earlier) == ["pay"]
    assert play.execution.visits["pay"].path == "pay~2"
    play.ok()
    assert sorted(play.execution.earlier) == ["pay"]
    play.ok()
    assert play.status is ExecutionStatus.FAILED
    assert sorted(play.execution.earlier) == []


def test_the_undo_for_unknown_of_an_earlier_visit_reads_that_visit() -> None:
    by_key = plan("refund-by-key", reads=Read("nodes", "pay", "idempotency_key"))
    by_id = undo("refund", reads=Read("nodes", "pay", "output", "id"), unknown=by_key)
    play = begun(program(task("pay", compensation=by_id), replace(task("back"), next=NodeId("pay"))))
    for outcome in (Ok(body={}), Ok(), Ok(body={}), REFUSED):
        play.report(outcome)
    asked = []
    while play.status is ExecutionStatus.COMPENSATING:
        asked.append(play.flight().request)
        play.ok()
    key = f"{play.execution.id}/pay"
    assert asked == [HandlerRequest(name="refund-by-key", input=path) for path in (f"{key}~2", key)]
