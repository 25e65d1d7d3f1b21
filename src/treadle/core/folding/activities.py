"""Folds of activities and timers: attempts started and ended, callbacks, back-off, sleep, probes."""

from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, visit_key, with_frame, without_child
from treadle.core.required import given, required
from treadle.model.events import (
    ActivityAccepted,
    ActivityCompleted,
    ActivityFailed,
    ActivityStarted,
    ActivityUnknown,
    CallbackReceived,
    OutcomeResolved,
    ProbeEnded,
    ProbeStarted,
    ResolutionAsked,
    RetryScheduled,
    TimerFired,
    TimerStarted,
)
from treadle.model.execution import (
    Activity,
    Attempt,
    AttemptOutcome,
    Execution,
    Frame,
    Phase,
    Response,
    Role,
    VisitStatus,
)
from treadle.model.ids import ActivityId, FrameId
from treadle.model.policies import ATTEMPTS_KEPT
from treadle.model.requests import Request

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
BUSY: Final = Phase.BUSY
READY: Final = Phase.READY
BODY: Final = Role.BODY
OK: Final = AttemptOutcome.OK
LOST: Final = AttemptOutcome.LOST
RUNNING: Final = VisitStatus.RUNNING

NOT_KNOWN: Final = frozenset({AttemptOutcome.UNKNOWN, AttemptOutcome.LOST})
ANSWERED: Final = frozenset({Phase.BUSY, Phase.CLOSING, Phase.WAITING})
"""Where a frame stands that an answer makes ready; one in back-off, say, stays there."""


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
    attempt = Attempt(number=event.attempt, activity=ActivityId(seq), started_at=event.at)
    if frame.activity is None:
        activity = Activity(
            id=ActivityId(seq),
            key=given(event.key, "key of the first attempt"),
            request=_request_of(execution, frame, event),
            timeout_ms=given(event.timeout_ms, "time limit of the first attempt"),
            number=event.attempt,
            callback_until=event.callback_until,
            attempts=(attempt,),
        )
    else:
        activity = replace(
            frame.activity,
            id=ActivityId(seq),
            number=event.attempt,
            callback_until=event.callback_until,
            accepted=None,
            answered=_answered(frame.activity),
            attempts=(*frame.activity.attempts, attempt)[-ATTEMPTS_KEPT:],
        )
    moved = replace(frame, phase=BUSY, activity=activity, wake_at=None)
    return {"frames": execution.frames.put(frame.id, moved)}


def _answered(activity: Activity) -> dict[int, Response]:
    """The answers of the trigger calls, now that another attempt follows, of the attempts that are kept."""
    if activity.accepted is None:
        return activity.answered
    oldest = activity.number + 1 - ATTEMPTS_KEPT
    kept = {number: answer for number, answer in activity.answered.items() if number > oldest}
    return {**kept, activity.number: activity.accepted}


def ended_activity(activity: Activity, number: int, outcome: AttemptOutcome, **said: Any) -> Activity:
    """The activity once that attempt has ended so; one that had ended unknown is known now."""
    attempts = activity.attempts
    before = attempts[-1]
    if before.number == number:
        attempts = (*attempts[:-1], replace(before, outcome=outcome, **said))
    else:
        before = next(attempt for attempt in attempts if attempt.number == number)
        ended = replace(before, outcome=outcome, **said)
        attempts = tuple(ended if attempt is before else attempt for attempt in attempts)
    if before.outcome is not None:
        return replace(activity, attempts=attempts)
    if outcome is LOST:
        return replace(activity, attempts=attempts, lost=activity.lost + 1)
    return replace(activity, attempts=attempts, counted=activity.counted + 1)


def activity_accepted(execution: Execution, event: ActivityAccepted, _seq: int) -> Changes:
    frame = execution.frames[event.frame]
    activity = required(frame.activity, "activity that was accepted")
    accepted = replace(
        activity, accepted=Response(status=event.status, headers=event.headers, body=event.body)
    )
    is_stopping = frame.ending is not None
    moved = replace(
        frame,
        phase=Phase.CLOSING if is_stopping else Phase.WAITING,
        activity=accepted,
        wake_at=None if is_stopping else activity.callback_until,
    )
    return {"frames": execution.frames.put(frame.id, moved)}


def callback_received(_execution: Execution, _event: CallbackReceived, _seq: int) -> Changes:
    return {}


def activity_completed(execution: Execution, event: ActivityCompleted, _seq: int) -> Changes:
    frame = execution.frames[event.frame]
    activity = ended_activity(
        required(frame.activity, "activity to complete"),
        event.attempt,
        OK,
        ended_at=event.at,
        http_status=event.response.status if event.response else None,
        is_callback=event.is_callback,
    )
    moved = replace(frame, phase=READY, activity=activity, wake_at=None)
    changes: Changes = {"frames": execution.frames.put(frame.id, moved)}
    if frame.role is BODY and frame.path is not None:
        key = visit_key(frame.path)
        visit = replace(
            execution.visits[key],
            status=RUNNING,
            output=event.output,
            response=event.response,
        )
        changes["visits"] = execution.visits.put(key, visit)
    return changes


def activity_failed(execution: Execution, event: ActivityFailed, _seq: int) -> Changes:
    frame = execution.frames[event.frame]
    activity = ended_activity(
        required(frame.activity, "activity that failed"),
        event.attempt,
        AttemptOutcome.FAILED,
        ended_at=event.at,
        error=event.error,
        http_status=event.http_status,
        is_callback=event.is_callback,
    )
    is_newest = activity.number == event.attempt
    moved = replace(frame, activity=activity)
    if is_newest and frame.phase in ANSWERED:
        moved = replace(moved, phase=READY, wake_at=None)
    changes: Changes = {"frames": execution.frames.put(frame.id, moved)}
    if event.is_callback and is_newest and frame.path is not None:
        key = visit_key(frame.path)
        visit = replace(execution.visits[key], status=RUNNING)
        changes["visits"] = execution.visits.put(key, visit)
    return changes


def activity_unknown(execution: Execution, event: ActivityUnknown, _seq: int) -> Changes:
    outcome = LOST if event.is_lost else AttemptOutcome.UNKNOWN
    frame = execution.frames[event.frame]
    activity = ended_activity(
        required(frame.activity, "activity that ended unknown"),
        event.attempt,
        outcome,
        ended_at=event.at,
        error=event.error,
        http_status=event.http_status,
        retry_after_ms=event.retry_after_ms,
    )
    moved = replace(frame, phase=READY, activity=activity, wake_at=None)
    return {"frames": execution.frames.put(frame.id, moved)}


def resolution_asked(execution: Execution, event: ResolutionAsked, _seq: int) -> Changes:
    key = visit_key(event.path)
    visit = replace(execution.visits[key], status=VisitStatus.UNKNOWN)
    return {
        "frames": with_frame(execution, event.frame, phase=Phase.WAITING),
        "visits": execution.visits.put(key, visit),
    }


def outcome_resolved(execution: Execution, event: OutcomeResolved, _seq: int) -> Changes:
    frame, key = execution.frames[event.frame], visit_key(event.path)
    visit = replace(execution.visits[key], status=RUNNING)
    if event.outcome == "done":
        visit = replace(visit, output=event.output)
    else:
        activity = required(frame.activity, "activity that was resolved")
        attempts = tuple(
            replace(attempt, outcome=AttemptOutcome.FAILED) if attempt.outcome in NOT_KNOWN else attempt
            for attempt in activity.attempts
        )
        frame = replace(frame, activity=replace(activity, attempts=attempts))
    return {
        "frames": execution.frames.put(frame.id, replace(frame, phase=READY)),
        "visits": execution.visits.put(key, visit),
    }


def probe_started(execution: Execution, event: ProbeStarted, seq: int) -> Changes:
    parent = execution.frames[event.parent]
    probe = Frame(
        id=FrameId(seq), parent=event.parent, role=Role.PROBE, opener=event.path, suffix=parent.suffix
    )
    asking = replace(parent, phase=Phase.JOINING, children=parent.children + 1)
    return {"frames": execution.frames.put(probe.id, probe).put(parent.id, asking)}


def probe_ended(execution: Execution, event: ProbeEnded, _seq: int) -> Changes:
    probe = execution.frames[event.frame]
    return {"frames": without_child(execution, probe, phase=READY)}


def retry_scheduled(execution: Execution, event: RetryScheduled, _seq: int) -> Changes:
    return {"frames": with_frame(execution, event.frame, phase=Phase.BACKOFF, wake_at=event.wake_at)}


def timer_started(execution: Execution, event: TimerStarted, seq: int) -> Changes:
    timer = ActivityId(seq)
    return {
        "frames": with_frame(execution, event.frame, phase=Phase.SLEEPING, timer=timer, wake_at=event.wake_at)
    }


def timer_fired(execution: Execution, event: TimerFired, _seq: int) -> Changes:
    return {"frames": with_frame(execution, event.frame, phase=READY, timer=None, wake_at=None)}


FOLDS: Final[dict[type, Fold]] = {
    ActivityStarted: activity_started,
    ActivityAccepted: activity_accepted,
    CallbackReceived: callback_received,
    ActivityCompleted: activity_completed,
    ActivityFailed: activity_failed,
    ActivityUnknown: activity_unknown,
    ResolutionAsked: resolution_asked,
    OutcomeResolved: outcome_resolved,
    ProbeStarted: probe_started,
    ProbeEnded: probe_ended,
    RetryScheduled: retry_scheduled,
    TimerStarted: timer_started,
    TimerFired: timer_fired,
}
