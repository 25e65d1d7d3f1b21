"""Waits and signals; deadlines; what a person wakes, and what was refused after it had been queued."""

from typing import Final

from msgspec.structs import replace

from tests.core.flying import all_ok, ends, ok
from treadle.model.bounds import DEFAULT_BOUNDS
from treadle.model.commands import RecordRefusal
from treadle.model.waiting import WaitMode
from treadle.testing.builders import program, sleep, task, undone_task
from treadle.testing.composites import parallel, race, try_, wait
from treadle.testing.playing import BUSY, LATE, Play, begun


def signals_before_and_after_their_wait() -> Play:
    """Kept, expired, taken from what was kept and as they come; in a pause they wait for its end."""
    play = begun(
        program(
            task("order"),
            wait("paid"),
            wait("either", "cash", "card", mode=WaitMode.ANY),
            wait("each", "packed", "signed", mode=WaitMode.ALL),
            wait("three", "vote", count=3),
            wait("lastly", "done", timeout_ms=60_000),
        ),
        bounds=replace(DEFAULT_BOUNDS, signal_kept_ms=3_600_000),
    )
    play.signal("paid", {"amount": 1})
    play.pass_time(3_600_000)
    play.signal("paid", {"amount": 2})
    play.signal("vote", "yes")
    play.signal("vote", None)
    ok(play, "order")
    play.signal("card", 4)
    play.signal("signed")
    play.pause()
    play.signal("packed", [1])
    play.pass_time(1_000)
    play.resume()
    play.signal("vote", "no")
    play.signal("done")
    return play


def waits_that_were_over() -> Play:
    """One goes on when its time is over, one fails for it; one is lost in a race, one cancelled."""
    play = begun(
        program(
            wait("first", timeout_ms=1_000, goes_on=True),
            try_("t", None),
            race("r", "asked", "slept"),
            wait("never"),
            bodies={
                "t/try": [undone_task("call"), wait("second", timeout_ms=2_000)],
                "t/catch.0": [task("note")],
                "r/asked": [wait("third")],
                "r/slept": [sleep("rest", 5_000)],
            },
        )
    )
    play.wake()
    ok(play, "call")
    play.wake()
    all_ok(play)
    play.wake()
    play.cancel()
    return play


def woken_by_a_person() -> Play:
    """A back-off and a sleep end early; a command that was queued for it is refused, and changes nothing."""
    play = begun(program(undone_task("call"), sleep("rest", 3_600_000), task("after")))
    play.report(BUSY)
    play.rouse()
    play.ok()
    play.pass_time(5)
    play.do(RecordRefusal(command="ReportChild", code="activity_ended", message="its end is not awaited"))
    play.rouse("rest")
    play.ok()
    return play


def late_in_a_visit() -> Play:
    """The deadline of a composite visit stops its branches, which are drained and undone; it is caught."""
    play = begun(
        program(
            try_("t", None),
            bodies={
                "t/try": [undone_task("open"), parallel("p", "a", "b", deadline_ms=30_000)],
                "p/a": [undone_task("a1"), undone_task("a2")],
                "p/b": [undone_task("b1"), wait("never")],
                "t/catch.0": [task("note", deadline_ms=1_000)],
            },
        )
    )
    for name in ("open", "a1", "b1"):
        ok(play, name)
    play.pass_time(30_000)
    play.go_on()
    ok(play, "a2")
    for name in ("undo b1", "undo a2", "undo a1", "undo open"):
        ok(play, name)
    ends(play, "note", BUSY)
    play.pass_time(1_000)
    play.go_on()
    ends(play, "note", LATE)
    return play


def late_as_a_whole() -> Play:
    """The deadline of the execution passes in a pause: what is in flight is drained, then undone."""
    play = begun(program(undone_task("one"), undone_task("two"), deadline_ms=60_000, hooks=["on_failure"]))
    play.ok()
    play.pause()
    play.wake()
    all_ok(play)
    return play


WAITING: Final = (
    signals_before_and_after_their_wait,
    waits_that_were_over,
    woken_by_a_person,
    late_in_a_visit,
    late_as_a_whole,
)
