"""Executions whose state and events have what is seldom there."""

from typing import Final

from msgspec.structs import replace

from tests.core.flying import ends, ok
from tests.histories.asking_stories import holed
from treadle.model.commands import (
    Command,
    PauseExecution,
    Resolution,
    ResolveOutcome,
    RetryCompensation,
    SendSignal,
    WakeExecution,
)
from treadle.model.expression import Roots
from treadle.model.ids import Instant, Path
from treadle.model.outcomes import Ok, Unknown
from treadle.model.policies import OnUnknown
from treadle.model.program import ActivityPlan
from treadle.model.requests import Hole, HoledText, HttpRequest
from treadle.model.waiting import SignalKey
from treadle.testing.builders import ONCE, PLAIN_RETRY, Read, awaiting_task, plan, program, sleep, task, undo
from treadle.testing.composites import parallel, shield, try_, wait
from treadle.testing.playing import ACTOR, BEGIN, BROKEN, BUSY, LATE, LOST, REFUSED, Play, begun, start_of

THROTTLED: Final = Unknown(
    code="http_504", message="no answer behind it", http_status=504, retry_after_ms=60_000
)


def holed_call(_roots: Roots) -> HttpRequest:
    """Every field of an HTTP request; its URL has a hole."""
    url = HoledText(
        pointer="/url",
        parts=(
            "https://pay.example/charge?reply_to=",
            Hole(root="callback", name="url", is_encoded=True),
        ),
    )
    return HttpRequest(
        method="POST",
        url="",
        headers={"accept": "application/json"},
        body={"amount": 7},
        success=("2xx", "404"),
        follow_redirects=True,
        holes=(url,),
    )


def held_while_it_does_everything() -> Play:
    """All that a start may say; calls and waits of every kind; a handler that was lost too often."""
    charge = ActivityPlan(render=holed_call, retry=PLAIN_RETRY, timeout_ms=2_000)
    what = program(
        parallel("p", "http", "again", "caught", "safe", "votes"),
        bodies={
            "p/http": [task("charge", activity=charge, compensation=undo("refund"))],
            "p/again": [awaiting_task("again", timeout_ms=5_000, activity=holed("again"))],
            "p/caught": [try_("t", None)],
            "t/try": [task("broken", activity=plan("broken", retry=ONCE))],
            "t/catch.0": [task("tell", activity=plan("tell", reads=Read("failure")))],
            "p/safe": [shield("s")],
            "s/body": [task("local"), wait("start")],
            "p/votes": [wait("vote", count=3)],
        },
    )
    play = Play(what)
    play.do(
        replace(
            start_of(what, {"order": "o-1"}, start_at=Instant(BEGIN + 1_000)),
            business_key="order-1",
            priority=5,
            labels={"team": "pay"},
            traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            actor="alice",
        )
    )
    play.wake()
    ends(play, "broken", REFUSED)
    ends(play, "again", Ok(status=202, headers={"x-job": "7"}, body={"job": 7}))
    play.do(keyed("vote", "first", "yes"))
    play.do(keyed("start", "second", None))
    play.wake()
    play.wake()
    ends(play, "charge", THROTTLED)
    for _ in range(4):
        ends(play, "local", LOST)
        play.go_on()
    play.do(PauseExecution(actor="engine", reason="crash_loop"))
    ends(play, "local", LOST)
    return play


def keyed(name: str, key: str, payload: str | None) -> SendSignal:
    """A signal that comes under a key of its sender's."""
    return SendSignal(
        name=name, payload=payload, actor=ACTOR, key=SignalKey(key=key, digest="sha256:" + "2" * 64)
    )


def told_why_by_persons() -> Play:
    """Each act with its reason; the hook that fails is a warning."""
    what = program(
        task("charge", on_unknown=OnUnknown.PAUSE, compensation=undo("refund", retry=ONCE)),
        sleep("rest", 3_600_000),
        task("ship"),
        hooks={"on_failure": plan("note", retry=ONCE)},
    )
    play = begun(what)
    play.report(LATE)
    acts: list[Command] = [
        ResolveOutcome(
            outcome=Resolution.DONE, output={"id": 1}, path=None, actor=ACTOR, reason="the bank has it"
        ),
        WakeExecution(path=Path("rest"), actor=ACTOR, reason="no need to wait"),
    ]
    for act in acts:
        play.do(act)
    play.report(REFUSED)
    play.report(BUSY)
    play.do(RetryCompensation(path=Path("charge"), actor=ACTOR, reason="the bank is open"))
    play.ok()
    play.report(REFUSED)
    return play


def stuck_in_two_ways() -> Play:
    """An undo of what is unknown, tried again and failed again; another that cannot be asked for."""
    needs = undo("cancel", reads=Read("nodes", "book", "output", "id"))
    by_key = plan("refund-by-key", retry=ONCE)
    refund = undo("refund", reads=Read("nodes", "charge", "output"), unknown=by_key)
    what = program(
        parallel("p", "a", "b"),
        task("ship"),
        bodies={
            "p/a": [task("book", compensation=needs)],
            "p/b": [task("charge", compensation=refund, on_unknown=OnUnknown.COMPENSATE)],
        },
    )
    play = begun(what)
    ok(play, "book", "no id")
    ends(play, "charge", BROKEN)
    play.report(REFUSED)
    play.retry_undo("charge")
    play.report(REFUSED)
    return play


def undone_and_told_of() -> Play:
    """An undo that waits between its attempts, then the hook of the end in flight."""
    what = program(
        task("charge", compensation=undo("refund")), task("ship"), hooks={"on_failure": holed("note")}
    )
    play = begun(what)
    play.ok()
    play.report(REFUSED)
    play.report(BUSY)
    play.again(Ok())
    return play


FULL: Final = (
    held_while_it_does_everything,
    told_why_by_persons,
    stuck_in_two_ways,
    undone_and_told_of,
)
