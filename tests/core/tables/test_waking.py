"""A person ends a sleep or a back-off before its time."""

import pytest

from tests.core.told import told
from treadle.model.commands import WakeExecution
from treadle.model.decision import Refused
from treadle.model.events import ExecutionWoken
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Instant, Path
from treadle.model.instants import format_instant
from treadle.testing.builders import awaiting_task, program, sleep, task, undone_task
from treadle.testing.composites import child, parallel, shield, wait
from treadle.testing.playing import ACTOR, BEGIN, BUSY, REFUSED, Play, begun


def refusal(play: Play, path: str | None = None) -> Refused:
    before = play.execution
    answer = play.ask(WakeExecution(path=None if path is None else Path(path), actor=ACTOR))
    assert isinstance(answer, Refused)
    assert play.execution is before
    return answer


def two_asleep() -> Play:
    """One branch sleeps, the other waits to be tried again."""
    play = begun(
        program(parallel("p", "a", "b"), bodies={"p/a": (sleep("rest", 60_000),), "p/b": (task("pay"),)})
    )
    play.report(BUSY)
    return play


@pytest.mark.parametrize("path", [None, "rest"])
def test_it_ends_a_sleep(path: str | None) -> None:
    play = begun(program(sleep("rest", 60_000), task("next")))
    play.pass_time(777)
    assert told(play.rouse(path)) == ("ExecutionWoken TimerFired NodeCompleted NodeEntered ActivityStarted")
    slept_until = format_instant(Instant(BEGIN + 777))
    assert play.execution.visits["rest"].output == {"slept_until": slept_until}


@pytest.mark.parametrize("path", [None, "pay"])
def test_it_ends_a_back_off(path: str | None) -> None:
    play = begun(program(task("pay")))
    play.report(BUSY)
    assert told(play.rouse(path)) == "ExecutionWoken ActivityStarted"
    assert play.flight().attempt == 2
    assert play.wakes_at() is None


def test_the_event_says_who_and_why() -> None:
    play = begun(program(sleep("rest")))
    event = play.do(WakeExecution(reason="no need to wait", actor="ann")).events[0]
    assert isinstance(event, ExecutionWoken)
    assert (event.actor, event.reason, event.path) == ("ann", "no need to wait", "rest")


def test_without_a_path_it_is_ambiguous_when_several_sleep() -> None:
    answer = refusal(two_asleep())
    assert answer.code == "ambiguous_path"
    assert answer.message.endswith("pay, rest")


def test_with_a_path_it_wakes_that_one_alone() -> None:
    play = two_asleep()
    play.rouse("pay")
    assert play.flight().node == "pay"
    assert play.wakes_at() == BEGIN + 60_000
    play.rouse()
    assert play.execution.visits["rest"].output is not None


@pytest.mark.parametrize("path", ["pay~2", "p", "elsewhere"])
def test_a_path_that_does_not_sleep_is_nothing_to_wake(path: str) -> None:
    answer = refusal(two_asleep(), path)
    assert answer.code == "nothing_to_wake"
    assert path in answer.message


@pytest.mark.parametrize("node", [task("one"), wait("one"), awaiting_task("one"), child("one")])
@pytest.mark.parametrize("path", [None, "one"])
def test_what_does_not_sleep_is_nothing_to_wake(node: object, path: str | None) -> None:
    assert refusal(begun(program(node)), path).code == "nothing_to_wake"


def test_a_wait_for_a_callback_is_nothing_to_wake() -> None:
    play = begun(program(awaiting_task("one")))
    play.ok()
    assert refusal(play).code == "nothing_to_wake"


def test_a_child_whose_definition_is_looked_up_again_can_be_woken() -> None:
    play = begun(program(child("one")))
    play.report(BUSY)
    assert told(play.rouse()) == "ExecutionWoken ActivityStarted"


def test_one_that_is_due_already_has_woken_by_itself() -> None:
    play = begun(program(sleep("rest", 1_000), task("next")))
    play.pass_time(1_000)
    assert refusal(play).code == "nothing_to_wake"
    assert told(play.go_on()).startswith("TimerFired")


def test_a_start_that_was_put_off_is_not_woken() -> None:
    play = Play(program(task("one")))
    play.start(start_at=Instant(BEGIN + 1_000))
    assert refusal(play).code == "invalid_transition"


def test_while_paused_it_is_refused() -> None:
    play = begun(program(sleep("rest")))
    play.pause()
    assert refusal(play).code == "invalid_transition"


def test_the_back_off_of_an_undo_is_not_woken() -> None:
    play = begun(program(undone_task("one"), task("two")))
    play.ok()
    play.report(REFUSED)
    play.report(BUSY)
    assert play.status is ExecutionStatus.COMPENSATING
    assert refusal(play).code == "invalid_transition"


def test_a_sleep_in_a_shield_is_not_woken_once_the_execution_stops() -> None:
    play = begun(program(shield("s"), bodies={"s/body": (sleep("rest"),)}))
    play.cancel()
    assert refusal(play).code == "invalid_transition"


def test_the_back_off_of_a_hook_is_nothing_to_wake() -> None:
    play = begun(program(task("one"), hooks=["on_success"]))
    play.ok()
    play.report(BUSY)
    assert refusal(play).code == "nothing_to_wake"
