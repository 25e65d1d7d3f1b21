"""A handler that goes with its process again and again holds its execution until a person looks."""

from collections.abc import Callable

import pytest
import structlog
from anyio.lowlevel import checkpoint

from tests.core.flying import ok
from tests.core.told import told
from tests.runtime.world import NAMESPACE, FallibleStore, Services, stage
from tests.runtime.world import program as of_handlers
from tests.runtime.world import task as handler_task
from treadle.core.explain import explain
from treadle.model.commands import Command, Continue, PauseExecution, ReportOutcome, ResumeExecution
from treadle.model.events import ActivityUnknown, ExecutionPaused
from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.expression import Roots
from treadle.model.outcomes import Ok
from treadle.model.policies import LOST_MAX
from treadle.model.program import ActivityPlan, Program
from treadle.model.reasons import ReasonCode
from treadle.model.requests import HttpRequest
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.taking_over import CRASHES_MAX, first_letters
from treadle.testing.builders import PLAIN_RETRY, awaiting_task, plan, program, task, undo, undone_task
from treadle.testing.composites import child, parallel
from treadle.testing.playing import LATE, REFUSED, Play, begun

PAUSE = PauseExecution(reason="crash_loop", actor="engine")


def commands(play: Play) -> list[Command]:
    """What an engine that takes the execution over decides first."""
    return [letter.command for letter in first_letters(play.execution)]


def die(play: Play, times: int = 1) -> None:
    """So often the engine dies, and another takes the execution over."""
    for _ in range(times):
        for command in commands(play):
            play.ask(command)


def is_held(play: Play) -> bool:
    paused = play.execution.paused
    return paused is not None and (paused.reason, paused.actor) == ("crash_loop", "engine")


def http(name: str) -> ActivityPlan:
    def render(_roots: Roots) -> HttpRequest:
        return HttpRequest(url=f"https://{name}.example")

    return ActivityPlan(render=render, retry=PLAIN_RETRY, timeout_ms=10_000)


def calling() -> Play:
    return begun(program(task("pay"), task("ship")))


def undoing() -> Play:
    play = begun(program(undone_task("reserve"), task("pay")))
    play.ok()
    play.report(REFUSED)
    return play


def probing() -> Play:
    play = begun(program(task("pay", probe=plan("look"))))
    play.report(LATE)
    return play


def in_a_hook() -> Play:
    play = begun(program(task("pay"), hooks=["on_success"]))
    play.ok()
    return play


def awaiting() -> Play:
    return begun(program(awaiting_task("pay")))


WITH_HANDLER = [calling, undoing, probing, in_a_hook, awaiting]


@pytest.mark.parametrize("reach", WITH_HANDLER)
def test_the_fifth_loss_of_a_handler_pauses_before_it_is_recorded(reach: Callable[[], Play]) -> None:
    play = reach()
    die(play, CRASHES_MAX - 1)
    flight = play.flight()
    assert (flight.attempt, play.execution.paused) == (CRASHES_MAX, None)
    pause, report, go_on = commands(play)
    assert pause == PAUSE
    assert isinstance(report, ReportOutcome)
    assert (report.frame, report.activity) == (flight.frame, flight.activity)
    assert go_on == Continue()
    before = len(play.history)
    die(play)
    happened = [
        event for event in play.history[before:] if isinstance(event, ExecutionPaused | ActivityUnknown)
    ]
    assert told(happened) == "ExecutionPaused ActivityUnknown"
    assert is_held(play)
    assert play.flights() == []
    assert play.wakes_at() is None


@pytest.mark.parametrize("reach", WITH_HANDLER)
def test_fewer_losses_are_only_recorded(reach: Callable[[], Play]) -> None:
    play = reach()
    for number in range(1, CRASHES_MAX):
        assert [type(command) for command in commands(play)] == [ReportOutcome, Continue]
        die(play)
        assert play.flight().attempt == number + 1


def test_after_a_resume_it_is_five_more() -> None:
    play = calling()
    die(play, CRASHES_MAX)
    play.resume()
    die(play, CRASHES_MAX - 1)
    assert play.execution.paused is None
    assert play.flight().attempt == 2 * CRASHES_MAX
    die(play)
    assert is_held(play)


def test_the_losses_of_an_activity_end_as_ever() -> None:
    """The last that it may have is a multiple of the bound: it fails, and the undo waits for a resume."""
    play = begun(program(undone_task("reserve"), task("pay")))
    play.ok()
    for _ in range(LOST_MAX // CRASHES_MAX):
        die(play, CRASHES_MAX)
        assert is_held(play)
        assert play.flights() == []
        play.resume()
    assert play.flight().key.endswith("/reserve/undo")
    assert play.status is ExecutionStatus.COMPENSATING


def test_a_resume_sends_it_again_under_its_key() -> None:
    play = calling()
    key = play.flight().key
    die(play, CRASHES_MAX)
    play.resume("the handler was mended")
    assert (play.flight().key, play.flight().attempt) == (key, CRASHES_MAX + 1)
    play.ok()
    play.ok()
    assert play.status is ExecutionStatus.COMPLETED


def test_a_cancel_undoes_what_the_lost_call_may_have_done() -> None:
    play = begun(program(undone_task("pay")))
    die(play, CRASHES_MAX)
    play.cancel("it is not wanted")
    assert play.flight().key.endswith("/pay/undo")
    play.ok()
    assert play.status is ExecutionStatus.CANCELLED


def test_progress_resets_the_count() -> None:
    play = calling()
    die(play, CRASHES_MAX - 1)
    play.ok()
    die(play, CRASHES_MAX - 1)
    assert play.execution.paused is None
    play.ok()
    assert play.status is ExecutionStatus.COMPLETED


@pytest.mark.parametrize(
    "what",
    [
        program(task("pay", activity=http("pay"))),
        program(awaiting_task("pay", activity=http("pay"))),
        program(child("ship")),
    ],
    ids=["http", "http with a callback", "look-up of a definition"],
)
def test_what_does_not_run_in_the_process_never_pauses(what: Program) -> None:
    play = begun(what)
    for _ in range(LOST_MAX):
        assert [type(command) for command in commands(play)] == [ReportOutcome, Continue]
        die(play)
    assert play.execution.paused is None


def test_a_handler_beside_calls_over_http_is_the_one_that_counts() -> None:
    bodies = {"p/a": [task("local")], "p/b": [task("remote", activity=http("remote"))]}
    play = begun(program(parallel("p", "a", "b"), bodies=bodies))
    die(play, CRASHES_MAX - 1)
    assert [type(command) for command in commands(play)] == [
        PauseExecution, ReportOutcome, ReportOutcome, Continue,
    ]  # fmt: skip
    ok(play, "local")
    assert [type(command) for command in commands(play)] == [ReportOutcome, Continue]


def test_two_handlers_that_were_lost_too_often_are_one_pause() -> None:
    bodies = {"p/a": [task("one")], "p/b": [task("two")]}
    play = begun(program(parallel("p", "a", "b"), bodies=bodies))
    die(play, CRASHES_MAX - 1)
    assert [type(command) for command in commands(play)] == [
        PauseExecution, ReportOutcome, ReportOutcome, Continue,
    ]  # fmt: skip
    die(play)
    assert play.flights() == []
    play.resume()
    assert [flight.attempt for flight in play.flights()] == [CRASHES_MAX + 1] * 2


def test_of_two_handlers_each_has_a_count_of_its_own() -> None:
    bodies = {"p/a": [task("a1"), task("a2")], "p/b": [task("b1")]}
    play = begun(program(parallel("p", "a", "b"), bodies=bodies))
    die(play, 2)
    ok(play, "a1")
    die(play, 2)
    assert {flight.node: flight.attempt for flight in play.flights()} == {"a2": 3, "b1": 5}
    die(play)
    assert is_held(play)


def test_a_pause_of_a_person_stays_theirs() -> None:
    play = calling()
    die(play, CRASHES_MAX - 1)
    play.pause()
    assert [type(command) for command in commands(play)] == [ReportOutcome, Continue]
    die(play)
    assert play.execution.paused is not None
    assert play.execution.paused.actor == "operator"
    assert play.flights() == []


def test_a_call_that_was_told_to_stop_is_not_made_again_and_pauses_nothing() -> None:
    play = begun(program(undone_task("pay")))
    die(play, CRASHES_MAX - 1)
    play.cancel()
    assert [type(command) for command in commands(play)] == [ReportOutcome, Continue]
    die(play)
    assert play.execution.paused is None
    assert play.flight().key.endswith("/pay/undo")


def test_nothing_is_counted_while_a_callback_is_awaited() -> None:
    play = awaiting()
    die(play, CRASHES_MAX - 1)
    play.report(Ok(status=202))
    for _ in range(CRASHES_MAX):
        assert commands(play) == [Continue()]
        die(play)
    assert play.execution.paused is None


def test_what_is_stuck_has_nothing_to_lose() -> None:
    play = begun(program(task("one", compensation=undo("undo-one")), task("two")))
    play.ok()
    play.report(REFUSED)
    play.report(REFUSED)
    assert play.status is ExecutionStatus.STUCK
    assert commands(play) == [Continue()]


def test_an_undo_that_a_person_has_tried_again_begins_to_count_anew() -> None:
    play = begun(program(task("one", compensation=undo("undo-one")), task("two")))
    play.ok()
    play.report(REFUSED)
    die(play, CRASHES_MAX - 1)
    play.report(REFUSED)
    play.retry_undo("one")
    die(play, CRASHES_MAX - 1)
    assert play.execution.paused is None
    die(play)
    assert is_held(play)


def test_the_explanation_says_what_holds_it() -> None:
    play = calling()
    die(play, CRASHES_MAX)
    assert play.execution.reason == "crash_loop"
    first = explain(play.program, play.execution, play.now)[0]
    assert first.code is ReasonCode.PAUSED
    assert first.detail == {"actor": "engine", "reason": "crash_loop"}
    assert "`resume` lets it go on" in first.message


@pytest.mark.parametrize(
    ("reach", "path"), [(calling, "pay"), (undoing, "reserve"), (probing, "pay"), (in_a_hook, "$on_success")]
)
def test_the_log_names_the_execution_and_the_visit(reach: Callable[[], Play], path: str) -> None:
    play = reach()
    with structlog.testing.capture_logs() as logged:
        die(play, CRASHES_MAX - 1)
        assert logged == []
        die(play)
    assert logged == [
        {
            "event": "crash loop",
            "log_level": "warning",
            "execution": play.execution.id,
            "paths": [path],
        }
    ]


@pytest.mark.anyio
async def test_engines_that_die_one_after_the_other_leave_it_paused_and_a_resume_ends_it() -> None:
    what = of_handlers(handler_task("first", "second"), handler_task("second"))
    store, impatient = FallibleStore(), RuntimeBounds(stop_grace_ms=0)
    services = Services()
    services.hold("first")
    async with stage(what, store=store, services=services, bounds=impatient) as on:
        begun_id = await on.begin(what)
        await services.until_called("first")
    for number in range(2, CRASHES_MAX + 1):
        async with stage(what, store=store, services=services, bounds=impatient):
            await services.until_called("first", number)
    async with stage(what, store=store, services=services) as on:
        while (await on.stored(begun_id)).paused is None:
            await checkpoint()
        services.release("first")
        resumed = await on.engine.submit(NAMESPACE, begun_id, ResumeExecution(actor="dev"))
        assert resumed.paused is None
        ended = await on.ended(begun_id)
        history = await on.history(begun_id)
    assert ended.ended is ExecutionStatus.COMPLETED
    outcomes = [one.outcome for one in ended.visits["first"].attempts]
    assert outcomes == [AttemptOutcome.LOST] * CRASHES_MAX + [AttemptOutcome.OK]
    pauses = [event for event in history if isinstance(event, ExecutionPaused)]
    assert [(one.reason, one.actor) for one in pauses] == [("crash_loop", "engine")]
    assert services.names().count("first") == CRASHES_MAX + 1
