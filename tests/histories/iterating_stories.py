"""Items and turns; a failed execution that is tried again with the results that stand."""

from typing import Final

from tests.core.flying import all_ok, ends, in_flight, ok
from tests.core.reading import Of
from treadle.model.policies import OnUnknown
from treadle.model.program import TaskNode
from treadle.testing.builders import ONCE, Constant, Read, plan, program, sleep, task, undo, undone_task
from treadle.testing.composites import each, loop
from treadle.testing.playing import LATE, REFUSED, Play, begun

ITEMS: Final = Read("input", "items")


def called_once(name: str) -> TaskNode:
    """A task with an undo that gives up after one call."""
    return task(name, activity=plan(name, reads=Read("item"), retry=ONCE), compensation=undo(f"undo-{name}"))


def items_that_failed_and_stood() -> Play:
    """Two items at a time; one fails, all is undone but what has no undo; another run keeps what stands."""
    what = program(
        task("before"),
        undone_task("reserve"),
        each("all", ITEMS, concurrency=2),
        task("after", activity=plan("after", reads=Read("nodes", "all", "output"))),
        bodies={"all/item": [task("look", activity=plan("look", reads=Read("index"))), task("buy")]},
    )
    play = begun(what, {"items": ["a", "b", "c", "d"]})
    ok(play, "before", {"seen": True})
    ok(play, "reserve")
    for name in ("look[0]", "look[1]", "buy[1]", "look[2]", "buy[2]", "look[3]"):
        ok(play, name, name)
    ends(play, "buy[0]", REFUSED)
    ends(play, "buy[3]", LATE)
    all_ok(play)
    play.retry("the shop is open again")
    ok(play, "reserve~2", "again")
    while play.flights():
        name = in_flight(play)[0]
        ok(play, name, f"second {name}")
    return play


def items_collected() -> Play:
    """Each item is a scope: two fail and are undone, and stand in the output as failures."""
    what = program(
        each("all", ITEMS, concurrency=3, collects=True),
        bodies={"all/item": [undone_task("reserve"), called_once("buy")]},
        output=Read("nodes", "all", "output"),
    )
    play = begun(what, {"items": [{"sku": 1}, {"sku": 2}, {"sku": 3}, {"sku": 4}]})
    for index in range(3):
        ok(play, f"reserve[{index}]")
    ends(play, "buy[1]", REFUSED)
    ok(play, "buy[0]", {"bought": 1})
    ends(play, "buy[2]", LATE)
    all_ok(play)
    return play


def turns_within_items() -> Play:
    """A loop in an `each`: visits in `[i][j]`, undone newest first after a cancel."""
    what = program(
        each("all", ITEMS, concurrency=1),
        undone_task("after"),
        bodies={
            "all/item": [loop("thrice", until=Of(Read("index"), lambda index: index == 2), max_iterations=5)],
            "thrice/turn": [undone_task("call"), sleep("rest", 1_000)],
        },
    )
    play = begun(what, {"items": [1, 2]})
    for item in range(2):
        for turn in range(3):
            ok(play, f"call[{item}][{turn}]", item * 10 + turn)
            play.wake()
    play.cancel()
    ok(play, "after")
    all_ok(play)
    return play


def turns_that_stood() -> Play:
    """`while`, with a bound; the fourth turn fails; the next run begins with it, under the unknown key."""
    what = program(
        loop("poll", while_=Of(Read("index"), lambda index: index < 5), max_iterations=5),
        bodies={"poll/turn": [task("ask", on_unknown=OnUnknown.FAIL), task("note")]},
        output=Read("nodes", "poll", "output"),
    )
    play = begun(what)
    for turn in range(3):
        ok(play, f"ask[{turn}]", turn)
        ok(play, f"note[{turn}]", turn)
    ends(play, "ask[3]", LATE)
    play.retry()
    all_ok(play)
    return play


def bounded_by_its_turns() -> Play:
    """A loop that would go on for ever fails at its bound, and its turns are undone."""
    what = program(
        loop("on", while_=Constant(True), max_iterations=2),
        bodies={"on/turn": [undone_task("call"), task("gift", when=Constant(False))]},
    )
    play = begun(what)
    all_ok(play)
    return play


ITERATING: Final = (
    items_that_failed_and_stood,
    items_collected,
    turns_within_items,
    turns_that_stood,
    bounded_by_its_turns,
)
