"""Async tasks and their callbacks; outcomes that nobody knows until something or somebody tells."""

from typing import Final

from tests.core.flying import all_ok, ends, flight_of
from tests.core.reading import Of
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.commands import Resolution
from treadle.model.expression import Roots
from treadle.model.ids import ActivityId
from treadle.model.outcomes import Ok
from treadle.model.policies import OnUnknown, RetryPolicy
from treadle.model.program import ActivityPlan
from treadle.model.requests import HandlerRequest, Hole, HoledText, Request
from treadle.testing.builders import (
    ONCE,
    Read,
    awaiting_task,
    plan,
    program,
    task,
    undo,
)
from treadle.testing.composites import parallel
from treadle.testing.playing import BROKEN, LATE, LOST, REFUSED, Play, begun

TAKEN: Final = Ok(body={"job": 7}, status=202, headers={"x-job": "7"})
ON_CALLBACK: Final = RetryPolicy(jitter=0.0, on=("callback", "unknown"))


def holed(name: str) -> ActivityPlan:
    """An activity that is told where its callback goes, and a secret."""
    holes = (
        HoledText(pointer="/input/reply_to", parts=(Hole(root="callback", name="url"),)),
        HoledText(pointer="/input/token", parts=("Bearer ", Hole(root="secrets", name="shop"))),
    )

    def render(_roots: Roots) -> Request:
        return HandlerRequest(name=name, input={"reply_to": None, "token": None}, holes=holes)

    return ActivityPlan(render=render, retry=ON_CALLBACK, timeout_ms=2_000)


def status_is(word: str) -> Of:
    """Whether the callback's body says so."""
    return Of(Read("body", "status"), lambda status: status == word)


def open_attempt(play: Play) -> ActivityId:
    """The id of the attempt of the root frame, answered or not."""
    activity = play.execution.frames[ROOT_FRAME].activity
    assert activity is not None
    return activity.id


def called_back() -> Play:
    """Before the 202 and after it; refused and asked again; that of an attempt which was given up."""
    refusing = awaiting_task(
        "ship",
        activity=holed("ship"),
        compensation=undo("undo-ship", reads=Read("nodes", "ship", "response", "body")),
        fail_when=status_is("denied"),
        output=Read("body", "status"),
    )
    play = begun(program(awaiting_task("pack"), refusing, awaiting_task("bill", timeout_ms=5_000)))
    play.deliver(open_attempt(play), "faster than the answer", etag="1")
    play.report(TAKEN)
    play.deliver(open_attempt(play), {"status": "denied"})
    play.wake()
    play.report(TAKEN)
    play.deliver(open_attempt(play), {"status": "on its way"})
    first = open_attempt(play)
    play.report(TAKEN)
    play.wake()
    play.wake()
    play.deliver(first, {"status": "late, but here"})
    return play


def callbacks_that_never_came() -> Play:
    """The wait of a branch that stops is closed, and its undo is owed; the other's time is over, for good."""
    late = awaiting_task(
        "late", timeout_ms=5_000, activity=plan("late", retry=ONCE), compensation=undo("undo-late")
    )
    left = awaiting_task("left", on_unknown=OnUnknown.FAIL, compensation=undo("never"))
    open_ = awaiting_task("open", compensation=undo("undo-open"))
    play = begun(program(parallel("p", "a", "b", "c"), bodies={"p/a": [late], "p/b": [left], "p/c": [open_]}))
    for name in ("late", "left", "open"):
        ends(play, name, TAKEN)
    play.wake()
    all_ok(play)
    return play


def probed() -> Play:
    """Probes that say done and not done, and one that cannot tell, so that `on_unknown` is asked."""
    asks = plan("look", reads=Read("nodes", "one", "idempotency_key"))
    one = task("one", probe=asks, compensation=undo("undo-one"))
    two = task("two", probe=plan("look"), compensation=undo("undo-two"))
    three = task(
        "three", probe=plan("look"), on_unknown=OnUnknown.COMPENSATE, compensation=undo("undo-three")
    )
    play = begun(program(one, two, three))
    play.report(LATE)
    play.ok({"outcome": "done", "output": {"id": 1}})
    play.report(BROKEN)
    play.ok({"outcome": "not_done"})
    play.wake()
    play.ok({"id": 2})
    play.report(LOST)
    play.report(LOST)
    play.wake()
    play.ok("who knows")
    all_ok(play)
    return play


def resolved_by_a_person() -> Play:
    """Two branches are unknown: one was done, the other was not, and is called again."""
    done = task("done", on_unknown=OnUnknown.PAUSE, compensation=undo("undo-done"))
    not_done = task("not_done", on_unknown=OnUnknown.PAUSE, compensation=undo("undo-not_done"))
    play = begun(program(parallel("p", "a", "b"), bodies={"p/a": [done], "p/b": [not_done]}))
    ends(play, "done", LATE)
    ends(play, "not_done", BROKEN)
    play.resolve(Resolution.DONE, {"id": 1}, path="done")
    play.resolve(Resolution.NOT_DONE)
    play.wake()
    play.ok({"id": 2})
    return play


def answered_by_an_earlier_attempt() -> Play:
    """The second calls are out when the callbacks of the first come: one ends, one goes with its process."""
    first = awaiting_task("first", compensation=undo("undo-first"))
    second = awaiting_task("second", compensation=undo("undo-second"))
    play = begun(program(first, second, task("last")))
    for name in ("first", "second"):
        asked = flight_of(play, name)
        ends(play, name, BROKEN)
        play.wake()
        play.deliver(asked.activity, {"id": name})
    ends(play, "last", REFUSED)
    ends(play, "first", TAKEN)
    ends(play, "second", LOST)
    all_ok(play)
    return play


ASKING: Final = (
    called_back,
    callbacks_that_never_came,
    probed,
    resolved_by_a_person,
    answered_by_an_earlier_attempt,
)
