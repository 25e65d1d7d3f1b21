"""What a later run keeps of items and turns."""

from tests.core.flying import all_ok, ends, in_flight, ok
from tests.core.reading import Of
from tests.core.retrying import Listed, composed, demand_unique, over, to_end
from treadle.model.events import IterationsKept
from treadle.model.execution import ExecutionStatus
from treadle.testing.builders import (
    ONCE,
    Constant,
    Read,
    plan,
    program,
    task,
    undo,
    undone_task,
)
from treadle.testing.composites import each, loop, parallel, shield, try_
from treadle.testing.playing import REFUSED, begun


def test_items_that_have_ended_are_kept_and_the_one_that_failed_goes_in_again_where_it_stood() -> None:
    play = begun(over(task("a"), task("b")))
    for at in range(3):
        ok(play, f"a[{at}]", f"a{at}")
    ok(play, "b[0]", "b0")
    ok(play, "b[2]", "b2")
    ends(play, "b[1]", REFUSED)
    play.retry()
    (kept,) = [event for event in play.history if isinstance(event, IterationsKept)]
    assert kept.keys == ("0", "2")
    assert in_flight(play) == ["b[1]~2"]
    ok(play, "b[1]~2", "anew")
    assert play.execution.visits["n"].output == ["b0", "anew", "b2"]
    demand_unique(play)


def test_items_of_which_something_was_undone_are_run_again() -> None:
    play = begun(over(undone_task("a"), task("b"), concurrency=2))
    ok(play, "a[0]")
    ok(play, "b[0]")
    ok(play, "a[1]")
    ends(play, "b[1]", REFUSED)
    ok(play, "a[2]")
    assert all_ok(play) == ["undo a[2]", "undo a[1]", "undo a[0]"]
    play.retry()
    assert in_flight(play) == ["a[0]~2", "a[1]~2"]
    names = [f"{name}[{at}]~2" for name in ("a", "b") for at in range(3)]
    assert sorted(to_end(play)) == [*names, "last"]
    demand_unique(play)


def test_an_item_whose_try_has_undone_something_and_completed_is_kept() -> None:
    bodies = {
        "n/item": [try_("t", None), task("u")],
        "t/try": [undone_task("a"), task("b")],
        "t/catch.0": [task("c")],
    }
    play = begun(composed(each("n", Constant([0, 1])), bodies))
    for at in range(2):
        ok(play, f"a[{at}]")
        ends(play, f"b[{at}]", REFUSED)
        ok(play, f"undo a[{at}]")
        ok(play, f"c[{at}]")
    ok(play, "u[0]")
    ends(play, "u[1]", REFUSED)
    play.retry()
    assert in_flight(play) == ["u[1]~2"]
    assert to_end(play) == ["u[1]~2", "last"]


def test_what_was_undone_of_one_item_lets_the_same_node_of_another_stand() -> None:
    held = task("held", when=Read("item"), compensation=undo("undo-held"))
    bodies = {"n/item": (shield("s"), task("last")), "s/body": (held, task("plain"))}
    play = begun(program(each("n", Constant([True, False])), bodies=bodies))
    for name in ("held[0]", "plain[0]", "plain[1]"):
        ok(play, name)
    ends(play, "last[1]", REFUSED)
    assert all_ok(play) == ["last[0]", "undo held[0]"]
    play.retry()
    assert sorted(in_flight(play)) == ["held[0]~2", "last[1]~2"]
    assert play.execution.visits["s[0]"].path == "s[0]~2"
    assert play.execution.visits["s[1]"].path == "s[1]"


def test_an_item_that_was_collected_stays_as_it_is() -> None:
    bodies = {
        "p/x": [each("n", Constant([0, 1]), collects=True)],
        "p/y": [task("b")],
        "n/item": [undone_task("a"), task("c")],
    }
    play = begun(composed(parallel("p", "x", "y"), bodies))
    ok(play, "a[0]")
    ends(play, "c[0]", REFUSED)
    ok(play, "undo a[0]")
    ends(play, "b", REFUSED)
    ends(play, "a[1]", REFUSED)
    play.retry()
    assert sorted(in_flight(play)) == ["a[1]~2", "b~2"]
    to_end(play)
    first, _ = play.execution.visits["n"].output
    assert first["failure"]["code"] == "http_400"


def test_items_that_were_never_opened_are_opened() -> None:
    play = begun(over(task("a"), concurrency=1))
    ok(play, "a[0]")
    ends(play, "a[1]", REFUSED)
    play.retry()
    seen = to_end(play)
    assert seen[0] == "a[1]~2"
    assert [name.partition("~")[0] for name in seen] == ["a[1]", "a[2]", "last"]
    demand_unique(play)


def test_an_item_that_is_another_now_is_run_again() -> None:
    items = Read("nodes", "list", "output")
    what = program(
        undone_task("list"),
        each("n", items),
        task("last"),
        bodies={"n/item": [task("a", activity=plan("a", retry=ONCE))]},
    )
    play = begun(what)
    ok(play, "list", ["x", "y", "z"])
    ok(play, "a[0]")
    ok(play, "a[1]")
    ends(play, "a[2]", REFUSED)
    ok(play, "undo list")
    play.retry()
    ok(play, "list~2", ["x", "other", "z"])
    assert [name.partition("~")[0] for name in in_flight(play)] == ["a[1]", "a[2]"]
    demand_unique(play)


def test_what_was_begun_for_an_item_that_is_another_now_does_not_stand() -> None:
    what = program(
        undone_task("list"),
        each("n", Read("nodes", "list", "output")),
        bodies={"n/item": [task("a"), task("b")]},
    )
    play = begun(what)
    ok(play, "list", ["x", "y", "z"])
    for at in range(3):
        ok(play, f"a[{at}]")
    ends(play, "b[1]", REFUSED)
    ends(play, "b[0]", REFUSED)
    ends(play, "b[2]", REFUSED)
    ok(play, "undo list")
    play.retry()
    ok(play, "list~2", ["x", "other"])
    assert in_flight(play) == ["b[0]~2", "a[1]~2"]
    assert to_end(play) == ["b[0]~2", "a[1]~2", "b[1]~2"]
    assert set(play.execution.visits) == {"list", "n"}
    demand_unique(play)


def test_an_each_that_fails_again_keeps_what_both_runs_finished() -> None:
    play = begun(over(task("a")))
    ok(play, "a[0]", 0)
    ends(play, "a[1]", REFUSED)
    ends(play, "a[2]", REFUSED)
    play.retry()
    ok(play, "a[2]~2", 2)
    ends(play, "a[1]~2", REFUSED)
    play.retry()
    assert in_flight(play) == ["a[1]~3"]
    ok(play, "a[1]~3", 1)
    assert play.execution.visits["n"].output == [0, 1, 2]
    demand_unique(play)


def test_an_each_whose_items_cannot_be_rendered_in_one_run_keeps_its_results_for_the_next() -> None:
    listed = Listed()
    play = begun(composed(each("n", listed), {"n/item": [task("a")]}))
    ok(play, "a[0]", 0)
    ends(play, "a[1]", REFUSED)
    listed.is_broken = True
    play.retry()
    assert play.status is ExecutionStatus.FAILED
    listed.is_broken = False
    play.retry()
    assert [name.partition("~")[0] for name in in_flight(play)] == ["a[1]"]


def test_an_each_in_an_each_keeps_the_items_of_both() -> None:
    bodies = {"o/item": [each("i", Constant([0, 1])), task("b")], "i/item": [task("a")]}
    play = begun(composed(each("o", Constant([0, 1]), concurrency=1), bodies))
    for name in ("a[0][0]", "a[0][1]", "b[0]", "a[1][1]"):
        ok(play, name, name)
    ends(play, "a[1][0]", REFUSED)
    play.retry()
    assert in_flight(play) == ["a[1][0]~2"]
    seen = to_end(play)
    assert [name.partition("~")[0] for name in seen] == ["a[1][0]", "b[1]", "last"]
    demand_unique(play)


def test_a_loop_begins_at_the_first_turn_that_does_not_stand() -> None:
    what = composed(
        loop("n", while_=Of(Read("index"), lambda at: at < 4)), {"n/turn": [task("a"), task("b")]}
    )
    play = begun(what)
    for name in ("a[0]", "b[0]", "a[1]", "b[1]", "a[2]"):
        ok(play, name)
    ends(play, "b[2]", REFUSED)
    play.retry()
    assert in_flight(play) == ["b[2]~2"]
    seen = to_end(play)
    assert [name.partition("~")[0] for name in seen] == ["b[2]", "a[3]", "b[3]", "last"]
    demand_unique(play)


def test_a_loop_begins_at_the_first_turn_of_which_something_was_undone() -> None:
    marked = task("a", compensation=undo("u"), when=Of(Read("index"), lambda at: at == 1))
    what = composed(loop("n", while_=Of(Read("index"), lambda at: at < 3)), {"n/turn": [marked, task("b")]})
    play = begun(what)
    for name in ("b[0]", "a[1]", "b[1]"):
        ok(play, name)
    ends(play, "b[2]", REFUSED)
    ok(play, "undo a[1]")
    play.retry()
    seen = to_end(play)
    assert [name.partition("~")[0] for name in seen] == ["a[1]", "b[1]", "b[2]", "last"]
    demand_unique(play)


def test_a_loop_that_stands_whole_but_failed_at_its_bound_fails_at_it_again() -> None:
    play = begun(composed(loop("n", while_=Constant(True), max_iterations=1), {"n/turn": [task("a")]}))
    ok(play, "a[0]")
    play.retry()
    assert play.execution.failure is not None
    assert play.execution.failure.code == "loop_bound"


def test_an_until_without_a_value_is_asked_again_over_the_same_turn() -> None:
    broken = Listed()
    broken.is_broken = True
    play = begun(composed(loop("n", until=broken), {"n/turn": [task("a")]}))
    ok(play, "a[0]", 5)
    assert play.status is ExecutionStatus.FAILED
    broken.is_broken = False
    play.retry()
    assert in_flight(play) == ["last"]
    assert play.execution.visits["n"].output == 5


def test_a_loop_inside_an_item_that_failed_keeps_its_turns() -> None:
    bodies = {
        "n/item": [loop("l", while_=Of(Read("index"), lambda at: at < 3))],
        "l/turn": [task("a")],
    }
    play = begun(composed(each("n", Constant([0])), bodies))
    ok(play, "a[0][0]")
    ok(play, "a[0][1]")
    ends(play, "a[0][2]", REFUSED)
    play.retry()
    assert in_flight(play) == ["a[0][2]~2"]
    to_end(play)
    demand_unique(play)


def test_an_each_that_completed_keeps_the_items_that_were_not_undone() -> None:
    """One that a person left as it was, and one that has nothing to undo, are not done again."""
    marked = task("a", compensation=undo("u", retry=ONCE), when=Of(Read("item"), lambda item: item != "mail"))
    what = composed(each("n", Constant(["x", "y", "mail"]), concurrency=1), {"n/item": [marked, task("b")]})
    play = begun(what)
    for name in ("a[0]", "b[0]", "a[1]", "b[1]", "b[2]"):
        ok(play, name, f"of {name}")
    ends(play, "last", REFUSED)
    ok(play, "undo a[1]")
    ends(play, "undo a[0]", REFUSED)
    play.skip_undo("a[0]")
    play.retry()
    ok(play, "a[1]~2")
    ok(play, "b[1]~2", "anew")
    assert play.execution.visits["n"].output == ["of b[0]", "anew", "of b[2]"]
    assert to_end(play) == ["last~2"]
    demand_unique(play)


def test_a_third_run_finds_what_the_second_kept() -> None:
    one = task("a", compensation=undo("u", retry=ONCE))
    play = begun(composed(each("n", Constant([0, 1]), concurrency=1), {"n/item": [one]}))
    ok(play, "a[0]")
    ok(play, "a[1]")
    ends(play, "last", REFUSED)
    ok(play, "undo a[1]")
    ends(play, "undo a[0]", REFUSED)
    play.skip_undo("a[0]")
    play.retry()
    ok(play, "a[1]~2")
    ends(play, "last~2", REFUSED)
    ok(play, "undo a[1]~2")
    play.retry()
    assert to_end(play) == ["a[1]~3", "last~3"]
    demand_unique(play)


def test_a_loop_that_completed_begins_at_the_first_turn_that_was_undone() -> None:
    turns = loop("n", while_=Of(Read("index"), lambda at: at < 3))
    marked = task("a", compensation=undo("u", retry=ONCE), when=Of(Read("index"), lambda at: at == 1))
    play = begun(composed(turns, {"n/turn": [marked, task("b")]}))
    for name in ("b[0]", "a[1]", "b[1]", "b[2]"):
        ok(play, name)
    ends(play, "last", REFUSED)
    ok(play, "undo a[1]")
    play.retry()
    assert to_end(play) == ["a[1]~2", "b[1]~2", "b[2]~2", "last~2"]
    demand_unique(play)


def test_a_visit_of_which_nothing_can_be_undone_keeps_no_parts() -> None:
    play = begun(composed(each("n", Constant([0, 1])), {"n/item": [task("a")]}))
    ok(play, "a[0]")
    ok(play, "a[1]")
    visit = play.execution.visits["n"]
    assert (visit.items, visit.standing) == (None, None)
