"""The call of a later attempt, which is out when the callback of an earlier one ends the visit."""

import pytest

from tests.core.flying import code_of, ends, flight_of, ids_of, in_flight, ok
from tests.core.told import told
from treadle.core.explain import explain
from treadle.model.commands import ReportOutcome, TerminateExecution
from treadle.model.decision import Refused
from treadle.model.execution import ExecutionStatus, VisitStatus
from treadle.model.outcomes import Ok, Outcome
from treadle.model.program import ProgramNode
from treadle.testing.builders import Broken, awaiting_task, program, task, undo
from treadle.testing.playing import ACTOR, BROKEN, BUSY, LOST, REFUSED, Play, begun


def trailing(*after: ProgramNode, **more: object) -> Play:
    """A play in which the second call of `ship` is out, and the first has answered by its callback."""
    ship = awaiting_task("ship", compensation=undo("undo-ship"), **more)
    play = begun(program(ship, *after))
    first = play.flight()
    play.report(BROKEN)
    play.wake()
    play.deliver(first.activity, 1)
    return play


def test_it_is_left_behind_and_the_next_node_begins() -> None:
    play = trailing(task("next"))
    assert told(play.history[-6:]) == (
        "CallTrailed ActivityCompleted CompensationArmed NodeCompleted NodeEntered ActivityStarted"
    )
    assert in_flight(play) == ["next", "ship"]
    assert play.status is ExecutionStatus.RUNNING


@pytest.mark.parametrize(
    ("end", "events"),
    [
        (Ok(status=202), "ActivityAccepted BranchJoined"),
        (BUSY, "ActivityFailed BranchJoined"),
        (REFUSED, "ActivityFailed BranchJoined"),
        (BROKEN, "ActivityUnknown BranchJoined"),
        (LOST, "ActivityUnknown BranchJoined"),
    ],
)
def test_however_it_ends_it_is_history(end: Outcome, events: str) -> None:
    play = trailing(task("next"))
    call = flight_of(play, "ship")
    before = play.execution.visits["ship"]
    assert told(ends(play, "ship", end)) == events
    assert play.execution.visits["ship"] == before
    assert in_flight(play) == ["next"]
    answer = play.ask(ReportOutcome(frame=call.frame, activity=call.activity, outcome=end))
    assert isinstance(answer, Refused)
    assert answer.code == "activity_ended"


def test_its_end_is_awaited_before_anything_is_undone() -> None:
    play = trailing(task("next"))
    assert told(ends(play, "next", REFUSED)) == "ActivityFailed NodeFailed"
    assert play.status is ExecutionStatus.COMPENSATING
    assert in_flight(play) == ["ship"]
    assert told(ends(play, "ship", Ok())) == (
        "ActivityAccepted BranchJoined CompensationStarted ActivityStarted"
    )


def test_a_cancel_awaits_it_too() -> None:
    play = trailing(task("next"))
    play.cancel()
    ends(play, "next", REFUSED)
    assert in_flight(play) == ["ship"]
    ends(play, "ship", LOST)
    assert in_flight(play) == ["undo ship"]


def test_an_output_without_a_value_fails_the_node_and_the_undo_awaits_it() -> None:
    play = trailing(output=Broken())
    assert play.execution.visits["ship"].status is VisitStatus.FAILED
    assert in_flight(play) == ["ship"]
    ends(play, "ship", BUSY)
    assert in_flight(play) == ["undo ship"]


def test_its_end_is_awaited_before_the_execution_ends() -> None:
    play = trailing()
    assert play.execution.ended is None
    assert told(ends(play, "ship", Ok())) == "ActivityAccepted BranchJoined ExecutionCompleted"


def test_a_callback_of_its_attempt_is_not_waited_for() -> None:
    play = trailing(task("next"))
    first, second = ids_of(play)
    assert code_of(play, first) == "callback_already_used"
    assert code_of(play, second) == "not_waiting"


def test_while_paused_its_end_is_recorded() -> None:
    play = trailing()
    play.pause()
    assert told(ends(play, "ship", BROKEN)) == "ActivityUnknown"
    assert play.flights() == []
    assert told(play.resume()) == "ExecutionResumed BranchJoined ExecutionCompleted"


def test_terminate_does_not_wait_for_it() -> None:
    play = trailing(task("next"))
    play.do(TerminateExecution(actor=ACTOR, reason="enough"))
    assert play.flights() == []
    assert play.execution.ended is ExecutionStatus.TERMINATED


def test_one_call_after_the_other_may_trail() -> None:
    play = trailing(awaiting_task("more"), task("last"))
    first = flight_of(play, "more")
    ends(play, "more", BROKEN)
    play.wake()
    play.deliver(first.activity, 2)
    assert in_flight(play) == ["last", "ship", "more"]
    ok(play, "last")
    ends(play, "more", Ok())
    ends(play, "ship", Ok())
    assert play.status is ExecutionStatus.COMPLETED


def test_it_is_told_of_as_what_is_awaited_at_the_end() -> None:
    play = trailing()
    reasons = explain(play.program, play.execution, play.now)
    assert [(one.code.value, one.path) for one in reasons] == [
        ("joining_trailing", None),
        ("draining", "ship"),
    ]
    assert reasons[0].message == "at its end: it waits for what trails and is to close (1)"
    assert reasons[1].message.startswith("`ship` has its answer: the end of attempt 2 of `ship`, out since")


def test_the_call_that_the_same_decision_started_is_not_sent() -> None:
    play = begun(program(awaiting_task("ship")))
    play.report(LOST)
    decision = play.deliver(ids_of(play)[0], 1)
    assert "CallTrailed" not in told(decision)
    assert play.status is ExecutionStatus.COMPLETED
