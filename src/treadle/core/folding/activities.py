"""Folds of activities and timers: attempts started and ended, back-off, sleep."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, visit_key, with_frame
from treadle.core.required import given, required
from treadle.model.events import (
    ActivityCompleted,
    ActivityFailed,
    ActivityStarted,
    ActivityUnknown,
    RetryScheduled,
    TimerFired,
    TimerStarted,
)
from treadle.model.execution import Activity, Attempt, AttemptOutcome, Execution, Frame, Phase, Role
from treadle.model.ids import ActivityId
from treadle.model.policies import ATTEMPTS_KEPT
from treadle.model.requests import Request


def _request_of(execution: Execution, frame: Frame, event: ActivityStarted) -> Request:
    """The request: the event's own, or that of the compensation which the frame carries out."""
    if event.request is not UNSET:
        return event.request
    compensation = execution.compensations[required(frame.compensates, "request of the activity")]
    if compensation.request is None:
        raise ValueError(f"the compensation of {compensation.path} has no request")
    return compensation.request


def activity_started(execution: Execution, event: ActivityStarted, seq: int) -> Changes:
    frame = execution.frames[event.frame]
    attempt = Attempt(number=event.attempt, started_at=event.at)
    if frame.activity is None:
        activity = Activity(
            id=ActivityId(seq),
            key=given(event.key, "key of the first attempt"),
            request=_request_of(execution, frame, event),
            timeout_ms=given(event.timeout_ms, "time limit of the first attempt"),
            number=event.attempt,
            attempts=(attempt,),
        )
    else:
        activity = replace(
            frame.activity,
            id=ActivityId(seq),
            number=event.attempt,
            attempts=(*frame.activity.attempts, attempt)[-ATTEMPTS_KEPT:],
        )
    moved = replace(frame, phase=Phase.BUSY, activity=activity, wake_at=None)
    return {"frames": execution.frames.put(frame.id, moved)}


def _ended(frame: Frame, outcome: AttemptOutcome, event: ActivityFailed | ActivityUnknown) -> Frame:
    """The frame once its attempt has ended otherwise than ok."""
    activity = required(frame.activity, "activity to end")
    attempt = replace(
        activity.attempts[-1],
        ended_at=event.at,
        outcome=outcome,
        error=event.error,
        http_status=event.http_status,
    )
    is_lost = outcome is AttemptOutcome.LOST
    counted = replace(
        activity,
        attempts=(*activity.attempts[:-1], attempt),
        counted=activity.counted + (not is_lost),
        lost=activity.lost + is_lost,
    )
    return replace(frame, phase=Phase.READY, activity=counted)


def activity_completed(execution: Execution, event: ActivityCompleted, _seq: int) -> Changes:
    frame = execution.frames[event.frame]
    activity = required(frame.activity, "activity to complete")
    status = event.response.status if event.response else None
    attempt = replace(activity.attempts[-1], ended_at=event.at, outcome=AttemptOutcome.OK, http_status=status)
    counted = replace(activity, attempts=(*activity.attempts[:-1], attempt), counted=activity.counted + 1)
    moved = replace(frame, phase=Phase.READY, activity=counted)
    changes: Changes = {"frames": execution.frames.put(frame.id, moved)}
    if frame.role is Role.BODY and frame.path is not None:
        key = visit_key(frame.path)
        visit = replace(execution.visits[key], output=event.output, response=event.response)
        changes["visits"] = execution.visits.put(key, visit)
    return changes


def activity_failed(execution: Execution, event: ActivityFailed, _seq: int) -> Changes:
    frame = _ended(execution.frames[event.frame], AttemptOutcome.FAILED, event)
    return {"frames": execution.frames.put(frame.id, frame)}


def activity_unknown(execution: Execution, event: ActivityUnknown, _seq: int) -> Changes:
    outcome = AttemptOutcome.LOST if event.is_lost else AttemptOutcome.UNKNOWN
    frame = _ended(execution.frames[event.frame], outcome, event)
    return {"frames": execution.frames.put(frame.id, frame)}


def retry_scheduled(execution: Execution, event: RetryScheduled, _seq: int) -> Changes:
    return {"frames": with_frame(execution, event.frame, phase=Phase.BACKOFF, wake_at=event.wake_at)}


def timer_started(execution: Execution, event: TimerStarted, seq: int) -> Changes:
    timer = ActivityId(seq)
    return {
        "frames": with_frame(execution, event.frame, phase=Phase.SLEEPING, timer=timer, wake_at=event.wake_at)
    }


def timer_fired(execution: Execution, event: TimerFired, _seq: int) -> Changes:
    return {"frames": with_frame(execution, event.frame, phase=Phase.READY, timer=None, wake_at=None)}


FOLDS: Final[dict[type, Fold]] = {
    ActivityStarted: activity_started,
    ActivityCompleted: activity_completed,
    ActivityFailed: activity_failed,
    ActivityUnknown: activity_unknown,
    RetryScheduled: retry_scheduled,
    TimerStarted: timer_started,
    TimerFired: timer_fired,
}
