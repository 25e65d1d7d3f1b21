"""One turn after the other, `while` something is so or `until` it is; a turn sees its own nodes and index."""

import pytest

from tests.core.flying import all_ok, ends, in_flight, ok, statuses
from tests.core.reading import Both, Of
from tests.core.told import told_with_paths
from treadle.model.events import IterationEnded
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.model.json import Json
from treadle.model.program import ProgramNode
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
    undone_task,
)
from treadle.testing.composites import loop, parallel, set_, try_
from treadle.testing.playing import REFUSED, Play, begun

DONE = Read("nodes", "t", "output")
INDEX = Read("index")


def until(*body: ProgramNode, **more: object) -> Play:
    """A play of a loop whose task `t` says when it is over, a task after it."""
    more.setdefault("until", DONE)
    return begun(program(loop("l", **more), task("after"), bodies={"l/turn": body or (undone_task("t"),)}))


def below(most: int) -> Of:
    """Whether the index is below `most`."""
    return Of(INDEX, lambda index: index < most)


def while_(most: int, *body: ProgramNode, **more: object) -> Play:
    """A play of a loop of `most` turns."""
    return begun(
        program(
            loop("l", while_=below(most), **more),
            task("after"),
            bodies={"l/turn": body or (undone_task("t"),)},
        )
    )


def test_until_is_asked_after_each_turn() -> None:
    play = until()
    for index in range(3):
        assert in_flight(play) == [f"t[{index}]"]
        ok(play, f"t[{index}]", index == 2)
    assert in_flight(play) == ["after"]


def test_with_until_one_turn_is_made_in_any_case() -> None:
    play = until(until=Constant(True))
    assert in_flight(play) == ["t[0]"]
    ok(play, "t[0]", "once")
    assert play.execution.visits["l"].output == "once"


def test_while_is_asked_before_each_turn() -> None:
    play = while_(2)
    for index in range(2):
        assert in_flight(play) == [f"t[{index}]"]
        ok(play, f"t[{index}]", index)
    assert in_flight(play) == ["after"]
    assert play.execution.visits["l"].output == 1


def test_the_output_is_null_if_no_turn_was_made() -> None:
    play = while_(0)
    assert in_flight(play) == ["after"]
    assert play.execution.visits["l"].output is None
    assert play.execution.visits["l"].status == "completed"


def test_until_sees_the_nodes_and_the_index_of_the_turn_just_made() -> None:
    seen: list[Json] = []

    def judge(value: Json) -> bool:
        seen.append(value)
        return len(seen) == 3

    play = until(until=Of(Both(DONE, INDEX), judge))
    for index in range(3):
        ok(play, f"t[{index}]", f"of {index}")
    assert seen == [["of 0", 0], ["of 1", 1], ["of 2", 2]]


def test_while_sees_the_index_of_the_turn_it_would_begin_and_no_nodes_of_the_last() -> None:
    seen: list[Json] = []

    def judge(value: Json) -> bool:
        seen.append(value)
        return len(seen) < 3

    play = begun(program(loop("l", while_=Of(INDEX, judge)), bodies={"l/turn": [task("t")]}))
    ok(play, "t[0]")
    ok(play, "t[1]")
    assert seen == [0, 1, 2]
    play = begun(program(loop("l", while_=Of(DONE, bool)), bodies={"l/turn": [task("t")]}))
    assert play.execution.failure is not None
    assert play.execution.failure.code == "missing_variable"


def test_a_turn_sees_its_index_counted_from_0() -> None:
    play = while_(3, task("t", activity=plan("t", reads=INDEX)))
    seen = []
    while in_flight(play) != ["after"]:
        seen.append(play.flight().request.input)
        play.ok()
    assert seen == [0, 1, 2]


def test_a_turn_does_not_see_the_nodes_of_the_one_before() -> None:
    play = while_(2, task("t", activity=plan("t", reads=Read("nodes", "u", "output"))), task("u"))
    assert play.execution.failure is not None
    assert play.execution.failure.code == "missing_variable"


def test_a_turn_passes_on_what_it_has_by_variables() -> None:
    what = program(
        set_("begin", n=Constant(0)),
        loop("l", until=Of(Read("vars", "n"), lambda n: n == 3)),
        bodies={"l/turn": [set_("count", n=Of(Read("vars", "n"), lambda n: n + 1))]},
    )
    play = begun(what)
    assert play.status is ExecutionStatus.COMPLETED
    assert play.execution.output == {"n": 3}
    assert len([event for event in play.history if isinstance(event, IterationEnded)]) == 3


def test_a_turn_that_has_ended_leaves_the_state() -> None:
    play = until()
    assert told_with_paths(ok(play, "t[0]", False)) == [
        "ActivityCompleted t[0]",
        "CompensationArmed t[0]",
        "NodeCompleted t[0]",
        "IterationEnded l",
        "BranchOpened l",
        "NodeEntered t[1]",
        "CompensationRegistered t[1]",
        "ActivityStarted t[1]",
    ]
    assert set(play.execution.visits) == {"l", "t[1]"}


def test_turns_are_undone_newest_first_by_the_scope_around() -> None:
    play = while_(3)
    for index in range(3):
        ok(play, f"t[{index}]")
    ends(play, "after", REFUSED)
    assert all_ok(play) == ["undo t[2]", "undo t[1]", "undo t[0]"]


def test_a_turn_that_fails_fails_the_loop() -> None:
    play = while_(3)
    ok(play, "t[0]")
    ends(play, "t[1]", REFUSED)
    assert all_ok(play) == ["undo t[0]"]
    failure = play.execution.failure
    assert failure is not None
    assert (failure.path, play.execution.visits["l"].failure) == ("t[1]", failure)


@pytest.mark.parametrize(("turns", "is_enough"), [(2, True), (3, False)])
def test_a_while_that_wants_more_turns_than_it_may_fails(turns: int, is_enough: bool) -> None:
    play = while_(turns, max_iterations=2)
    ok(play, "t[0]")
    ok(play, "t[1]")
    if is_enough:
        assert in_flight(play) == ["after"]
        return
    assert all_ok(play) == ["undo t[1]", "undo t[0]"]
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.ERROR, "loop_bound", "l")


@pytest.mark.parametrize(("last", "is_enough"), [(True, True), (False, False)])
def test_an_until_that_wants_more_turns_than_it_may_fails(last: bool, is_enough: bool) -> None:
    play = until(max_iterations=2)
    ok(play, "t[0]", False)
    ok(play, "t[1]", last)
    assert (in_flight(play) == ["after"]) is is_enough
    if not is_enough:
        failure = play.execution.visits["l"].failure
        assert failure is not None
        assert failure.code == "loop_bound"


def test_a_thousand_turns_are_made_unless_it_says_otherwise() -> None:
    play = begun(program(loop("l", while_=Constant(True)), bodies={"l/turn": [switch("s")]}))
    for _ in range(40):
        play.go_on()
    failure = play.execution.failure
    assert failure is not None
    assert failure.code == "loop_bound"
    assert len([event for event in play.history if isinstance(event, IterationEnded)]) == 1_000


@pytest.mark.parametrize("asked", ["while_", "until"])
def test_a_condition_without_a_value_fails_the_loop(asked: str) -> None:
    play = begun(program(loop("l", **{asked: Broken()}), bodies={"l/turn": [undone_task("t")]}))
    if asked == "until":
        ok(play, "t[0]")
        assert all_ok(play) == ["undo t[0]"]
    failure = play.execution.failure
    assert failure is not None
    assert (failure.kind, failure.code, failure.path) == (FailureKind.REJECTED, "condition_error", "l")


@pytest.mark.parametrize(("value", "turns"), [(0, 2), ("", 2), ([], 2), (1, 1), ("yes", 1), ([0], 1)])
def test_a_condition_counts_by_its_truthiness(value: Json, turns: int) -> None:
    play = until(max_iterations=2)
    ok(play, "t[0]", value)
    assert in_flight(play) == (["t[1]"] if turns == 2 else ["after"])


def test_a_loop_in_a_loop_has_an_index_of_its_own() -> None:
    reading = task("t", activity=plan("t", reads=INDEX))
    bodies = {"outer/turn": [loop("inner", while_=below(2))], "inner/turn": [reading]}
    play = begun(program(loop("outer", while_=below(2)), bodies=bodies))
    seen = []
    while play.flights():
        seen.append((play.flight().node, play.flight().request.input))
        play.ok()
    assert seen == [("t[0][0]", 0), ("t[0][1]", 1), ("t[1][0]", 0), ("t[1][1]", 1)]
    assert set(play.execution.visits) == {"outer"}


def test_a_turn_sees_the_nodes_of_the_turn_around_it() -> None:
    reading = task("t", activity=plan("t", reads=Read("nodes", "out", "output")))
    bodies = {"outer/turn": [task("out"), loop("inner", while_=below(1))], "inner/turn": [reading]}
    play = begun(program(loop("outer", while_=below(2)), bodies=bodies))
    ok(play, "out[0]", "first")
    assert play.flight().request.input == "first"
    play.ok()
    ok(play, "out[1]", "second")
    assert play.flight().request.input == "second"


def test_a_loop_that_is_visited_again_numbers_its_inner_visits_on() -> None:
    again = switch("again", case(Read("nodes", "ask", "output"), next_="l"))
    play = begun(program(loop("l", while_=below(2)), task("ask"), again, bodies={"l/turn": [task("t")]}))
    names = []
    for _ in range(2):
        for _ in range(2):
            names += in_flight(play)
            play.ok()
        play.ok(True)
    assert names == ["t[0]", "t[1]", "t[0]~2", "t[1]~2"]


def test_a_cancel_stops_the_turn_and_begins_no_other() -> None:
    play = while_(3)
    ok(play, "t[0]")
    play.cancel()
    ok(play, "t[1]")
    assert all_ok(play) == ["undo t[1]", "undo t[0]"]
    assert play.status is ExecutionStatus.CANCELLED
    assert statuses(play) == {"l": "cancelled", "t[1]": "completed"}


def test_a_sleep_in_each_turn_polls() -> None:
    play = until(task("t"), sleep("rest", 1_000))
    for index in range(3):
        ok(play, f"t[{index}]", index == 2)
        assert play.wakes_at() == play.now + 1_000
        play.wake()
    assert in_flight(play) == ["after"]


def test_its_deadline_holds_over_all_turns() -> None:
    play = until(task("t"), sleep("rest", 1_000), deadline_ms=2_500)
    for index in range(2):
        ok(play, f"t[{index}]", False)
        play.wake()
    ok(play, "t[2]", False)
    play.wake()
    failure = play.execution.failure
    assert failure is not None
    assert (failure.code, failure.path) == ("deadline", "l")
    assert statuses(play)["rest[2]"] == "cancelled"


def test_a_failure_caught_in_a_turn_goes_on_with_the_next() -> None:
    bodies = {
        "l/turn": [try_("t", None)],
        "t/try": [undone_task("a"), task("b")],
        "t/catch.0": [task("c")],
    }
    play = begun(program(loop("l", while_=below(2)), bodies=bodies))
    ok(play, "a[0]")
    ends(play, "b[0]", REFUSED)
    assert all_ok(play) == ["undo a[0]", "c[0]", "a[1]", "b[1]"]
    assert play.status is ExecutionStatus.COMPLETED


def test_two_loops_beside_one_another_keep_their_turns_apart() -> None:
    bodies = {
        "p/x": [loop("one", while_=below(2))],
        "p/y": [loop("two", while_=below(1))],
        "one/turn": [task("a")],
        "two/turn": [task("b")],
    }
    play = begun(program(parallel("p", "x", "y"), bodies=bodies))
    ok(play, "a[0]", 1)
    ok(play, "b[0]", 2)
    ok(play, "a[1]", 3)
    assert play.execution.output == {"x": 3, "y": 2}
