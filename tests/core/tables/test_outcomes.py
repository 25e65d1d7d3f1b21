"""What follows from the end of an attempt: every combination, by hand.

`-` in a row stands for any value. Each combination must be met by exactly one row.
"""

from itertools import product

import pytest
from msgspec.structs import replace

from tests.core.told import told
from treadle.model.commands import ReportOutcome
from treadle.model.decision import Refused
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.model.ids import ActivityId, FrameId
from treadle.model.outcomes import Cause, Failed, Ok, Outcome, Unknown
from treadle.model.policies import LOST_MAX, OnUnknown, RetryPolicy
from treadle.testing.builders import ONCE, PLAIN_RETRY, plan, program, task, undo, undone_task
from treadle.testing.playing import BROKEN, BUSY, LATE, LOST, REFUSED, Play, begun

ENDS: dict[str, Outcome] = {
    "ok": Ok(body=1),
    "busy": BUSY,
    "refused": REFUSED,
    "unknown": BROKEN,
    "lost": LOST,
}

# end, attempts left, on_unknown, has an undo, is closing
VISIT = """
ok       -    -           undo  -        ActivityCompleted CompensationArmed NodeCompleted
ok       -    -           none  -        ActivityCompleted NodeCompleted
busy     left -           -     open     ActivityFailed RetryScheduled
busy     last -           -     open     ActivityFailed NodeFailed
busy     -    -           -     closing  ActivityFailed NodeCancelled
refused  -    -           -     open     ActivityFailed NodeFailed
refused  -    -           -     closing  ActivityFailed NodeCancelled
unknown  left retry       undo  open     ActivityUnknown CompensationArmed RetryScheduled
unknown  left retry       none  open     ActivityUnknown RetryScheduled
unknown  last retry       undo  open     ActivityUnknown CompensationArmed NodeFailed
unknown  last retry       none  open     ActivityUnknown NodeFailed
unknown  -    compensate  undo  open     ActivityUnknown CompensationArmed NodeFailed
unknown  -    compensate  none  open     ActivityUnknown NodeFailed
unknown  -    fail        undo  open     ActivityUnknown CompensationSkipped NodeFailed
unknown  -    fail        none  open     ActivityUnknown NodeFailed
unknown  -    retry       undo  closing  ActivityUnknown CompensationArmed NodeCancelled
unknown  -    compensate  undo  closing  ActivityUnknown CompensationArmed NodeCancelled
unknown  -    fail        undo  closing  ActivityUnknown CompensationSkipped NodeCancelled
unknown  -    -           none  closing  ActivityUnknown NodeCancelled
lost     -    retry       undo  open     ActivityUnknown CompensationArmed RetryScheduled
lost     -    retry       none  open     ActivityUnknown RetryScheduled
lost     -    compensate  undo  open     ActivityUnknown CompensationArmed NodeFailed
lost     -    compensate  none  open     ActivityUnknown NodeFailed
lost     -    fail        undo  open     ActivityUnknown CompensationSkipped NodeFailed
lost     -    fail        none  open     ActivityUnknown NodeFailed
lost     -    retry       undo  closing  ActivityUnknown CompensationArmed NodeCancelled
lost     -    compensate  undo  closing  ActivityUnknown CompensationArmed NodeCancelled
lost     -    fail        undo  closing  ActivityUnknown CompensationSkipped NodeCancelled
lost     -    -           none  closing  ActivityUnknown NodeCancelled
"""
VISIT_COMBINATIONS = list(
    product(ENDS, ("left", "last"), ("retry", "compensate", "fail"), ("undo", "none"), ("open", "closing"))
)

# end, attempts left
UNDO = """
ok       -     ActivityCompleted CompensationCompleted
busy     left  ActivityFailed RetryScheduled
busy     last  ActivityFailed CompensationFailed ExecutionStuck
refused  -     ActivityFailed CompensationFailed ExecutionStuck
unknown  left  ActivityUnknown RetryScheduled
unknown  last  ActivityUnknown CompensationFailed ExecutionStuck
lost     -     ActivityUnknown RetryScheduled
"""
HOOK = """
ok       -     ActivityCompleted HookCompleted
busy     left  ActivityFailed RetryScheduled
busy     last  ActivityFailed HookFailed
refused  -     ActivityFailed HookFailed
unknown  left  ActivityUnknown RetryScheduled
unknown  last  ActivityUnknown HookFailed
lost     -     ActivityUnknown RetryScheduled
"""
SHORT_COMBINATIONS = list(product(ENDS, ("left", "last")))


def expected(table: str, combination: tuple[str, ...]) -> str:
    """The events of the one row that the combination meets."""
    width = len(combination)
    rows = [line.split() for line in table.strip().splitlines()]
    met = [
        row[width:]
        for row in rows
        if all(said in ("-", given) for said, given in zip(row[:width], combination, strict=True))
    ]
    assert len(met) == 1, f"{combination} meets {len(met)} rows"
    return " ".join(met[0])


def policy(left: str) -> RetryPolicy:
    return PLAIN_RETRY if left == "left" else ONCE


def visiting(left: str, on_unknown: str, has_undo: str, is_closing: str) -> Play:
    """A play whose first task is in flight."""
    first = task(
        "first",
        activity=plan("first", retry=policy(left)),
        compensation=undo("undo-first") if has_undo == "undo" else None,
        on_unknown=OnUnknown(on_unknown),
    )
    play = begun(program(first, task("second")))
    if is_closing == "closing":
        play.cancel()
    return play


def undoing(left: str) -> Play:
    """A play whose undo of `first` is in flight."""
    first = task("first", compensation=undo("undo-first", retry=policy(left)))
    play = begun(program(first, task("second")))
    play.ok()
    play.report(REFUSED)
    return play


def hooking(left: str) -> Play:
    """A play whose hook is in flight."""
    play = begun(program(task("first"), hooks={"on_success": plan("note", retry=policy(left))}))
    play.ok()
    return play


@pytest.mark.parametrize("combination", VISIT_COMBINATIONS, ids="-".join)
def test_the_end_of_an_attempt_of_a_visit(combination: tuple[str, ...]) -> None:
    play = visiting(*combination[1:])
    assert told(play.report(ENDS[combination[0]], is_held=True)) == expected(VISIT, combination)


@pytest.mark.parametrize("combination", SHORT_COMBINATIONS, ids="-".join)
def test_the_end_of_an_attempt_of_an_undo(combination: tuple[str, str]) -> None:
    play = undoing(combination[1])
    assert told(play.report(ENDS[combination[0]], is_held=True)) == expected(UNDO, combination)


@pytest.mark.parametrize("combination", SHORT_COMBINATIONS, ids="-".join)
def test_the_end_of_an_attempt_of_a_hook(combination: tuple[str, str]) -> None:
    play = hooking(combination[1])
    assert told(play.report(ENDS[combination[0]], is_held=True)) == expected(HOOK, combination)


@pytest.mark.parametrize(
    ("end", "on_unknown", "kind", "code"),
    [
        (REFUSED, "retry", FailureKind.ERROR, "http_400"),
        (
            Failed(code="Nope", message="no", cause=Cause.ERROR, is_final=True),
            "retry",
            FailureKind.ERROR,
            "Nope",
        ),
        (BROKEN, "retry", FailureKind.ERROR, "connection"),
        (LATE, "retry", FailureKind.TIMEOUT, "call_timeout"),
        (BROKEN, "compensate", FailureKind.ERROR, "outcome_unknown"),
        (LATE, "compensate", FailureKind.TIMEOUT, "outcome_unknown"),
        (LATE, "fail", FailureKind.TIMEOUT, "outcome_unknown"),
        (LOST, "fail", FailureKind.ERROR, "outcome_unknown"),
        (replace(LATE, code="queue_timeout"), "retry", FailureKind.TIMEOUT, "queue_timeout"),
        (replace(LATE, code="callback_timeout"), "retry", FailureKind.TIMEOUT, "callback_timeout"),
        (replace(LATE, code="deadline"), "retry", FailureKind.TIMEOUT, "deadline"),
    ],
)
def test_a_failure_says_its_kind_its_code_and_where_it_arose(
    end: Outcome, on_unknown: str, kind: FailureKind, code: str
) -> None:
    play = visiting("last", on_unknown, "none", "open")
    play.report(end)
    failure = play.execution.failure
    assert play.status is ExecutionStatus.FAILED
    assert failure is not None
    assert (failure.kind, failure.code, failure.path, failure.attempt) == (kind, code, "first", 1)
    assert isinstance(end, Failed | Unknown)
    assert failure.message == end.message
    assert play.execution.visits["first"].failure == failure


def test_a_failure_has_the_code_of_the_last_attempt() -> None:
    play = begun(program(task("first", activity=plan("first", retry=RetryPolicy(max_attempts=2)))))
    play.report(BUSY)
    play.again(REFUSED)
    failure = play.execution.failure
    assert failure is not None
    assert (failure.code, failure.attempt) == ("http_400", 2)


@pytest.mark.parametrize("role", ["visit", "undo", "hook"])
def test_a_lost_attempt_is_sent_again_at_once_and_does_not_count(role: str) -> None:
    play = {"visit": lambda: visiting("last", "retry", "undo", "open"), "undo": lambda: undoing("last")}.get(
        role, lambda: hooking("last")
    )()
    first = play.flight()
    for attempt in range(2, LOST_MAX + 1):
        play.report(LOST)
        assert play.wakes_at() == play.now
        play.wake()
        again = play.flight()
        assert (again.attempt, again.key, again.request) == (attempt, first.key, first.request)
    decision = play.report(LOST)
    given_up = {"visit": "NodeFailed", "undo": "CompensationFailed", "hook": "HookFailed"}[role]
    assert given_up in told(decision)


def test_a_counted_attempt_may_follow_lost_ones() -> None:
    play = visiting("last", "retry", "none", "open")
    for _ in range(LOST_MAX - 1):
        play.report(LOST)
        play.wake()
    play.ok("done")
    assert play.execution.visits["first"].output == "done"


def test_the_answer_of_an_earlier_attempt_is_refused() -> None:
    play = visiting("left", "retry", "undo", "open")
    earlier = play.flight()
    play.report(BROKEN)
    play.wake()
    later = play.flight()
    assert earlier.activity != later.activity
    before = play.execution
    for activity, frame in ((earlier.activity, later.frame), (later.activity, FrameId(9))):
        answer = play.ask(ReportOutcome(frame=frame, activity=activity, outcome=Ok()))
        assert isinstance(answer, Refused)
        assert answer.code == "activity_ended"
    assert play.execution is before


@pytest.mark.parametrize("role", ["visit", "undo", "hook"])
@pytest.mark.parametrize("end", [BUSY, BROKEN, LOST])
def test_a_second_answer_while_in_back_off_is_refused(role: str, end: Outcome) -> None:
    play = {"visit": lambda: visiting("left", "retry", "undo", "open"), "undo": lambda: undoing("left")}.get(
        role, lambda: hooking("left")
    )()
    flight = play.flight()
    play.report(end)
    before = play.execution
    answer = play.ask(ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok()))
    assert isinstance(answer, Refused)
    assert answer.code == "activity_ended"
    assert play.execution is before


def test_an_answer_for_an_attempt_that_its_own_decision_would_only_just_start_is_refused() -> None:
    play = visiting("left", "retry", "none", "open")
    flight = play.flight()
    play.report(LOST)
    next_id = ActivityId(play.execution.version + 1)
    before = play.execution
    answer = play.ask(ReportOutcome(frame=flight.frame, activity=next_id, outcome=Ok()))
    assert isinstance(answer, Refused)
    assert answer.code == "activity_ended"
    assert play.execution is before
    play.wake()
    assert play.flight().activity == next_id


def test_a_second_answer_while_stuck_is_refused() -> None:
    play = undoing("last")
    flight = play.flight()
    play.report(BUSY)
    assert play.status is ExecutionStatus.STUCK
    answer = play.ask(ReportOutcome(frame=flight.frame, activity=flight.activity, outcome=Ok()))
    assert isinstance(answer, Refused)


def test_an_execution_without_nodes_completes_at_once() -> None:
    play = begun(program())
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.output is None
    assert play.execution.started_at is None


def test_the_output_is_that_of_the_last_node_that_was_entered() -> None:
    play = begun(program(undone_task("first"), undone_task("second")))
    play.ok("one")
    play.ok("two")
    assert play.execution.output == "two"
