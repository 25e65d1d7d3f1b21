"""What one decision does, and what the state keeps."""

import pytest

from treadle.model.bounds import DEFAULT_BOUNDS
from treadle.model.effects import Continuation, Invocation
from treadle.model.events import NodeSkipped
from treadle.model.execution import ExecutionStatus
from treadle.model.policies import ATTEMPTS_KEPT, RetryPolicy
from treadle.testing.builders import Constant, plan, program, switch, task
from treadle.testing.playing import BUSY, Play, begun

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
