"""A body for every item, so many at a time; outputs stand in the order of the items."""

import pytest

from tests.core.flying import all_ok, ends, in_flight, ok, statuses, undone
from tests.core.reading import Both, Of
from tests.core.told import told
from treadle.model.bounds import ExecutionBounds
from treadle.model.events import BranchFailed, ItemsListed, IterationEnded
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.model.json import Json
from treadle.model.outcomes import Outcome
from treadle.model.program import ProgramNode, SwitchNode
from treadle.testing.builders import (
    Broken,
    Constant,
    Read,
    case,
    plan,
    program,
    sleep,
    switch,
    task,
    undo,
    undone_task,
)
from treadle.testing.composites import each, loop, parallel, race, try_
from treadle.testing.playing import BROKEN, BUSY, LATE, REFUSED, Play, begun

ABC = Constant(["a", "b", "c"])


def over(items: Json, *body: ProgramNode, **more: object) -> Play:
    """A play of an `each` over `items`, a task after it."""
    nodes = body or (undone_task("t"),)
    bounds = more.pop("bounds", ExecutionBounds())
    return begun(
        program(each("e", Constant(items), **more), task("after"), bodies={"e/item": nodes}), bounds=bounds
    )


def test_one_body_an_item_begins_at_once() -> None:
    assert in_flight(over(["a", "b", "c"])) == ["t[0]", "t[1]", "t[2]"]


def test_ten_at_a_time_unless_it_says_otherwise() -> None:
    assert in_flight(over([0] * 12)) == [f"t[{at}]" for at in range(10)]


def test_so_many_at_a_time_as_it_says() -> None:
    play = over(["a", "b", "c", "d"], concurrency=2)
    assert in_flight(play) == ["t[0]", "t[1]"]
    ok(play, "t[1]")
    assert in_flight(play) == ["t[0]", "t[2]"]
    ok(play, "t[0]")
    assert in_flight(play) == ["t[2]", "t[3]"]
    ok(play, "t[2]")
    assert in_flight(play) == ["t[3]"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_outputs_stand_in_the_order_of_the_items(order: tuple[int, ...]) -> None:
    play = over(["a", "b", "c"])
    for at in order:
        ok(play, f"t[{at}]", at * 10)
    assert play.execution.visits["e"].output == [0, 10, 20]


def test_the_loser_of_a_race_before_it_takes_the_place_of_no_item() -> None:
    bodies = {"r/quick": [task("quick")], "r/slow": [task("slow")], "e/item": [task("t")]}
    play = begun(program(race("r", "quick", "slow"), each("e", ABC, concurrency=2), bodies=bodies))
    ok(play, "quick")
    assert sorted(in_flight(play)) == ["slow", "t[0]", "t[1]"]
    ok(play, "t[0]")
    assert sorted(in_flight(play)) == ["slow", "t[1]", "t[2]"]


def test_an_empty_list_completes_at_once() -> None:
    play = over([])
    assert in_flight(play) == ["after"]
    assert play.execution.visits["e"].output == []


def test_an_empty_body_gives_null_an_item() -> None:
    play = begun(program(each("e", Constant([1, 2])), bodies={"e/item": []}))
    assert play.execution.output == [None, None]


def test_the_items_are_rendered_once() -> None:
    play = begun(program(each("e", Read("input", "all")), bodies={"e/item": [task("t")]}), {"all": [1, 2]})
    (listed,) = [event for event in play.history if isinstance(event, ItemsListed)]
    assert listed.items == (1, 2)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (Broken("missing_variable"), "missing_variable"),
        (Constant(3), "not_a_list"),
        (Constant(None), "not_a_list"),
        (Constant({"a": 1}), "not_a_list"),
        (Constant("text"), "not_a_list"),
    ],
)
def test_items_that_are_no_list_fail_it(items: object, code: str) -> None:
    play = begun(program(each("e", items), bodies={"e/item": [task("t")]}))
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.REJECTED, code, "e")


def test_the_roots_are_the_item_and_its_index() -> None:
    both = task("t", activity=plan("t", reads=Both(Read("item"), Read("index"))))
    play = over([{"sku": 1}, None], both)
    assert [flight.request.input for flight in play.flights()] == [[{"sku": 1}, 0], [None, 1]]


def test_without_an_each_around_there_is_no_item() -> None:
    play = begun(program(task("t", activity=plan("t", reads=Read("item")))))
    assert play.execution.failure is not None
    assert play.execution.failure.code == "missing_variable"


def test_the_item_and_the_index_are_seen_in_nested_bodies() -> None:
    inner = switch("s", case(Constant(True), "s/0"))
    reading = task("t", activity=plan("t", reads=Both(Read("item"), Read("index"))))
    play = begun(program(each("e", ABC), bodies={"e/item": [inner], "s/0": [reading]}))
    assert [flight.request.input for flight in play.flights()] == [["a", 0], ["b", 1], ["c", 2]]


def test_in_an_each_inside_another_the_roots_are_those_of_the_inner_one() -> None:
    reading = task("t", activity=plan("t", reads=Both(Read("item"), Read("index"))))
    bodies = {"outer/item": [each("inner", Read("item"))], "inner/item": [reading]}
    play = begun(program(each("outer", Constant([["a", "b"], ["c"]])), bodies=bodies))
    assert {flight.node: flight.request.input for flight in play.flights()} == {
        "t[0][0]": ["a", 0],
        "t[0][1]": ["b", 1],
        "t[1][0]": ["c", 0],
    }
    for name in in_flight(play):
        ok(play, name, name)
    assert play.execution.output == [["t[0][0]", "t[0][1]"], ["t[1][0]"]]


def test_a_path_names_the_indices_of_all_iterations_around() -> None:
    bodies = {"outer/item": [each("inner", Constant([0] * 2))], "inner/item": [undone_task("charge")]}
    play = begun(program(each("outer", Constant([0] * 4)), bodies=bodies))
    assert "charge[3][1]" in in_flight(play)
    flight = play.flights()[-1]
    assert flight.key == f"{play.execution.id}/charge[3][1]"
    assert "inner[3]" in play.execution.visits


def test_an_item_sees_its_own_nodes_and_then_those_outside() -> None:
    own = task("own")
    reading = task(
        "t", activity=plan("t", reads=Both(Read("nodes", "own", "output"), Read("nodes", "out", "output")))
    )
    play = begun(program(task("out"), each("e", Constant([1, 2])), bodies={"e/item": [own, reading]}))
    ok(play, "out", "outside")
    ok(play, "own[1]", "second")
    assert play.flights()[-1].request.input == ["second", "outside"]


def test_after_it_nothing_is_seen_of_its_items() -> None:
    reading = task("after", activity=plan("after", reads=Read("nodes", "t", "output")))
    play = begun(program(each("e", Constant([1])), reading, bodies={"e/item": [task("t")]}))
    ok(play, "t[0]", 1)
    assert play.execution.failure is not None
    assert play.execution.failure.code == "missing_variable"


def test_an_item_that_has_ended_leaves_the_state() -> None:
    play = over(["a", "b"], task("one"), sleep("two"), task("three"))
    ok(play, "one[0]")
    play.wake()
    decision = ok(play, "three[0]")
    (ended,) = [event for event in decision.events if isinstance(event, IterationEnded)]
    assert ended.forgotten == ("one[0]", "three[0]", "two[0]")
    assert set(play.execution.visits) == {"e", "one[1]"}
    assert dict(play.execution.numbers.items()) == {"one": 1, "two": 1, "three": 1}


def test_what_an_item_armed_is_undone_though_its_visit_has_left() -> None:
    charge = task(
        "charge",
        activity=plan("charge", reads=Read("item")),
        compensation=undo("refund", reads=Read("nodes", "charge", "output", "id")),
    )
    play = over(["a", "b"], charge)
    ok(play, "charge[1]", {"id": 8})
    ok(play, "charge[0]", {"id": 7})
    ends(play, "after", REFUSED)
    seen = []
    while play.flights():
        flight = play.flight()
        seen.append(
            (flight.node, flight.key.rpartition("/charge")[2], flight.compensates, flight.request.input)
        )
        play.ok()
    key = play.execution.id
    assert seen == [
        ("charge[0]", "[0]/undo", f"{key}/charge[0]", 7),
        ("charge[1]", "[1]/undo", f"{key}/charge[1]", 8),
    ]
    assert play.status is ExecutionStatus.FAILED


def test_what_nested_items_armed_is_undone_in_reverse_order_of_arming() -> None:
    bodies = {"outer/item": [each("inner", Constant([0] * 2))], "inner/item": [undone_task("t")]}
    play = begun(program(each("outer", Constant([0] * 2)), task("after"), bodies=bodies))
    for name in ("t[1][0]", "t[0][0]", "t[0][1]", "t[1][1]"):
        ok(play, name)
    ends(play, "after", REFUSED)
    assert all_ok(play) == ["undo t[1][1]", "undo t[0][1]", "undo t[0][0]", "undo t[1][0]"]


def test_the_first_failure_stops_the_others_and_opens_no_more() -> None:
    play = over(["a", "b", "c"], undone_task("t"), task("next"), concurrency=2)
    ends(play, "t[0]", REFUSED)
    assert in_flight(play) == ["t[1]"]
    assert "t[2]" not in play.execution.visits
    assert play.execution.visits["e"].status == "running"
    ok(play, "t[1]")
    assert in_flight(play) == ["undo t[1]"]
    assert play.execution.visits["t[1]"].status == "completed"
    all_ok(play)
    failure = play.execution.failure
    assert failure is not None
    assert (failure.path, failure.code) == ("t[0]", "http_400")
    assert play.execution.visits["e"].failure == failure


@pytest.mark.parametrize("end", [BROKEN, LATE, BUSY, REFUSED])
def test_others_in_flight_are_drained(end: Outcome) -> None:
    play = over(["a", "b"])
    ends(play, "t[1]", REFUSED)
    ends(play, "t[0]", end)
    assert in_flight(play) == (["undo t[0]"] if end in (BROKEN, LATE) else [])
    assert len([event for event in play.history if isinstance(event, BranchFailed)]) == 1


def test_an_item_that_waits_is_cancelled_when_another_fails() -> None:
    play = begun(
        program(
            each("e", Constant([True, False])),
            bodies={
                "e/item": [switch("s", case(Read("item"), "s/0"), default="s/d")],
                "s/0": [sleep("rest")],
                "s/d": [task("t")],
            },
        )
    )
    play.report(REFUSED)
    assert play.status is ExecutionStatus.FAILED
    assert statuses(play)["rest[0]"] == "cancelled"


def test_items_are_no_scopes_their_lists_go_to_the_scope_around() -> None:
    play = over(["a", "b"], undone_task("t"), task("u"))
    ok(play, "t[0]")
    ok(play, "t[1]")
    ends(play, "u[0]", REFUSED)
    assert in_flight(play) == ["u[1]"]
    ok(play, "u[1]")
    assert all_ok(play) == ["undo t[1]", "undo t[0]"]


def test_an_undo_waits_until_no_item_is_in_flight() -> None:
    play = over(["a", "b"], undone_task("t"), task("u"))
    ok(play, "t[0]")
    ends(play, "u[0]", REFUSED)
    assert in_flight(play) == ["t[1]"]
    ok(play, "t[1]")
    assert all_ok(play) == ["undo t[1]", "undo t[0]"]


def collecting(*body: ProgramNode, items: Json = ("a", "b", "c"), **more: object) -> Play:
    return over(list(items), *(body or (undone_task("t"), task("u"))), collects=True, **more)


def test_collect_keeps_the_failure_of_an_item_in_its_place() -> None:
    play = collecting()
    for name in ("t[0]", "t[1]", "t[2]"):
        ok(play, name)
    ok(play, "u[0]", "first")
    ends(play, "u[1]", REFUSED)
    ok(play, "u[2]", "third")
    ok(play, "undo t[1]")
    assert play.execution.visits["e"].output == [
        "first",
        {"failure": {"kind": "error", "code": "http_400", "message": "refused"}},
        "third",
    ]
    assert in_flight(play) == ["after"]


def test_collect_undoes_the_item_that_failed_and_no_other() -> None:
    play = collecting()
    for name in ("t[0]", "t[1]", "t[2]"):
        ok(play, name)
    ends(play, "u[1]", REFUSED)
    assert in_flight(play) == ["u[0]", "u[2]", "undo t[1]"]
    all_ok(play)
    assert undone(play) == ["t[1]"]
    assert play.status is ExecutionStatus.COMPLETED


def test_collect_stops_nobody_and_opens_the_next_item_when_the_failed_one_is_undone() -> None:
    play = collecting(concurrency=1)
    ok(play, "t[0]")
    ends(play, "u[0]", REFUSED)
    assert in_flight(play) == ["undo t[0]"]
    ok(play, "undo t[0]")
    assert in_flight(play) == ["t[1]"]


def test_when_every_item_fails_collect_completes_all_the_same() -> None:
    play = collecting(task("t"))
    for at in range(3):
        ends(play, f"t[{at}]", REFUSED)
    assert in_flight(play) == ["after"]
    output = play.execution.visits["e"].output
    assert [list(one) for one in output] == [["failure"]] * 3


def test_a_collected_item_leaves_the_state_like_any_other() -> None:
    play = collecting(task("t"), items=["a"])
    ends(play, "t[0]", REFUSED)
    assert set(play.execution.visits) == {"e", "after"}


def test_a_cancel_stops_items_that_are_collected_and_each_undoes_its_own() -> None:
    play = collecting(items=["a", "b"])
    ok(play, "t[0]")
    ok(play, "t[1]")
    play.cancel()
    ok(play, "u[0]")
    assert sorted(in_flight(play)) == ["u[1]", "undo t[0]"]
    ok(play, "u[1]")
    all_ok(play)
    assert play.status is ExecutionStatus.CANCELLED
    assert statuses(play)["e"] == "cancelled"


def test_an_undo_of_a_collected_item_that_is_exhausted_lets_the_others_go_on() -> None:
    play = collecting(items=["a", "b"])
    ok(play, "t[0]")
    ends(play, "u[0]", REFUSED)
    ends(play, "undo t[0]", REFUSED)
    assert play.status is ExecutionStatus.RUNNING
    ok(play, "t[1]")
    ok(play, "u[1]")
    assert play.status is ExecutionStatus.STUCK
    play.skip_undo("t[0]")
    assert in_flight(play) == ["after"]


@pytest.mark.parametrize(("count", "is_enough"), [(3, True), (4, False)])
def test_more_items_than_may_be_fail_it(count: int, is_enough: bool) -> None:
    play = over([0] * count, bounds=ExecutionBounds(items=3))
    if is_enough:
        assert len(play.flights()) == 3
        return
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.ERROR, "items", "e")
    assert "ItemsListed" not in told(play.history)


def test_where_no_more_frames_may_live_items_wait_for_those_that_do() -> None:
    play = over(["a", "b", "c"], bounds=ExecutionBounds(frames=3))
    assert in_flight(play) == ["t[0]", "t[1]"]
    ok(play, "t[0]")
    assert in_flight(play) == ["t[1]", "t[2]"]


def test_where_not_even_one_frame_may_live_it_fails() -> None:
    play = over(["a"], bounds=ExecutionBounds(frames=1))
    failure = play.execution.failure
    assert failure is not None
    assert (failure.code, failure.path) == ("frames", "e")


def test_an_inner_each_that_finds_no_room_fails_its_item_alone_when_it_is_collected() -> None:
    bodies = {"outer/item": [each("inner", Constant([0] * 2))], "inner/item": [task("t")]}
    outer = each("outer", Constant([0] * 2), collects=True)
    play = begun(program(outer, bodies=bodies), bounds=ExecutionBounds(frames=4))
    assert in_flight(play) == ["t[0][0]"]
    ok(play, "t[0][0]")
    ok(play, "t[0][1]", 2)
    first, second = play.execution.output
    assert first == [None, 2]
    assert second["failure"]["code"] == "frames"


def again_at(node: str) -> SwitchNode:
    """Goes back to `node` if the newest answer of `ask` says so."""
    return switch("again", case(Read("nodes", "ask", "output"), next_=node))


def cycling(items: int = 2) -> Play:
    """A graph that goes round: `ask` says whether `e` is visited again."""
    again = again_at("e")
    what = program(
        each("e", Constant([0] * items)),
        task("ask"),
        again,
        bodies={"e/item": [undone_task("t")]},
    )
    return begun(what)


def test_a_visit_again_numbers_its_inner_visits_on() -> None:
    play = cycling()
    keys = [flight.key for flight in play.flights()]
    for names in (["t[0]", "t[1]"], ["t[0]~2", "t[1]~2"], ["t[0]~3", "t[1]~3"]):
        assert in_flight(play) == names
        for name in names:
            ok(play, name)
        ok(play, in_flight(play)[0], True)
        keys += [flight.key for flight in play.flights()]
    assert len(set(keys)) == len(keys)
    assert play.execution.visits["e"].path == "e~4"


def test_all_visits_of_a_revisited_item_are_undone() -> None:
    play = cycling(1)
    ok(play, "t[0]")
    ok(play, "ask", True)
    ok(play, "t[0]~2")
    ends(play, "ask~2", REFUSED)
    assert all_ok(play) == ["undo t[0]~2", "undo t[0]"]


def test_an_inner_each_of_a_revisited_outer_one_numbers_on() -> None:
    again = again_at("outer")
    bodies = {"outer/item": [each("inner", Constant([0] * 2))], "inner/item": [task("t")]}
    play = begun(program(each("outer", Constant([0])), task("ask"), again, bodies=bodies))
    ok(play, "t[0][0]")
    ok(play, "t[0][1]")
    ok(play, "ask", True)
    assert in_flight(play) == ["t[0][0]~2", "t[0][1]~2"]
    assert play.execution.visits["inner[0]"].path == "inner[0]~2"


def test_a_cycle_inside_an_item_numbers_its_visits_in_it_alone() -> None:
    again = again_at("ask")
    play = begun(program(each("e", Constant([0, 0])), bodies={"e/item": [undone_task("ask"), again]}))
    ok(play, "ask[1]", True)
    ok(play, "ask[1]~2", False)
    ok(play, "ask[0]", False)
    assert play.status is ExecutionStatus.COMPLETED
    assert sorted(play.execution.compensations) == ["ask[0]", "ask[1]", "ask[1]~2"]
    assert len(play.execution.earlier) == 0


def test_it_can_hold_a_loop_and_a_parallel() -> None:
    bodies = {
        "e/item": [parallel("p", "x", "y"), loop("l", while_=Of(Read("index"), lambda index: index < 2))],
        "p/x": [task("a")],
        "p/y": [task("b")],
        "l/turn": [task("c")],
    }
    play = begun(program(each("e", Constant([0] * 2)), bodies=bodies))
    assert sorted(all_ok(play)) == sorted(f"{name}[{at}]" for at in range(2) for name in ("a", "b")) + sorted(
        f"c[{at}][{turn}]" for at in range(2) for turn in range(2)
    )
    assert play.status is ExecutionStatus.COMPLETED
    assert set(play.execution.visits) == {"e"}


def test_a_failed_item_inside_a_try_is_caught_outside() -> None:
    bodies = {"t/try": [each("e", Constant([0, 0]))], "e/item": [undone_task("a")], "t/catch.0": [task("c")]}
    play = begun(program(try_("t", None), bodies=bodies))
    ok(play, "a[0]")
    ends(play, "a[1]", REFUSED)
    assert all_ok(play) == ["undo a[0]", "c"]
    assert play.status is ExecutionStatus.COMPLETED


def test_its_deadline_stops_all_items() -> None:
    play = over(["a", "b"], undone_task("t"), deadline_ms=500)
    ok(play, "t[0]")
    play.wake()
    ok(play, "t[1]")
    assert all_ok(play) == ["undo t[1]", "undo t[0]"]
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.TIMEOUT, "deadline", "e")


def test_many_items_are_opened_over_several_decisions() -> None:
    play = over(list(range(600)), switch("s"), concurrency=600)
    count = 0
    while play.execution.visits["e"].status != "completed":
        play.go_on()
        count += 1
        assert count < 20
    assert len(play.execution.visits["e"].output) == 600
