"""The fold refuses nothing, but a history that cannot be is told from one that can."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.evolve import evolve, fold
from treadle.core.required import required
from treadle.model.events import (
    ActivityStarted,
    ActivityUnknown,
    BranchCancelled,
    CompensationArmed,
    NodeCompleted,
)
from treadle.model.execution import AttemptError, ExecutionStatus
from treadle.model.ids import ActivityId, FrameId, Path
from treadle.testing.playing import brought_to


def test_a_history_begins_with_its_start() -> None:
    history = brought_to(ExecutionStatus.RUNNING).history
    with pytest.raises(ValueError, match="begins with ExecutionStarted, not NodeEntered"):
        fold(None, history[1:])


def test_an_empty_history_has_no_state() -> None:
    with pytest.raises(ValueError, match="an empty history"):
        fold(None, [])


def test_a_state_and_no_events_is_that_state() -> None:
    execution = brought_to(ExecutionStatus.WAITING).execution
    assert fold(execution, []) is execution


def test_an_event_of_a_frame_that_is_not_there_is_no_event_of_this_history() -> None:
    play = brought_to(ExecutionStatus.RUNNING)
    with pytest.raises(KeyError):
        evolve(play.execution, BranchCancelled(at=play.now, frame=FrameId(99)))


def test_an_event_of_a_visit_that_is_not_there_is_no_event_of_this_history() -> None:
    play = brought_to(ExecutionStatus.RUNNING)
    with pytest.raises(KeyError):
        evolve(play.execution, NodeCompleted(at=play.now, frame=FrameId(1), path=Path("pay")))


@pytest.mark.parametrize("field", ["key", "timeout_ms"])
def test_a_first_attempt_has_a_key_and_a_time_limit(field: str) -> None:
    history = brought_to(ExecutionStatus.RUNNING).history
    started = history[-1]
    assert isinstance(started, ActivityStarted)
    with pytest.raises(ValueError, match="of the first attempt"):
        fold(None, [*history[:-1], replace(started, **{field: UNSET})])


def test_only_a_frame_with_an_activity_has_an_attempt_that_ends() -> None:
    play = brought_to(ExecutionStatus.RUNNING)
    waiting = fold(None, play.history[:-1])
    ended = ActivityUnknown(
        at=play.now,
        frame=FrameId(1),
        activity=ActivityId(3),
        path=Path("reserve"),
        attempt=1,
        error=AttemptError(code="lost", message="lost"),
    )
    with pytest.raises(ValueError, match="there is no activity of frame 1"):
        evolve(waiting, ended)


def test_an_undo_that_starts_has_a_request() -> None:
    history = brought_to(ExecutionStatus.COMPENSATING).history
    torn = [
        replace(event, request=None) if isinstance(event, CompensationArmed) else event for event in history
    ]
    with pytest.raises(ValueError, match="the compensation of reserve has no request"):
        fold(None, torn)


def test_what_is_required_is_there() -> None:
    assert required(0, "number") == 0
    with pytest.raises(ValueError, match="there is no number"):
        required(None, "number")
