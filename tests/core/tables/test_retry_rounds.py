"""A later run in a graph that leads back: what a round before has done is not the work of this one."""

import pytest

from tests.core.flying import all_ok, ends, in_flight, ok
from tests.core.reading import Of
from tests.core.retrying import demand_unique, to_end
from treadle.model.events import ResultKept
from treadle.model.execution import ExecutionStatus
from treadle.model.policies import OnUnknown
from treadle.model.program import ProgramNode
from treadle.testing.builders import (
    ONCE,
    Constant,
    Read,
    case,
    plan,
    program,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.composites import each, parallel, set_, try_
from treadle.testing.playing import LATE, REFUSED, Play, begun

COUNTED = set_("count", n=Of(Read("vars"), lambda held: held.get("n", 0) + 1))  # type: ignore[union-attr, operator]  # it holds a number


def again(until: int, at: str) -> ProgramNode:
    """Back to `at` until so many rounds were counted."""
    is_less = Of(Read("vars", "n"), lambda counted: counted < until)  # type: ignore[operator]  # a number
    return switch("more", case(is_less, next_=at))


def kept(play: Play) -> list[str]:
    return [str(event.path) for event in play.history if isinstance(event, ResultKept)]


def test_what_comes_after_the_node_that_failed_is_done_in_this_round_too() -> None:
    play = begun(program(task("pack"), COUNTED, again(2, "pack"), task("last")))
    ok(play, "pack")
    ends(play, "pack~2", REFUSED)
    play.retry()
    assert to_end(play) == ["pack~3", "last"]
    assert play.execution.vars["n"] == 2
    demand_unique(play)


def test_a_switch_of_the_round_before_does_not_say_where_to_go() -> None:
    what = program(
        task("a"), task("b"), switch("s", case(Read("nodes", "b", "output"), next_="a")), task("last")
    )
    play = begun(what)
    ok(play, "a")
    ok(play, "b", True)
    ok(play, "a~2")
    ends(play, "b~2", REFUSED)
    play.retry()
    ok(play, "b~3", False)
    assert in_flight(play) == ["last"]
    assert kept(play) == ["a~2"]


def test_a_task_that_only_the_round_before_has_done_is_done() -> None:
    play = begun(program(task("pack"), task("send"), COUNTED, again(2, "pack"), task("last")))
    ok(play, "pack")
    ok(play, "send")
    ends(play, "pack~2", REFUSED)
    play.retry()
    assert to_end(play) == ["pack~3", "send~2", "last"]
    demand_unique(play)


def test_a_third_run_still_passes_over_what_stands_of_the_round() -> None:
    play = begun(program(undone_task("pack"), task("send"), COUNTED, again(2, "pack"), task("last")))
    for name in ("pack", "send", "pack~2", "send~2"):
        ok(play, name)
    for retried in ("last", "last~2"):
        ends(play, retried, REFUSED)
        all_ok(play)
        play.retry()
        ok(play, in_flight(play)[0])
    assert to_end(play) == ["last~3"]
    assert [event.node for event in play.history if getattr(event, "kind", "") == "set"] == ["count", "count"]
    demand_unique(play)


def test_what_was_not_reached_in_the_run_between_still_stands() -> None:
    play = begun(program(undone_task("a"), task("b"), task("c")))
    ok(play, "a")
    ok(play, "b")
    ends(play, "c", REFUSED)
    all_ok(play)
    play.retry()
    ends(play, "a~2", REFUSED)
    assert play.status is ExecutionStatus.FAILED
    play.retry()
    assert to_end(play) == ["a~3", "c~2"]
    assert kept(play) == ["b"]


def test_the_branches_of_a_visit_that_begins_a_round_are_done_anew() -> None:
    bodies = {"p/x": [task("x")], "p/y": [task("y")]}
    what = program(task("a"), parallel("p", "x", "y"), COUNTED, again(2, "a"), task("last"), bodies=bodies)
    play = begun(what)
    for name in ("a", "x", "y"):
        ok(play, name)
    ends(play, "a~2", REFUSED)
    play.retry()
    assert to_end(play) == ["a~3", "x~2", "y~2", "last"]
    demand_unique(play)


def test_the_branches_that_stand_in_this_round_are_kept() -> None:
    bodies = {"p/x": [task("x")], "p/y": [task("y")]}
    what = program(task("a"), parallel("p", "x", "y"), COUNTED, again(2, "a"), task("last"), bodies=bodies)
    play = begun(what)
    for name in ("a", "x", "y", "a~2", "x~2"):
        ok(play, name)
    ends(play, "y~2", REFUSED)
    play.retry()
    assert to_end(play) == ["y~3", "last"]


def test_the_items_of_a_round_before_do_not_stand_for_this_one() -> None:
    what = program(
        task("a"),
        each("n", Constant([1, 2]), concurrency=1),
        COUNTED,
        again(2, "a"),
        task("last"),
        bodies={"n/item": [task("charge", compensation=undo("u", retry=ONCE))]},
    )
    play = begun(what)
    for name in ("a", "charge[0]", "charge[1]"):
        ok(play, name)
    ends(play, "a~2", REFUSED)
    ok(play, "undo charge[1]")
    ends(play, "undo charge[0]", REFUSED)
    play.skip_undo("charge[0]")
    play.retry()
    assert to_end(play) == ["a~3", "charge[0]~2", "charge[1]~2", "last"]


def test_the_key_of_a_round_before_is_not_that_of_this_one() -> None:
    unknown = task("x", activity=plan("x", retry=ONCE), on_unknown=OnUnknown.FAIL)
    what = program(
        task("a"),
        try_("t", None),
        COUNTED,
        again(2, "a"),
        task("last"),
        bodies={"t/try": [unknown], "t/catch.0": [task("c")]},
    )
    play = begun(what)
    ok(play, "a")
    ends(play, "x", LATE)
    ok(play, "c")
    ends(play, "a~2", REFUSED)
    play.retry()
    ok(play, "a~3")
    assert play.flight().key == f"{play.execution.id}/x~2"


@pytest.mark.parametrize("fails_again", [False, True])
def test_finally_is_owed_again_when_the_body_has_done_something_again(fails_again: bool) -> None:
    bodies = {"t/try": [undone_task("lock"), task("work")], "t/finally": [task("release")]}
    play = begun(program(try_("t", has_finally=True), task("last"), bodies=bodies))
    ok(play, "lock")
    ends(play, "work", REFUSED)
    ok(play, "undo lock")
    ok(play, "release")
    play.retry()
    ok(play, "lock~2")
    if fails_again:
        ends(play, "work~2", REFUSED)
        ok(play, "undo lock~2")
    else:
        ok(play, "work~2")
    assert in_flight(play) == ["release~2"]


def test_finally_goes_in_again_where_it_stood_when_the_body_stands() -> None:
    skipped = task("skipped", when=Of(Read("input"), lambda _: False))
    bodies = {"t/try": [task("work"), skipped], "t/finally": [task("note"), task("release")]}
    play = begun(program(try_("t", has_finally=True), task("last"), bodies=bodies))
    ok(play, "work")
    ok(play, "note")
    ends(play, "release", REFUSED)
    play.retry()
    assert in_flight(play) == ["release~2"]


def test_a_catch_that_catches_again_does_all_of_it_again() -> None:
    bodies = {"t/try": [undone_task("pay"), task("work")], "t/catch.0": [task("mail"), task("note")]}
    play = begun(program(try_("t", None), task("last"), bodies=bodies))
    ok(play, "pay")
    ends(play, "work", REFUSED)
    ok(play, "undo pay")
    ok(play, "mail")
    ends(play, "note", REFUSED)
    play.retry()
    ok(play, "pay~2")
    ends(play, "work~2", REFUSED)
    ok(play, "undo pay~2")
    assert to_end(play) == ["mail~2", "note~2", "last"]
