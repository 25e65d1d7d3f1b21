"""Several decisions of one commit: what each adds, and what becomes of rows of the inbox."""

import pytest
from msgspec import structs
from structlog.testing import capture_logs

from tests.runtime.world import NAMESPACE, called, sleep, start_of, task
from tests.runtime.world import program as program_of
from treadle.core.decide import decide
from treadle.model.bounds import DEFAULT_BOUNDS
from treadle.model.commands import (
    Command,
    Continue,
    PauseExecution,
    RecordRefusal,
    ReportOutcome,
    TerminateExecution,
)
from treadle.model.decision import Decision
from treadle.model.effects import Invocation
from treadle.model.events import ExecutionTerminated, InputRefused
from treadle.model.ids import ExecutionId, Instant, Path
from treadle.model.outcomes import Ok
from treadle.model.program import Program
from treadle.model.waiting import ParentRef
from treadle.runtime.mailbox import Letter
from treadle.runtime.turn import Case, Turn
from treadle.testing.builders import program
from treadle.testing.composites import wait

CALLING = program_of(task("only"))
ASKING = called("asking", program(wait("approval")))
NOW = Instant(1_000)


def turn_of(*commands: Command) -> Turn:
    """Every command is a row of the inbox of a child, numbered from 1."""
    begun = decide(ASKING, None, start_of(ASKING), NOW)
    assert isinstance(begun, Decision)
    case = Case(execution_id=begun.execution.id, namespace=NAMESPACE, program=ASKING, bounds=DEFAULT_BOUNDS)
    letters = [Letter(command=command, row=row) for row, command in enumerate(commands, 1)]
    parent = ParentRef(id=ExecutionId("parent"), path=Path("visit"))
    execution = structs.replace(begun.execution, parent=parent)
    turn = Turn(case, execution, letters, 0)
    turn.decide(NOW)
    return turn


def begun_and(what: Program, *commands: Command) -> Turn:
    """A start, and what came before it was written."""
    start = start_of(what)
    case = Case(execution_id=start.id, namespace=NAMESPACE, program=what, bounds=DEFAULT_BOUNDS)
    letters = [Letter(command=command) for command in (start, *commands)]
    turn = Turn(case, None, letters, 0)
    turn.decide(NOW)
    return turn


def test_a_row_whose_command_changes_nothing_is_used_up_with_an_event_that_says_so() -> None:
    turn = turn_of(Continue())
    [event] = turn.events
    assert isinstance(event, InputRefused)
    assert (event.command, event.code) == ("Continue", "changed_nothing")
    assert turn.consumed == (1,)


def test_a_decision_that_breaks_is_told_with_the_attempt_that_it_was_about() -> None:
    begun = decide(CALLING, None, start_of(CALLING), NOW)
    assert isinstance(begun, Decision)
    (invocation,) = (effect for effect in begun.effects if isinstance(effect, Invocation))
    broken = structs.replace(CALLING, nodes={})
    case = Case(execution_id=begun.execution.id, namespace=NAMESPACE, program=broken, bounds=DEFAULT_BOUNDS)
    report = ReportOutcome(frame=invocation.frame, activity=invocation.activity, outcome=Ok())
    letters = [Letter(command=report)]
    with capture_logs() as lines:
        Turn(case, begun.execution, letters, 0).decide(NOW)
    told = {"execution": begun.execution.id, "path": "only", "attempt": 1, "command": "ReportOutcome"}
    assert lines[0]["event"] == "decision failed"
    assert told.items() <= lines[0].items()


def test_what_follows_the_end_in_the_same_commit_is_used_up_without_a_word() -> None:
    turn = turn_of(
        TerminateExecution(actor="engine"),
        TerminateExecution(actor="engine"),
        RecordRefusal(command="unknown", code="corrupt_input", message="garbage"),
    )
    assert [type(event) for event in turn.events] == [ExecutionTerminated]
    assert turn.consumed == (1, 2, 3)
    assert turn.set_aside == ()


@pytest.mark.parametrize(
    ("later", "is_owed"),
    [(PauseExecution(actor="someone"), True), (TerminateExecution(actor="someone"), False)],
)
def test_an_attempt_that_a_later_command_of_the_commit_has_ended_is_not_made(
    later: Command, *, is_owed: bool
) -> None:
    turn = begun_and(CALLING, later)
    assert turn.is_decided
    assert bool(turn.invocations) is is_owed


def test_the_alarm_is_that_of_the_last_command_of_the_commit() -> None:
    sleeping = program_of(sleep("night", 1_000))
    assert begun_and(sleeping).alarm == NOW + 1_000
    assert begun_and(sleeping, TerminateExecution(actor="someone")).alarm is None
