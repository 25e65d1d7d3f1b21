"""Executions that are still under way where their recording ends."""

from typing import Final

from tests.core.flying import ends, ok
from tests.histories.child_stories import FOUND
from treadle.model.outcomes import Ok
from treadle.model.waiting import WaitMode
from treadle.testing.builders import Constant, awaiting_task, case, program, sleep, switch, task, undone_task
from treadle.testing.composites import child, each, loop, parallel, race, set_, wait
from treadle.testing.playing import Play, begun


def open_in_every_way() -> Play:
    """A call, a callback, a child, signals, a sleep, items and turns at once, and a loser that trails."""
    what = program(
        set_("keep", region=Constant("eu")),
        race("r", "won", "lost"),
        parallel("p", "call", "callback", "child", "signal", "sleep", "items", "turns", deadline_ms=600_000),
        bodies={
            "r/won": [task("won")],
            "r/lost": [undone_task("lost")],
            "p/call": [undone_task("called"), undone_task("call")],
            "p/callback": [awaiting_task("callback")],
            "p/child": [child("child")],
            "p/signal": [wait("signal", "one", "two", mode=WaitMode.ALL, timeout_ms=60_000)],
            "p/sleep": [sleep("sleep", 30_000)],
            "p/items": [each("items", Constant(["x", "y", "z"]), concurrency=2)],
            "items/item": [task("item")],
            "p/turns": [loop("turns", while_=Constant(True), max_iterations=3)],
            "turns/turn": [undone_task("turn"), switch("which", case(Constant(True), "which/0"))],
            "which/0": [wait("later")],
        },
        deadline_ms=3_600_000,
    )
    play = begun(what)
    ok(play, "won")
    ok(play, "called")
    ends(play, "callback", Ok(status=202))
    ends(play, "child", FOUND)
    ok(play, "item[0]", 1)
    ok(play, "turn[0]")
    play.signal("later")
    ok(play, "turn[1]")
    play.signal("two", {"n": 2})
    play.signal("two")
    return play


OPEN: Final = (open_in_every_way,)
