"""Executions that stand where somebody outside, or a person, has to say how it goes on."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from treadle.model.events import ActivityStarted, ChildStarted
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ActivityId, Digest, Instant
from treadle.model.outcomes import FoundDefinition, Ok
from treadle.model.policies import OnUnknown
from treadle.model.program import Program
from treadle.testing.builders import awaiting_task, program, sleep, task, undo, undone_task
from treadle.testing.composites import child, parallel, wait
from treadle.testing.playing import BEGIN, BROKEN, REFUSED, Play, begun

PAUSED_UNKNOWN: Final = "paused, unknown"
"""Paused until a person says what became of an attempt; the status is `paused` as well."""

ASKING: Final = program(
    task("reserve", compensation=undo("undo-reserve"), on_unknown=OnUnknown.PAUSE),
    sleep("rest"),
    undone_task("pay"),
)
"""As SAGA, but a person is asked when nobody knows what `reserve` did."""

ERRAND: Final[Program] = program(
    undone_task("reserve"),
    parallel("ask", "call", "hear", "send"),
    undone_task("pay"),
    bodies={
        "ask/call": (awaiting_task("ship", compensation=undo("undo-ship"), on_unknown=OnUnknown.PAUSE),),
        "ask/hear": (wait("news"),),
        "ask/send": (child("parcel"),),
    },
)
"""A callback, a signal and a child execution are awaited side by side, between two tasks."""
FOUND: Final = FoundDefinition(name="parcel", version="1", digest=Digest("sha256:" + "2" * 64))


def asked() -> Play:
    """An execution of ASKING that is paused for what `reserve` did."""
    play = begun(ASKING)
    play.report(BROKEN)
    return play


def attempt_that_awaits(play: Play) -> ActivityId:
    """The id under which the callback of `ship` is awaited; one that never was before it has begun."""
    return _newest(play, lambda event: isinstance(event, ActivityStarted) and event.path == "ship")


def child_that_is_awaited(play: Play) -> ActivityId:
    """The id under which the end of the child is awaited; one that never was before it has begun."""
    return _newest(play, lambda event: isinstance(event, ChildStarted))


def _newest(play: Play, is_meant: Callable[[object], bool]) -> ActivityId:
    found = [
        at
        for at, event in enumerate(play.history, start=1)
        if is_meant(event) and not (isinstance(event, ActivityStarted) and event.callback_until is None)
    ]
    return ActivityId(found[-1] if found else 10_000)


def _pending() -> Play:
    play = Play(ERRAND)
    play.start(start_at=Instant(BEGIN + 60_000))
    return play


def _running() -> Play:
    play = begun(ERRAND)
    play.ok()
    play.report_at("parcel", Ok(body=msgspec.to_builtins(FOUND)))
    return play


def _waiting() -> Play:
    play = _running()
    play.ok()
    return play


def _compensating() -> Play:
    play = _running()
    play.cancel()
    return play


def _paused() -> Play:
    play = _waiting()
    play.pause()
    return play


def _unknown() -> Play:
    play = _waiting()
    play.wake()
    return play


def _drained() -> Play:
    play = _waiting()
    play.cancel()
    play.end_child(ExecutionStatus.CANCELLED)
    return play


def _stuck() -> Play:
    play = _drained()
    play.report(REFUSED)
    return play


def _paying() -> Play:
    play = _waiting()
    play.deliver(attempt_that_awaits(play))
    play.signal("news")
    play.end_child(ExecutionStatus.COMPLETED)
    return play


def _completed() -> Play:
    play = _paying()
    play.ok()
    return play


def _failed() -> Play:
    play = _paying()
    play.report(REFUSED)
    play.ok()
    play.ok()
    return play


def _cancelled() -> Play:
    play = _drained()
    play.ok()
    play.ok()
    return play


def _terminated() -> Play:
    play = _waiting()
    play.terminate()
    return play


SENT: Final[Mapping[str, Callable[[], Play]]] = {
    "pending": _pending,
    "running": _running,
    "waiting": _waiting,
    "compensating": _compensating,
    "paused": _paused,
    PAUSED_UNKNOWN: _unknown,
    "stuck": _stuck,
    "completed": _completed,
    "failed": _failed,
    "cancelled": _cancelled,
    "terminated": _terminated,
}


def sent_to(status: str) -> Play:
    """An execution of ERRAND that stands in `status` (or is PAUSED_UNKNOWN), brought there by commands."""
    return SENT[status]()
