"""Branches beside one another: they win, lose, fail, are caught, shielded and ended from within."""

from typing import Final

from tests.core.flying import all_ok, ends, ok
from treadle.model.execution import FailureKind
from treadle.testing.builders import (
    ONCE,
    Broken,
    Constant,
    Read,
    case,
    plan,
    program,
    switch,
    task,
    undone_task,
)
from treadle.testing.composites import emit, end, parallel, race, set_, shield, split, try_
from treadle.testing.playing import BUSY, LATE, REFUSED, Play, begun


def completed_through_every_kind_of_branch() -> Play:
    """A race in a branch, whose loser trails; an empty branch; a split, a message, variables, an `end`."""
    what = program(
        undone_task("reserve"),
        parallel("both", "fast", "slow", "none"),
        split("ab", {"new": 0.25, "old": 0.75}),
        set_("keep", region=Constant("eu"), taken=Read("nodes", "both", "output", "fast")),
        emit(
            "say",
            Constant("orders"),
            Constant("order.packed"),
            Read("vars", "taken"),
            key=Read("vars", "region"),
        ),
        shield("safe"),
        end("over", output=Read("nodes", "say", "output", "message_id")),
        task("never"),
        bodies={
            "both/fast": [race("first", "pay", "wait")],
            "both/slow": [undone_task("pack"), undone_task("ship")],
            "both/none": [],
            "first/pay": [undone_task("card")],
            "first/wait": [undone_task("pix"), task("later")],
            "ab/new": [task("new")],
            "ab/old": [task("old")],
            "safe/body": [task("book")],
        },
        hooks=["on_success"],
    )
    play = begun(what)
    ok(play, "reserve", {"id": 1})
    ok(play, "card", {"paid": 5})
    ok(play, "pack")
    ok(play, "ship")
    ok(play, "pix", "it was asked for after all")
    all_ok(play)
    return play


def failed_in_a_branch_and_caught() -> Play:
    """The first failure stops the others; each branch undoes its own; the `catch` reads why."""
    what = program(
        undone_task("reserve"),
        try_("t", frozenset({FailureKind.TIMEOUT}), None, has_finally=True),
        task("after", activity=plan("after", reads=Read("nodes", "t", "output"))),
        bodies={
            "t/try": [undone_task("open"), parallel("p", "a", "b", "c")],
            "p/a": [undone_task("a1"), task("a2", activity=plan("a2", retry=ONCE))],
            "p/b": [undone_task("b1"), undone_task("b2")],
            "p/c": [undone_task("c1")],
            "t/catch.0": [task("never")],
            "t/catch.1": [undone_task("note"), task("tell", activity=plan("tell", reads=Read("failure")))],
            "t/finally": [undone_task("tidy")],
        },
    )
    play = begun(what)
    for name in ("reserve", "open", "a1", "b1"):
        ok(play, name)
    ends(play, "a2", REFUSED)
    ends(play, "b2", LATE)
    ends(play, "c1", BUSY)
    all_ok(play)
    return play


def cancelled_under_a_shield() -> Play:
    """What is shielded is finished, the rest drained; a `finally` runs, and fails on its own."""
    what = program(
        undone_task("reserve"),
        parallel("p", "safe", "open"),
        bodies={
            "p/safe": [shield("s")],
            "s/body": [undone_task("s1"), undone_task("s2")],
            "p/open": [try_("t", has_finally=True)],
            "t/try": [undone_task("o1"), undone_task("o2")],
            "t/finally": [task("f", activity=plan("f", retry=ONCE))],
        },
        hooks=["on_cancel"],
    )
    play = begun(what)
    for name in ("reserve", "o1"):
        ok(play, name)
    play.cancel("not wanted")
    ends(play, "o2", LATE)
    ok(play, "s1")
    ok(play, "undo o2")
    ok(play, "undo o1")
    ends(play, "f", REFUSED)
    all_ok(play)
    return play


def lost_by_every_branch_of_a_race() -> Play:
    """Both branches fail; then an `end` node in the `catch` fails the execution."""
    what = program(
        undone_task("reserve"),
        try_("t", None),
        bodies={
            "t/try": [race("r", "a", "b")],
            "r/a": [task("a", activity=plan("a", retry=ONCE))],
            "r/b": [undone_task("b1"), task("b2", when=Broken())],
            "t/catch.0": [end("sorry", is_failed=True, code="sold_out", message=Constant("none is left"))],
        },
        hooks=["on_failure"],
    )
    play = begun(what)
    ok(play, "reserve")
    ends(play, "a", REFUSED)
    all_ok(play)
    return play


def ended_from_a_branch() -> Play:
    """An `end` in a case in a branch completes the execution over the heads of the others."""
    what = program(
        parallel("p", "a", "b"),
        task("never"),
        bodies={
            "p/a": [task("a1"), switch("which", case(Constant(True), "which/0", "stop"))],
            "which/0": [end("enough", output=Read("nodes", "a1", "output"))],
            "p/b": [undone_task("b1"), undone_task("b2")],
        },
    )
    play = begun(what)
    ok(play, "b1")
    ok(play, "a1", {"sum": 3})
    ok(play, "b2")
    return play


BRANCHING: Final = (
    completed_through_every_kind_of_branch,
    failed_in_a_branch_and_caught,
    cancelled_under_a_shield,
    lost_by_every_branch_of_a_race,
    ended_from_a_branch,
)
