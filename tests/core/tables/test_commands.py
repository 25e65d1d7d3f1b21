"""Every command in every status, as the reference says it."""

import re
from collections.abc import Callable
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
    DeliverCallback,
    PassDeadline,
    PauseExecution,
    RecordRefusal,
    ReportChild,
    ReportOutcome,
    Resolution,
    ResolveOutcome,
    ResumeExecution,
    RetryCompensation,
    RetryExecution,
    SendSignal,
    SkipCompensation,
    StartExecution,
    TerminateExecution,
    WakeExecution,
)
from treadle.model.decision import Decision, Refused
from treadle.model.events import InputRefused
from treadle.model.execution import TERMINAL, ExecutionStatus
from treadle.model.ids import ActivityId, FrameId, child_id
from treadle.model.ids import Path as VisitPath
from treadle.model.outcomes import Ok
from treadle.testing.errands import (
    PAUSED_UNKNOWN,
    asked,
    attempt_that_awaits,
    child_that_is_awaited,
    sent_to,
)
from treadle.testing.playing import ACTOR, SAGA, Play, brought_to, start_of

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "commands.md"
STEPS, OTHERS = "An execution of three steps", "An execution that waits for others"
COLUMNS = {*(status.value for status in ExecutionStatus), PAUSED_UNKNOWN}
RESERVE = VisitPath("reserve")
NAMED = {
    "start": start_of(SAGA),
    "continue": Continue(),
    "pause": PauseExecution(actor=ACTOR),
    "resume": ResumeExecution(actor=ACTOR),
    "cancel": CancelExecution(actor=ACTOR),
    "terminate": TerminateExecution(actor=ACTOR),
    "retry": RetryExecution(actor=ACTOR),
    "wake": WakeExecution(actor=ACTOR),
    "resolve": ResolveOutcome(outcome=Resolution.DONE, actor=ACTOR),
    "deadline of the parent": PassDeadline(),
    "record refusal": RecordRefusal(command="wake", code="nothing_to_wake", message="nothing sleeps"),
    "retry compensation": RetryCompensation(path=RESERVE, actor=ACTOR),
    "skip compensation": SkipCompensation(path=RESERVE, reason="left", actor=ACTOR),
    "accept compensation": AcceptCompensation(path=RESERVE, reason="by hand", actor=ACTOR),
}


def answer_of(play: Play) -> Command:
    """That of the attempt in flight, or of the last one there was."""
    flights = play.flights()
    if flights:
        return ReportOutcome(frame=flights[0].frame, activity=flights[0].activity, outcome=Ok())
    return ReportOutcome(frame=FrameId(1), activity=ActivityId(4), outcome=Ok())


def callback_of(play: Play) -> Command:
    return DeliverCallback(activity=attempt_that_awaits(play), body={"parcel": 1})


def signal_of(_play: Play) -> Command:
    return SendSignal(name="news", payload=1, actor=ACTOR)


def child_of(play: Play) -> Command:
    return ReportChild(
        activity=child_that_is_awaited(play),
        child=child_id(play.execution.id, VisitPath("parcel")),
        status=ExecutionStatus.COMPLETED,
    )


FROM_OUTSIDE: dict[str, Callable[[Play], Command]] = {
    "answer": answer_of,
    "callback": callback_of,
    "signal": signal_of,
    "end of the child": child_of,
}


def rows(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def cells() -> list[tuple[str, str, str, str]]:
    """(section, status, command, what the reference says)."""
    found = []
    for section in REFERENCE.read_text("utf-8").split("\n## ")[1:]:
        title = section.splitlines()[0]
        for table in re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE):
            head, *body = rows(table)
            found += [
                (title, status, row[0], said)
                for row in body
                for status, said in zip(head[1:], row[1:], strict=True)
            ]
    return found


def play_of(section: str, status: str) -> Play:
    if section == OTHERS:
        return sent_to(status)
    return asked() if status == PAUSED_UNKNOWN else brought_to(ExecutionStatus(status))


def command_for(name: str, play: Play) -> Command:
    return NAMED[name] if name in NAMED else FROM_OUTSIDE[name](play)


def test_the_reference_has_every_status_and_every_command() -> None:
    named = {
        STEPS: {*NAMED, "answer"},
        OTHERS: set(FROM_OUTSIDE) - {"answer"},
    }
    assert {(section, status, name) for section, status, name, _ in cells()} == {
        (section, status, name) for section, names in named.items() for status in COLUMNS for name in names
    }
    from_outside = {ReportOutcome, DeliverCallback, SendSignal, ReportChild}
    assert {type(command) for command in NAMED.values()} | from_outside == set(HANDLERS)
    assert set(HANDLERS) == set(model_commands.Command.__args__)


@pytest.mark.parametrize("section", [STEPS, OTHERS])
@pytest.mark.parametrize("status", sorted(COLUMNS))
def test_every_status_is_reached_by_commands(section: str, status: str) -> None:
    play = play_of(section, status)
    if status == PAUSED_UNKNOWN:
        assert (play.status, play.execution.reason) == (ExecutionStatus.PAUSED, "unknown_outcome")
    else:
        assert play.status.value == status


@pytest.mark.parametrize(("section", "status", "name", "said"), cells())
def test_a_command_does_what_the_reference_says(section: str, status: str, name: str, said: str) -> None:
    play = play_of(section, status)
    before, stored = play.execution, encode_snapshot(play.execution)
    answer = play.ask(command_for(name, play))
    assert encode_snapshot(before) == stored
    if said.startswith("*"):
        assert isinstance(answer, Refused)
        assert answer.code == said.strip("*")
        assert play.execution is before
        return
    assert isinstance(answer, Decision)
    assert status_of(answer.execution).value == said
    assert answer.execution.version == before.version + len(answer.events)
    if name == "continue":
        assert answer.events == ()
        assert answer.execution is before


@pytest.mark.parametrize("status", sorted(COLUMNS))
def test_a_refusal_names_the_status_it_met(status: str) -> None:
    play = play_of(STEPS, status)
    for command in NAMED.values():
        answer = decide(play.program, play.execution, command, play.now)
        if isinstance(answer, Refused) and answer.code == "invalid_transition":
            assert play.status.value in answer.message


@pytest.mark.parametrize("name", [*NAMED, *FROM_OUTSIDE])
def test_nothing_but_a_start_is_taken_before_the_start(name: str) -> None:
    play = play_of(OTHERS, "pending")
    answer = decide(play.program, None, command_for(name, play), play.now)
    if name == "start":
        assert isinstance(answer, Decision)
        return
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


@pytest.mark.parametrize("section", [STEPS, OTHERS])
@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_what_has_ended_owes_nothing(section: str, status: ExecutionStatus) -> None:
    play = play_of(section, status.value)
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
    said = {cell[2]: cell[3] for cell in cells() if cell[:2] == (STEPS, "waiting")}
    is_refused = said[name].startswith("*")
    assert isinstance(answer, Refused) is is_refused
    assert (play.execution is before) is is_refused
    if is_refused:
        assert play.wake().events


def test_a_refusal_that_is_recorded_says_what_was_asked_and_why_not() -> None:
    play = brought_to(ExecutionStatus.WAITING)
    (event,) = play.do(NAMED["record refusal"]).events
    assert isinstance(event, InputRefused)
    assert (event.command, event.code, event.message) == ("wake", "nothing_to_wake", "nothing sleeps")
