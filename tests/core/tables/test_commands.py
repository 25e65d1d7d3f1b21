"""Every command in every status, as the reference says it."""

import re
from pathlib import Path

import pytest

from treadle.codec.snapshots import encode_snapshot
from treadle.core.commands.table import HANDLERS
from treadle.core.decide import decide
from treadle.core.status import status_of
from treadle.model import commands as model_commands
from treadle.model.commands import (
    AcceptCompensation,
    CancelExecution,
    Command,
    Continue,
    PauseExecution,
    ReportOutcome,
    ResumeExecution,
    RetryCompensation,
    SkipCompensation,
    StartExecution,
    TerminateExecution,
)
from treadle.model.decision import Decision, Refused
from treadle.model.execution import TERMINAL, ExecutionStatus
from treadle.model.ids import ActivityId, FrameId
from treadle.model.ids import Path as VisitPath
from treadle.model.outcomes import Ok
from treadle.testing.playing import ACTOR, SAGA, Play, brought_to, start_of

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "commands.md"
RESERVE = VisitPath("reserve")
NAMED = {
    "start": start_of(SAGA),
    "continue": Continue(),
    "pause": PauseExecution(actor=ACTOR),
    "resume": ResumeExecution(actor=ACTOR),
    "cancel": CancelExecution(actor=ACTOR),
    "terminate": TerminateExecution(actor=ACTOR),
    "retry compensation": RetryCompensation(path=RESERVE, actor=ACTOR),
    "skip compensation": SkipCompensation(path=RESERVE, reason="left", actor=ACTOR),
    "accept compensation": AcceptCompensation(path=RESERVE, reason="by hand", actor=ACTOR),
}


def rows(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def cells() -> list[tuple[str, str, str]]:
    """(status, command, what the reference says)."""
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", REFERENCE.read_text("utf-8"), re.MULTILINE):
        head, *body = rows(table)
        found += [
            (status, row[0], said) for row in body for status, said in zip(head[1:], row[1:], strict=True)
        ]
    return found


def command_for(name: str, play: Play) -> Command:
    """The command of that name; an answer is that of the attempt in flight, or of the last one there was."""
    if name != "answer":
        return NAMED[name]
    flights = play.flights()
    if flights:
        return ReportOutcome(frame=flights[0].frame, activity=flights[0].activity, outcome=Ok())
    return ReportOutcome(frame=FrameId(1), activity=ActivityId(4), outcome=Ok())


def test_the_reference_has_every_status_and_every_command() -> None:
    every_command = set(NAMED) | {"answer"}
    assert {(status, name) for status, name, _ in cells()} == {
        (status.value, name) for status in ExecutionStatus for name in every_command
    }
    assert {type(command) for command in NAMED.values()} | {ReportOutcome} == set(HANDLERS)
    assert set(HANDLERS) == set(model_commands.Command.__args__)


@pytest.mark.parametrize("status", ExecutionStatus)
def test_every_status_is_reached_by_commands(status: ExecutionStatus) -> None:
    assert brought_to(status).status is status


@pytest.mark.parametrize(("status", "name", "said"), cells())
def test_a_command_does_what_the_reference_says(status: str, name: str, said: str) -> None:
    play = brought_to(ExecutionStatus(status))
    before, stored = play.execution, encode_snapshot(play.execution)
    answer = decide(SAGA, before, command_for(name, play), play.now)
    if said.startswith("*"):
        assert isinstance(answer, Refused)
        assert answer.code == said.strip("*")
        assert encode_snapshot(before) == stored
        return
    assert isinstance(answer, Decision)
    assert status_of(answer.execution).value == said
    assert answer.execution.version == before.version + len(answer.events)
    if name == "continue":
        assert answer.events == ()
        assert answer.execution is before


@pytest.mark.parametrize("status", ExecutionStatus)
def test_a_refusal_names_the_status_it_met(status: ExecutionStatus) -> None:
    play = brought_to(status)
    for command in NAMED.values():
        answer = decide(SAGA, play.execution, command, play.now)
        if isinstance(answer, Refused) and answer.code == "invalid_transition":
            assert status.value in answer.message


@pytest.mark.parametrize("name", [name for name in NAMED if name != "start"])
def test_nothing_but_a_start_is_taken_before_the_start(name: str) -> None:
    answer = decide(SAGA, None, NAMED[name], brought_to(ExecutionStatus.PENDING).now)
    assert isinstance(answer, Refused)
    assert answer.code == "execution_not_found"


@pytest.mark.parametrize("kind", [RetryCompensation, SkipCompensation, AcceptCompensation])
@pytest.mark.parametrize("path", ["rest", "elsewhere", "reserve~2"])
def test_a_path_without_a_compensation_is_not_found(kind: type[SkipCompensation], path: str) -> None:
    play = brought_to(ExecutionStatus.STUCK)
    answer = play.ask(kind(path=VisitPath(path), reason="left", actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "compensation_not_found"


def test_a_compensation_that_was_never_armed_is_not_exhausted() -> None:
    play = brought_to(ExecutionStatus.STUCK)
    answer = play.ask(SkipCompensation(path=VisitPath("pay"), reason="left", actor=ACTOR))
    assert isinstance(answer, Refused)
    assert answer.code == "invalid_transition"
    assert answer.message.endswith("the compensation of pay is not exhausted")


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_what_has_ended_owes_nothing(status: ExecutionStatus) -> None:
    play = brought_to(status)
    assert play.flights() == []
    assert play.wakes_at() is None
    assert play.execution.ended_at == play.execution.updated_at


def test_a_start_that_is_asked_twice_changes_nothing() -> None:
    play = brought_to(ExecutionStatus.RUNNING)
    answer = play.ask(
        StartExecution(id=play.execution.id, namespace="n", definition=play.execution.definition, input=1)
    )
    assert isinstance(answer, Refused)
    assert answer.code == "execution_exists"


@pytest.mark.parametrize("name", ["start", "pause", "resume", "cancel", "terminate", "retry compensation"])
def test_what_is_due_does_not_happen_with_a_command_that_is_refused(name: str) -> None:
    play = brought_to(ExecutionStatus.WAITING)
    play.pass_time(60_000)
    before = play.execution
    answer = play.ask(NAMED[name])
    is_refused = {said[1]: said[2] for said in cells() if said[0] == "waiting"}[name].startswith("*")
    assert isinstance(answer, Refused) is is_refused
    assert (play.execution is before) is is_refused
    if is_refused:
        assert play.wake().events
