"""Plays of what seldom happens, so that every field of every event is said by some history."""

from collections.abc import Callable
from typing import Final

from tests.core.flying import all_ok, ends, ok
from tests.core.reading import Of
from treadle.model.commands import (
    Resolution,
    ResolveOutcome,
    RetryCompensation,
    RetryExecution,
    SendSignal,
    WakeExecution,
)
from treadle.model.ids import Path
from treadle.model.outcomes import Unknown
from treadle.model.policies import OnUnknown
from treadle.model.waiting import SignalKey
from treadle.testing.builders import ONCE, Read, plan, program, sleep, task, undo, undone_task
from treadle.testing.composites import each, try_, wait
from treadle.testing.playing import ACTOR, LATE, REFUSED, Play, begun

WHY: Final = "because"
GATEWAY: Final = Unknown(code="http_502", message="bad gateway", http_status=502)


def asked_again_under_a_key_that_was_kept() -> Play:
    """Unknown and not undone, so the next run asks under the same key; undone there. A deadline as well."""
    unknown = task("a", activity=plan("a", retry=ONCE), on_unknown=OnUnknown.FAIL, compensation=undo("u"))
    play = begun(program(unknown, task("b"), deadline_ms=60_000))
    ends(play, "a", GATEWAY)
    play.do(RetryExecution(actor=ACTOR, reason=WHY))
    ok(play, "a~2")
    ends(play, "b", REFUSED)
    all_ok(play)
    return play


def items_that_are_others_in_the_next_run() -> Play:
    """The list is made anew, and what was begun for its old items is forgotten."""
    listed = each("n", Read("nodes", "list", "output"))
    play = begun(program(undone_task("list"), listed, bodies={"n/item": [task("a"), task("b")]}))
    ok(play, "list", ["x", "y"])
    ok(play, "a[0]")
    ok(play, "a[1]")
    ends(play, "b[1]", REFUSED)
    all_ok(play)
    play.retry()
    ok(play, "list~2", ["z"])
    all_ok(play)
    return play


def people_who_say_why() -> Play:
    """A sleep is ended, an outcome resolved and an undo asked for again, each for a reason."""
    what = program(sleep("rest"), undone_task("a"), task("b", on_unknown=OnUnknown.PAUSE), task("c"))
    play = begun(what)
    play.do(WakeExecution(actor=ACTOR, reason=WHY))
    ok(play, "a")
    ends(play, "b", LATE)
    play.do(ResolveOutcome(outcome=Resolution.DONE, output=1, actor=ACTOR, reason=WHY))
    ends(play, "c", REFUSED)
    ends(play, "undo a", REFUSED)
    play.do(RetryCompensation(path=Path("a"), actor=ACTOR, reason=WHY))
    all_ok(play)
    return play


def signals_under_keys_of_their_sender() -> Play:
    """One is kept and one is taken, each under a key."""
    play = begun(program(sleep("rest"), wait("gate", count=2)))
    play.do(SendSignal(name="gate", payload=1, actor=ACTOR, key=SignalKey(key="first", digest="d")))
    play.wake()
    play.do(SendSignal(name="gate", payload=2, actor=ACTOR, key=SignalKey(key="second", digest="d")))
    return play


def work_that_a_later_run_skips_or_does_again() -> Play:
    """A key goes on over a visit that was skipped; a `finally` is owed again."""
    in_run = Of(Read("execution"), lambda execution: execution["run"] != 2)  # type: ignore[index, call-overload]  # a map
    unknown = task("a", activity=plan("a", retry=ONCE), on_unknown=OnUnknown.FAIL, when=in_run)
    bodies = {"t/try": [unknown, task("b")], "t/finally": [task("c")]}
    play = begun(program(try_("t", has_finally=True), bodies=bodies))
    ends(play, "a", LATE)
    ok(play, "c")
    play.retry()
    ends(play, "b", REFUSED)
    ok(play, "c~2")
    return play


RARITIES: Final[tuple[Callable[[], Play], ...]] = (
    asked_again_under_a_key_that_was_kept,
    items_that_are_others_in_the_next_run,
    people_who_say_why,
    signals_under_keys_of_their_sender,
    work_that_a_later_run_skips_or_does_again,
)
