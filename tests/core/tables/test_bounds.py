"""What one decision does, and what the state keeps."""

import pytest

from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.effects import Continuation, Invocation
from treadle.model.events import NodeSkipped
from treadle.model.execution import ExecutionStatus
from treadle.model.policies import ATTEMPTS_KEPT, RetryPolicy
from treadle.model.program import ProgramNode
from treadle.testing.builders import Constant, case, plan, program, switch, task
from treadle.testing.composites import each, loop, parallel, race, shield, split, try_
from treadle.testing.playing import BUSY, REFUSED, Play, begun

SKIPPED = Constant(False)


def skipping(count: int) -> Play:
    """A play of so many nodes that are passed over, one transition each, and a task."""
    return begun(program(*(task(f"n{at}", when=SKIPPED) for at in range(count)), task("last")))


def test_a_decision_stops_at_its_bound_and_owes_its_continuation() -> None:
    play = Play(program(*(task(f"n{at}", when=SKIPPED) for at in range(600)), task("last")))
    decision = play.start()
    assert DEFAULT_BOUNDS.transitions == 256
    assert sum(isinstance(event, NodeSkipped) for event in decision.events) == 256
    assert decision.effects == (Continuation(),)
    assert play.status is ExecutionStatus.RUNNING
    decision = play.go_on()
    assert sum(isinstance(event, NodeSkipped) for event in decision.events) == 256
    assert decision.effects == (Continuation(),)
    decision = play.go_on()
    assert [type(effect) for effect in decision.effects] == [Invocation]


@pytest.mark.parametrize("count", [254, 255])
def test_up_to_the_bound_one_decision_is_enough(count: int) -> None:
    assert skipping(count).flight().node == "last"


def test_at_the_bound_the_rest_is_owed() -> None:
    play = skipping(256)
    assert play.flights() == []
    play.go_on()
    assert play.flight().node == "last"


def test_no_continuation_is_owed_when_the_bound_was_met_and_nothing_can_go_on() -> None:
    play = Play(program(*(task(f"n{at}", when=SKIPPED) for at in range(255)), task("last")))
    decision = play.start()
    assert [type(effect) for effect in decision.effects] == [Invocation]


def test_nodes_that_are_entered_and_left_count_twice() -> None:
    play = begun(program(*(switch(f"s{at}") for at in range(128)), task("last")))
    assert play.flights() == []
    play.go_on()
    assert play.flight().node == "last"


def test_a_pause_between_two_parts_of_it_holds() -> None:
    play = skipping(300)
    play.pause()
    assert play.go_on().effects == ()
    play.resume()
    assert play.flight().node == "last"


def test_the_state_keeps_the_newest_attempts() -> None:
    policy = RetryPolicy(max_attempts=50, jitter=0.0, max_ms=1)
    play = begun(program(task("one", activity=plan("one", retry=policy))))
    for _ in range(30):
        play.report(BUSY)
        play.wake()
    activity = play.execution.frames[1].activity
    assert activity is not None
    assert [attempt.number for attempt in activity.attempts] == list(range(12, 32))
    assert len(activity.attempts) == ATTEMPTS_KEPT
    assert (activity.number, activity.counted) == (31, 30)


BODY = {"x/body": [task("one")]}
COMPOSITES: dict[str, tuple[ProgramNode, dict[str, list[ProgramNode]]]] = {
    "parallel": (parallel("x", "a"), {"x/a": [task("one")]}),
    "race": (race("x", "a"), {"x/a": [task("one")]}),
    "each": (each("x", Constant([1])), {"x/item": [task("one")]}),
    "loop": (loop("x", while_=Constant(True)), {"x/turn": [task("one")]}),
    "try": (try_("x"), {"x/try": [task("one")]}),
    "shield": (shield("x"), BODY),
    "split": (split("x", {"a": 1}), {"x/a": [task("one")]}),
    "switch": (switch("x", case(Constant(True), "x/a")), {"x/a": [task("one")]}),
}


@pytest.mark.parametrize(("node", "bodies"), COMPOSITES.values(), ids=COMPOSITES)
class TestFrames:
    def test_a_body_for_which_there_is_no_room_fails_its_node(
        self, node: ProgramNode, bodies: dict[str, list[ProgramNode]]
    ) -> None:
        play = begun(program(node, bodies=bodies), bounds=ExecutionBounds(frames=1))
        assert play.status is ExecutionStatus.FAILED
        failure = play.execution.failure
        assert failure is not None
        assert (failure.code, failure.path) == ("frames", "x")

    def test_up_to_the_bound_it_runs(self, node: ProgramNode, bodies: dict[str, list[ProgramNode]]) -> None:
        play = begun(program(node, bodies=bodies), bounds=ExecutionBounds(frames=2))
        assert play.flight().node.partition("[")[0] == "one"


def test_what_a_try_owes_after_its_body_has_room_in_the_place_of_the_body() -> None:
    bodies: dict[str, list[ProgramNode]] = {
        "x/try": [task("one")],
        "x/catch.0": [task("two")],
        "x/finally": [task("three")],
    }
    what = program(try_("x", None, has_finally=True), bodies=bodies)
    play = begun(what, bounds=ExecutionBounds(frames=2))
    play.report(REFUSED)
    play.ok()
    assert play.flight().node == "three"
