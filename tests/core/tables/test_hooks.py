"""The last activity of a run, and what its end changes: nothing."""

import pytest

from tests.core.told import told
from treadle.model.effects import Invocation
from treadle.model.execution import ExecutionStatus
from treadle.model.outcomes import Ok, Outcome
from treadle.model.requests import HandlerRequest
from treadle.testing.builders import ONCE, Broken, Read, plan, program, sleep, task, undone_task
from treadle.testing.playing import BROKEN, BUSY, LOST, REFUSED, Play, begun

ENDS = {
    "on_success": ExecutionStatus.COMPLETED,
    "on_failure": ExecutionStatus.FAILED,
    "on_cancel": ExecutionStatus.CANCELLED,
}
TERMINAL_EVENT = {
    "on_success": "ExecutionCompleted",
    "on_failure": "ExecutionFailed",
    "on_cancel": "ExecutionCancelled",
}


def ending(hook: str, *hooks: str, once: bool = False) -> Play:
    """A play whose run has come to the end that `hook` is for, everything undone."""
    plans = {name: plan(name, retry=ONCE) if once else plan(name) for name in hooks}
    play = begun(program(undone_task("one"), sleep("rest"), task("two"), hooks=plans))
    play.ok()
    if hook == "on_cancel":
        play.cancel()
        play.ok()
        return play
    play.wake()
    play.report(Ok() if hook == "on_success" else REFUSED)
    if hook == "on_failure":
        play.ok()
    return play


@pytest.mark.parametrize("hook", ENDS)
def test_each_end_has_its_own_hook(hook: str) -> None:
    play = ending(hook, *ENDS)
    flight = play.flight()
    assert flight.node == f"${hook}"
    assert flight.request == HandlerRequest(name=hook)
    assert flight.key == f"{play.execution.id}/${hook}/1"
    assert flight.compensates is None
    assert play.execution.ended is None
    assert told(play.ok()) == f"ActivityCompleted HookCompleted {TERMINAL_EVENT[hook]}"
    assert play.status is ENDS[hook]
    assert play.execution.warnings == ()


@pytest.mark.parametrize("hook", ENDS)
def test_without_a_hook_for_it_the_end_is_said_at_once(hook: str) -> None:
    play = ending(hook, *(set(ENDS) - {hook}))
    assert play.status is ENDS[hook]
    assert "HookStarted" not in told(play.history)


@pytest.mark.parametrize("hook", ENDS)
def test_the_hook_comes_after_the_undoing_and_once(hook: str) -> None:
    play = ending(hook, hook)
    play.ok()
    history = told(play.history).split()
    assert history.count("HookStarted") == 1
    assert all(
        history.index("HookStarted") > at for at, one in enumerate(history) if one == "CompensationCompleted"
    )
    assert history[-1] == TERMINAL_EVENT[hook]


@pytest.mark.parametrize("hook", ENDS)
@pytest.mark.parametrize("end", [BUSY, REFUSED, BROKEN])
def test_a_hook_that_fails_is_a_warning(hook: str, end: Outcome) -> None:
    play = ending(hook, hook, once=True)
    assert told(play.report(end)).split()[-2:] == ["HookFailed", TERMINAL_EVENT[hook]]
    assert play.status is ENDS[hook]
    (warning,) = play.execution.warnings
    assert warning.code == "hook_failed"
    assert warning.message.startswith(f"{hook}: ")


@pytest.mark.parametrize("end", [BUSY, BROKEN, LOST])
def test_a_hook_is_retried_by_its_policy_under_one_key(end: Outcome) -> None:
    play = ending("on_failure", "on_failure")
    first = play.flight()
    play.report(end)
    play.wake()
    again = play.flight()
    assert (again.key, again.request, again.attempt) == (first.key, first.request, 2)
    play.ok()
    assert play.status is ExecutionStatus.FAILED


def test_a_hook_that_cannot_be_rendered_is_a_warning() -> None:
    hooks = {"on_success": plan("note", reads=Broken("missing_variable", "input.who"))}
    play = begun(program(task("one"), hooks=hooks))
    assert told(play.ok()).endswith("HookStarted HookFailed ExecutionCompleted")
    (warning,) = play.execution.warnings
    assert warning.message == "on_success: missing_variable: input.who"


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "error"), ("code", "http_400"), ("message", "refused"), ("path", "one"), ("attempt", 1)],
)
def test_the_hook_of_a_failure_sees_it(field: str, value: object) -> None:
    play = begun(program(task("one"), hooks={"on_failure": plan("note", reads=Read("failure", field))}))
    play.report(REFUSED)
    assert play.flight().request == HandlerRequest(name="note", input=value)


@pytest.mark.parametrize("hook", ["on_success", "on_cancel"])
def test_the_hook_of_another_end_sees_no_failure(hook: str) -> None:
    play = begun(program(task("one"), hooks={hook: plan("note", reads=Read("failure", "code"))}))
    if hook == "on_cancel":
        play.cancel()
    play.ok()
    assert play.execution.warnings[0].message == f"{hook}: missing_variable: failure.code"


def test_a_hook_may_read_what_the_nodes_gave() -> None:
    hooks = {"on_success": plan("note", reads=Read("nodes", "one", "output", "id"))}
    play = begun(program(task("one"), hooks=hooks))
    decision = play.ok({"id": 5})
    (call,) = [effect for effect in decision.effects if isinstance(effect, Invocation)]
    assert call.request == HandlerRequest(name="note", input=5)


def test_a_hook_can_be_held() -> None:
    play = begun(program(task("one"), hooks=["on_success"]))
    play.ok()
    play.pause()
    assert told(play.ok()) == "ActivityCompleted HookCompleted"
    assert play.status is ExecutionStatus.PAUSED
    assert told(play.resume()) == "ExecutionResumed ExecutionCompleted"
