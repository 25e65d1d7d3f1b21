"""Paths, keys and the state of visits in iterations: none is ever given twice, and none stays for nothing."""

from random import Random

import pytest
from msgspec import UNSET

from tests.core.flying import all_ok, ends, in_flight, name_of, ok
from tests.core.reading import Of
from tests.core.retrying import demand_unique
from treadle.core.evolve import evolve
from treadle.model.bounds import ExecutionBounds
from treadle.model.events import IterationEnded
from treadle.model.execution import Execution, ExecutionStatus
from treadle.model.program import Program, ProgramNode
from treadle.testing.builders import Constant, Read, case, program, switch, task, undone_task
from treadle.testing.composites import bodies_of, each, loop, parallel, race, try_
from treadle.testing.playing import BROKEN, REFUSED, Play, begun

INDEX = Read("index")


def below(most: int) -> Of:
    """Whether the index is below `most`."""
    return Of(INDEX, lambda index: index < most)


def again(node: str, asked: str = "ask") -> ProgramNode:
    """Goes back to `node` if the newest answer of `asked` says so."""
    return switch(f"back-{node}", case(Read("nodes", asked, "output"), next_=node))


NESTED = program(
    each("outer", Constant([0] * 2)),
    task("ask"),
    again("outer"),
    bodies={
        "outer/item": [each("inner", Constant([0] * 2)), task("more"), again("inner", "more")],
        "inner/item": [loop("turns", while_=below(2))],
        "turns/turn": [undone_task("t")],
    },
)


def test_a_path_has_an_index_for_every_iteration_around_and_then_the_number() -> None:
    play = begun(NESTED)
    assert in_flight(play) == ["t[0][0][0]", "t[0][1][0]", "t[1][0][0]", "t[1][1][0]"]
    for inner in range(2):
        ok(play, f"t[1][{inner}][0]")
        ok(play, f"t[1][{inner}][1]")
    ok(play, "more[1]", True)
    assert "t[1][0][0]~2" in in_flight(play)
    assert play.execution.visits["inner[1]"].path == "inner[1]~2"


def test_visits_again_at_every_level_never_give_a_path_twice() -> None:
    play = begun(NESTED)
    random = Random(7)
    while play.flights() and len(play.history) < 2_000:
        name = random.choice(in_flight(play))
        ok(play, name, random.random() < 0.5 if name.startswith(("ask", "more")) else None)
    demand_unique(play)


@pytest.mark.parametrize("seed", range(12))
def test_runs_and_visits_again_in_any_order_never_give_a_path_or_a_key_twice(seed: int) -> None:
    random = Random(seed)
    play = begun(NESTED)
    for _ in range(400):
        if play.status is ExecutionStatus.FAILED:
            if play.execution.run == 5:
                break
            play.retry()
        elif play.flights():
            flight = random.choice(play.flights())
            is_asking = flight.node.startswith(("ask", "more"))
            if flight.compensates is None and random.random() < 0.06:
                ends(play, name_of(flight), REFUSED)
            else:
                ok(play, name_of(flight), is_asking and random.random() < 0.4)
        else:
            break
    assert play.execution.ended is not None or play.flights()
    demand_unique(play)


def test_what_was_numbered_is_carried_outwards_with_the_iteration_that_ends() -> None:
    play = begun(
        program(
            each("outer", Constant([0])),
            task("ask"),
            bodies={
                "outer/item": [each("inner", Constant([0])), task("more"), again("inner", "more")],
                "inner/item": [task("t")],
            },
        )
    )
    ok(play, "t[0][0]")
    assert dict(play.execution.numbers.items()) == {"t[0]": 1}
    ok(play, "more[0]", True)
    ok(play, "t[0][0]~2")
    assert dict(play.execution.numbers.items()) == {"t[0]": 2}
    ok(play, "more[0]~2", False)
    assert dict(play.execution.numbers.items()) == {"t": 2, "inner": 2, "more": 2, "back-inner": 2}


def visits_over_time(play: Play) -> list[int]:
    """How many visits the state held after each event."""
    state: Execution | None = None
    counts = []
    for event in play.history:
        state = evolve(state, event)
        counts.append(len(state.visits) + len(state.earlier))
    return counts


@pytest.mark.parametrize(
    "node",
    [
        each("n", Constant([0] * 60), concurrency=2),
        each("n", Constant([0] * 60), concurrency=2, collects=True),
        loop("n", while_=below(60)),
    ],
    ids=["each", "collect", "loop"],
)
def test_the_state_does_not_grow_with_the_iterations(node: ProgramNode) -> None:
    inner = [undone_task("a"), switch("s", case(Constant(True), "s/0"))]
    bodies = {bodies_of(node)[0]: inner, "s/0": [task("b")]}
    play = begun(program(node, bodies=bodies))
    all_ok(play)
    assert play.status is ExecutionStatus.COMPLETED
    assert max(visits_over_time(play)) <= 1 + 3 * 2
    assert set(play.execution.visits) == {"n"}
    assert len(play.execution.numbers) == 3


def test_every_iteration_that_completes_says_what_leaves() -> None:
    bodies = {"n/item": [parallel("p", "x", "y"), race("r", "x", "y")]}
    bodies |= {f"{node}/{at}": [task(f"{node}{at}")] for node in "pr" for at in "xy"}
    play = begun(program(each("n", Constant([0])), bodies=bodies))
    for name in ("px[0]", "py[0]", "rx[0]", "ry[0]"):
        ok(play, name)
    (ended,) = [event for event in play.history if isinstance(event, IterationEnded)]
    assert ended.forgotten == ("p[0]", "px[0]", "py[0]", "r[0]", "rx[0]", "ry[0]")
    assert (ended.index, ended.kept_as, ended.result) == (0, "0", UNSET)


def test_an_iteration_that_holds_a_race_ends_when_the_losers_have_closed() -> None:
    bodies = {"n/item": [race("r", "x", "y")], "r/x": [undone_task("a")], "r/y": [undone_task("b")]}
    play = begun(program(each("n", Constant([0])), task("after"), bodies=bodies))
    ok(play, "a[0]")
    assert in_flight(play) == ["b[0]"]
    ok(play, "b[0]")
    assert all_ok(play) == ["undo b[0]", "after"]
    assert set(play.execution.visits) == {"n", "after"}


def test_a_failed_iteration_that_a_try_around_has_caught_stays_until_its_own_iteration_ends() -> None:
    bodies = {
        "l/turn": [try_("t", None)],
        "t/try": [each("n", Constant([0, 1]))],
        "t/catch.0": [],
        "n/item": [task("a")],
    }
    play = begun(program(loop("l", while_=below(2)), bodies=bodies))
    ends(play, "a[0][0]", REFUSED)
    assert "a[0][1]" in play.execution.visits
    ok(play, "a[0][1]")
    assert set(play.execution.visits) == {"l", "t[1]", "n[1]", "a[1][0]", "a[1][1]"}


def test_an_undo_of_an_iteration_that_has_left_goes_by_its_key() -> None:
    play = begun(program(loop("l", while_=below(2)), task("last"), bodies={"l/turn": [undone_task("a")]}))
    ends(play, "a[0]", BROKEN)
    play.wake()
    ok(play, "a[0]")
    ok(play, "a[1]")
    ends(play, "last", REFUSED)
    flight = play.flight()
    assert (flight.key, flight.compensates) == (f"{play.execution.id}/a[1]/undo", f"{play.execution.id}/a[1]")


def huge(count: int) -> Program:
    return program(each("n", Constant(list(range(count))), concurrency=count), bodies={"n/item": [task("a")]})


def test_as_many_items_live_as_frames_may() -> None:
    play = begun(huge(30), bounds=ExecutionBounds(frames=11))
    assert len(play.flights()) == 10
    while play.flights():
        assert len(play.execution.frames) <= 11
        play.go_on()
        ok(play, in_flight(play)[-1], 1)
    assert play.execution.output == [1] * 30
