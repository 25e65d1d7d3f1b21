"""Steps one after the other: attempts, undo, hooks, switches, and the ways out of stuck."""

from typing import Final

from msgspec.structs import replace

from treadle.model.commands import PauseExecution, StartExecution
from treadle.model.ids import Instant, Path
from treadle.model.outcomes import Ok
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.program import ActivityPlan
from treadle.model.requests import HttpRequest
from treadle.testing.builders import (
    ONCE,
    Constant,
    Read,
    case,
    plan,
    program,
    sleep,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.playing import BEGIN, BROKEN, BUSY, LATE, LOST, REFUSED, Play, begun, start_of

HOOKS = ("on_success", "on_failure", "on_cancel")
ANSWER = Ok(body={"id": 7, "left": [1, 2.5, "ü"]}, status=201, headers={"etag": "x"})


def http(method: str, url: str, body: Read | None = None) -> ActivityPlan:
    """An activity that is an HTTP call."""

    def render(roots: object) -> HttpRequest:
        return HttpRequest(
            method=method,
            url=url,
            headers={"accept": "application/json"},
            body=None if body is None else body(roots),
            success=("2xx", "404"),
            follow_redirects=True,
        )

    return ActivityPlan(render=render, retry=RetryPolicy(jitter=0.5), timeout_ms=2_000)


def completed_through_http_and_a_switch() -> Play:
    """Every field of a start, HTTP requests and answers, nested bodies, a sleep, a skipped node, a hook."""
    charge = task(
        "charge",
        activity=http("POST", "https://pay.example/charge", Read("input", "order")),
        compensation=undo("refund", reads=Read("nodes", "charge", "output")),
        output=Read("body", "id"),
    )
    what = program(
        charge,
        switch("which", case(Constant(False)), case(Constant(True), "which/1", "large")),
        task("gift", when=Constant(False)),
        sleep("rest", 60_000, jitter_ms=500),
        task("ship"),
        bodies={"which/1": (switch("inner", default="inner/default"),), "inner/default": (task("pack"),)},
        hooks=HOOKS,
        output=Read("nodes", "charge", "output"),
    )
    what = replace(what, vars={"region": "eu"})
    play = Play(what)
    asked = start_of(what, {"order": "o-1"}, start_at=Instant(BEGIN + 1_000))
    play.do(_with_everything(asked))
    play.wake()
    play.pass_time(120)
    play.report(BUSY)
    play.again(ANSWER)
    play.ok({"packed": True})
    play.wake()
    play.pass_time(30)
    play.ok(None)
    play.report(BUSY)
    play.again(Ok())
    return play


def _with_everything(asked: StartExecution) -> StartExecution:
    return replace(
        asked,
        business_key="order-1",
        priority=5,
        labels={"team": "pay"},
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        actor="alice",
    )


def failed_and_undone() -> Play:
    """Unknown, lost and failed attempts, the undo for unknown, and a hook that fails."""
    by_key = plan("refund-by-key", reads=Read("nodes", "charge", "idempotency_key"))
    charge = task(
        "charge", compensation=undo("refund", reads=Read("nodes", "charge", "output"), unknown=by_key)
    )
    what = program(undone_task("reserve"), charge, hooks={"on_failure": plan("note", retry=ONCE)})
    play = begun(what)
    play.report(LOST)
    play.again(Ok(body="r"))
    play.report(LATE)
    play.again(REFUSED)
    play.report(BROKEN)
    play.again(Ok())
    play.ok()
    play.report(REFUSED)
    return play


def cancelled_in_nested_bodies() -> Play:
    """Cancelled while a task in a body of a body is in flight, whose answer then comes."""
    what = program(
        undone_task("reserve"),
        switch("outer", case(Constant(True), "outer/0")),
        bodies={
            "outer/0": (switch("inner", case(Constant(True), "inner/0")),),
            "inner/0": (undone_task("charge"), undone_task("ship")),
        },
        hooks=["on_cancel"],
    )
    play = begun(what)
    play.ok()
    play.pause()
    play.ok("while paused")
    play.resume("looked at")
    play.cancel("not wanted any more")
    play.report(BUSY)
    play.ok()
    play.ok()
    play.ok()
    return play


def stuck_and_settled_by_a_person() -> Play:
    """Each way out of stuck, one after the other."""
    steps = [task(name, compensation=undo(f"undo-{name}", retry=ONCE)) for name in ("one", "two", "three")]
    left = task("left", compensation=undo("never"), on_unknown=OnUnknown.FAIL)
    play = begun(program(*steps, left))
    for _ in steps:
        play.ok()
    play.report(BROKEN)
    play.report(BUSY)
    play.retry_undo("three")
    play.ok()
    play.report(BUSY)
    play.skip_undo("two")
    play.report(BUSY)
    play.accept_undo("one")
    return play


def terminated_while_undoing() -> Play:
    """Paused by the engine, resumed, failed by an output without a value, terminated while it is undone."""
    play = begun(program(undone_task("one"), undone_task("two"), output=Read("input", "nothing")))
    play.do(PauseExecution(actor="engine", reason="crash_loop"))
    play.resume()
    play.ok()
    play.ok()
    play.report(BUSY)
    play.terminate("given up")
    return play


def stuck_without_the_response() -> Play:
    """An undo that needs an answer which never came; it is still stuck."""
    needs = undo("refund", reads=Read("nodes", "charge", "output", "id"))
    play = begun(program(task("charge", compensation=needs, on_unknown=OnUnknown.COMPENSATE)))
    play.report(LATE)
    return play


def entered_again() -> Play:
    """A graph that leads back, so that a node is visited three times, and all of it is undone but one."""
    charge, back = undone_task("charge"), task("back")
    play = begun(program(charge, task("gift", when=Constant(False)), replace(back, next=charge.id)))
    for end in (Ok(body=1), Ok(), Ok(body=2), Ok(), Ok(body=3), REFUSED):
        play.report(end)
    play.ok()
    assert Path("charge~2") in play.execution.earlier
    return play


PLAIN: Final = (
    completed_through_http_and_a_switch,
    failed_and_undone,
    cancelled_in_nested_bodies,
    stuck_and_settled_by_a_person,
    terminated_while_undoing,
    stuck_without_the_response,
    entered_again,
)
