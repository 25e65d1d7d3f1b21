"""What is owed follows from the state alone: what a decision hands out, recovery would find as well."""

import pytest

from treadle.core.outstanding import is_in_flight, outstanding, wakes
from treadle.model.effects import Continuation
from treadle.model.execution import ExecutionStatus, Phase
from treadle.model.outcomes import Ok
from treadle.testing.builders import program, sleep, task
from treadle.testing.playing import BUSY, begun, brought_to

OWED = {
    "pending": ["Alarm"],
    "running": ["Invocation"],
    "waiting": ["Alarm"],
    "compensating": ["Invocation"],
    "paused": ["Invocation"],
    "stuck": [],
    "completed": [],
    "failed": [],
    "cancelled": [],
    "terminated": [],
}


@pytest.mark.parametrize("status", ExecutionStatus)
def test_what_an_execution_owes_in_each_status(status: ExecutionStatus) -> None:
    execution = brought_to(status).execution
    assert [type(effect).__name__ for effect in outstanding(execution)] == OWED[status]
    assert is_in_flight(execution) is ("Invocation" in OWED[status])
    assert [type(effect).__name__ for effect in wakes(execution)] == [
        name for name in OWED[status] if name != "Invocation"
    ]


def test_a_decision_owes_what_recovery_would_find() -> None:
    play = begun(program(task("one"), sleep("rest"), task("two")))
    for decision in (play.report(BUSY), play.wake(), play.ok(), play.wake(), play.ok()):
        assert decision.effects == outstanding(decision.execution)


def test_what_is_closing_is_still_in_flight() -> None:
    play = begun(program(task("one")))
    play.cancel()
    assert play.execution.frames[1].phase is Phase.CLOSING
    assert is_in_flight(play.execution)


def test_what_was_held_owes_its_continuation() -> None:
    play = begun(program(task("one"), task("two")))
    play.report(Ok(), is_held=True)
    assert outstanding(play.execution) == (Continuation(),)
