"""One of several weighted branches, the same one every time for the same execution and node."""

import hashlib

import pytest

from tests.core.flying import all_ok, ends, in_flight, ok
from treadle.model.events import BranchChosen
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ExecutionId
from treadle.testing.builders import Constant, program, task, undone_task
from treadle.testing.composites import loop, split
from treadle.testing.playing import EXECUTION, REFUSED, Play, begun, start_of

WEIGHTS = {"a": 1.0, "b": 2.0, "c": 1.0}


def hashed(execution_id: str, node: str) -> float:
    """u of SEMANTICS 2, written out: 8 bytes of the digest, the first the most significant, below 1."""
    value = 0
    for byte in hashlib.sha256(f"{execution_id}/{node}".encode()).digest()[:8]:
        value = value * 256 + byte
    return value / 18_446_744_073_709_551_616


def expected(execution_id: str, node: str, weights: dict[str, float]) -> str:
    """The first in code-point order whose running weight exceeds u x total."""
    aim, running = hashed(execution_id, node) * sum(weights.values()), 0.0
    for name in sorted(weights):
        running += weights[name]
        if running > aim:
            return name
    raise AssertionError("the weights sum to nothing")


def splitting(weights: dict[str, float], node: str = "s", execution_id: str = EXECUTION) -> Play:
    bodies = {f"{node}/{name}": [undone_task(f"t-{name}")] for name in weights}
    play = Play(program(split(node, weights), task("after"), bodies=bodies))
    play.do(start_of(play.program, execution_id=ExecutionId(execution_id)))
    return play


def test_the_number_of_this_execution_is_what_it_was() -> None:
    assert hashed(EXECUTION, "s") == int(
        hashlib.sha256(b"0190a000-0000-7000-8000-000000000001/s").hexdigest()[:16], 16
    ) / (1 << 64)


@pytest.mark.parametrize("at", range(40))
def test_the_branch_is_the_first_whose_running_weight_exceeds_the_aim(at: int) -> None:
    execution_id = f"0190a000-0000-7000-8000-{at:012d}"
    play = splitting(WEIGHTS, execution_id=execution_id)
    assert in_flight(play) == [f"t-{expected(execution_id, 's', WEIGHTS)}"]


def test_over_many_executions_every_branch_is_taken_about_as_often_as_its_weight_says() -> None:
    taken = [expected(f"0190a000-0000-7000-8000-{at:012d}", "s", WEIGHTS) for at in range(4_000)]
    assert {name: round(taken.count(name) / 1_000) for name in "abc"} == {"a": 1, "b": 2, "c": 1}


def test_the_same_execution_takes_the_same_branch_again() -> None:
    assert in_flight(splitting(WEIGHTS)) == in_flight(splitting(WEIGHTS))


def test_another_node_of_the_same_execution_may_take_another() -> None:
    taken = {in_flight(splitting(WEIGHTS, node=f"s{at}"))[0] for at in range(20)}
    assert taken == {"t-a", "t-b", "t-c"}


@pytest.mark.parametrize("only", ["a", "b", "c"])
def test_a_branch_of_weight_0_is_never_taken(only: str) -> None:
    weights = {name: float(name == only) for name in "abc"}
    for at in range(20):
        play = splitting(weights, execution_id=f"0190a000-0000-7000-8000-{at:012d}")
        assert in_flight(play) == [f"t-{only}"]


@pytest.mark.parametrize(
    "weights", [{"only": 5e-324}, {"a": 1e308, "b": 1e308}], ids=["the least", "more than a float holds"]
)
def test_weights_at_the_ends_of_the_numbers_take_the_last_branch(weights: dict[str, float]) -> None:
    """Where no running weight exceeds the aim, by rounding or because the total is infinite."""
    assert hashed(EXECUTION, "s") > 0.5
    assert in_flight(splitting(weights)) == [f"t-{max(weights)}"]


def test_branches_stand_in_code_point_order_of_their_names() -> None:
    weights = {"b": 1.0, "Z": 1.0, "ä": 1.0, "a": 1.0}
    assert sorted(weights) == ["Z", "a", "b", "ä"]
    for at in range(20):
        execution_id = f"0190a000-0000-7000-8000-{at:012d}"
        play = splitting(weights, execution_id=execution_id)
        assert in_flight(play) == [f"t-{expected(execution_id, 's', weights)}"]


def test_the_output_names_the_branch_and_its_value() -> None:
    play = splitting({"only": 3.0})
    ok(play, "t-only", 7)
    assert play.execution.visits["s"].output == {"branch": "only", "value": 7}
    (chosen,) = [event for event in play.history if isinstance(event, BranchChosen)]
    assert chosen.case == "only"


def test_an_empty_branch_gives_null() -> None:
    play = begun(program(split("s", {"only": 1.0}), bodies={"s/only": []}))
    assert play.execution.output == {"branch": "only", "value": None}


def test_a_branch_that_fails_fails_it_and_is_undone_by_the_scope_around() -> None:
    play = begun(program(split("s", {"only": 1.0}), bodies={"s/only": [undone_task("a"), task("b")]}))
    ok(play, "a")
    ends(play, "b", REFUSED)
    assert play.status is ExecutionStatus.COMPENSATING
    assert all_ok(play) == ["undo a"]
    assert play.execution.failure is not None
    assert play.execution.failure.path == "b"


def test_in_a_loop_every_turn_takes_the_same_branch() -> None:
    bodies = {"l/turn": [split("s", WEIGHTS)]} | {f"s/{name}": [task(f"t-{name}")] for name in WEIGHTS}
    play = begun(program(loop("l", while_=Constant(True), max_iterations=3), bodies=bodies))
    name = expected(EXECUTION, "s", WEIGHTS)
    assert all_ok(play) == [f"t-{name}[{turn}]" for turn in range(3)]
