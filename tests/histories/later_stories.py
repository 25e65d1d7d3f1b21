"""Later runs that are still under way: what stands of an earlier one, and what is done again."""

from typing import Final

from tests.core.flying import all_ok, ends, ok
from tests.core.reading import Of
from treadle.model.policies import OnUnknown
from treadle.model.program import TaskNode
from treadle.testing.builders import Constant, Read, case, plan, program, switch, task, undo, undone_task
from treadle.testing.composites import each, loop, parallel, set_, try_
from treadle.testing.playing import LATE, REFUSED, Play, begun


def left_unknown(name: str) -> TaskNode:
    """A task that fails when nobody knows what it did, and whose undo is then left."""
    return task(name, on_unknown=OnUnknown.FAIL, compensation=undo(f"undo-{name}"))


def items_that_are_others_in_a_later_run() -> Play:
    """The second run has a new deadline and a shorter list, of which one item stands as far as it came."""
    what = program(
        undone_task("list"),
        each("all", Read("nodes", "list", "output"), concurrency=3),
        bodies={"all/item": [task("look"), task("buy")]},
        deadline_ms=3_600_000,
    )
    play = begun(what)
    ok(play, "list", ["a", "b", "c", "d"])
    for index in range(3):
        ok(play, f"look[{index}]", index)
    ok(play, "buy[2]", "bought")
    ends(play, "buy[1]", REFUSED)
    for name in ("buy[0]", "look[3]"):
        ends(play, name, REFUSED)
    ok(play, "undo list")
    play.pass_time(60_000)
    play.retry("the list was wrong")
    ok(play, "list~2", ["a", "other"])
    return play


def rounds_in_later_runs() -> Play:
    """Three runs of a graph that leads back; keys go on from what nobody knows, also over what is skipped."""
    what = program(
        undone_task("list"),
        loop("turns", while_=Of(Read("index"), lambda index: index < 2), max_iterations=5),
        task("gift", when=Read("nodes", "list", "output"), on_unknown=OnUnknown.FAIL),
        left_unknown("charge"),
        set_("count", n=Of(Read("vars"), lambda held: [*held.get("n", []), 1])),
        switch("more", case(Of(Read("vars", "n"), lambda n: n == [1]), next_="charge")),
        bodies={"turns/turn": [undone_task("call")]},
        hooks=["on_failure"],
    )
    play = begun(what)
    ok(play, "list", True)
    for turn in range(2):
        ok(play, f"call[{turn}]")
    ends(play, "gift", LATE)
    all_ok(play)
    play.retry()
    ok(play, "list~2", False)
    for turn in range(2):
        ok(play, f"call[{turn}]~2")
    ends(play, "charge", LATE)
    all_ok(play)
    play.retry()
    ok(play, "list~3", True)
    for turn in range(2):
        ok(play, f"call[{turn}]~3")
    ok(play, "gift~3")
    ok(play, "charge~2", {"id": 2})
    return play


def caught_again_in_a_later_run() -> Play:
    """What a `catch` and a branch have done before is done again: the body that they stand in begins anew."""
    what = program(
        task("before"),
        try_("t", None),
        parallel("p", "a", "b"),
        bodies={
            "t/try": [undone_task("pay"), task("work", activity=plan("work", reads=Constant(1)))],
            "t/catch.0": [task("mail"), task("note")],
            "p/a": [task("never")],
            "p/b": [],
        },
    )
    play = begun(what)
    ok(play, "before")
    ok(play, "pay")
    ends(play, "work", REFUSED)
    ok(play, "undo pay")
    ok(play, "mail")
    ends(play, "note", REFUSED)
    play.retry()
    ok(play, "pay~2")
    ends(play, "work~2", REFUSED)
    ok(play, "undo pay~2")
    ok(play, "mail~2")
    return play


LATER: Final = (items_that_are_others_in_a_later_run, rounds_in_later_runs, caught_again_in_a_later_run)
