"""Folds of activities and timers: attempts started and ended, callbacks, back-off, sleep, probes."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, visit_key, with_frame, with_frames, without_child
from treadle.core.required import required
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
from treadle.model.persistent import put
from treadle.model.policies import ATTEMPTS_KEPT
from treadle.model.requests import Request

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
BUSY: Final = Phase.BUSY
READY: Final = Phase.READY
OK: Final = AttemptOutcome.OK
LOST: Final = AttemptOutcome.LOST
RUNNING: Final = VisitStatus.RUNNING

NOT_KNOWN: Final = frozenset({AttemptOutcome.UNKNOWN, AttemptOutcome.LOST})
ANSWERED: Final = frozenset({Phase.BUSY, Phase.CLOSING, Phase.WAITING})
"""Where a frame stands that an answer makes ready; one in back-off, say, stays there."""


def _request_of_undo(execution: Execution, frame: Frame) -> Request:
    """The request of the compensation which the frame carries out."""
    compensation = execution.compensations[required(frame.compensates, "request of the activity")]
    if compensation.request is None:
        raise ValueError(f"the compensation of {compensation.path} has no request")
    return compensation.request


def activity_started(execution: Execution, event: ActivityStarted, seq: ActivityId) -> Execution:
    """The event's number is the id of the attempt that it starts."""
    frame = execution.frames[event.frame]
    attempt = Attempt(number=event.attempt, activity=seq, started_at=event.at)
    if frame.activity is None:
        if event.key is UNSET or event.timeout_ms is UNSET:
            raise ValueError("there is no key, or no time limit, of the first attempt")
        activity = Activity(
            id=seq,
            key=event.key,
            request=_request_of_undo(execution, frame) if event.request is UNSET else event.request,
            timeout_ms=event.timeout_ms,
            number=event.attempt,
            callback_until=event.callback_until,
            attempts=(attempt,),
        )
    else:
        activity = replace(
            frame.activity,
            id=seq,
            number=event.attempt,
            callback_until=event.callback_until,
            accepted=None,
            answered=_answered(frame.activity),
            attempts=(*frame.activity.attempts, attempt)[-ATTEMPTS_KEPT:],
        )
    moved = replace(frame, phase=BUSY, activity=activity, wake_at=None)
    return replace(execution, version=seq, updated_at=event.at, frames=execution.frames | {frame.id: moved})


def _answered(activity: Activity) -> dict[int, Response]:
    """The answers of the trigger calls, now that another attempt follows, of the attempts that are kept."""
    if activity.accepted is None:
        return activity.answered
    oldest = activity.number + 1 - ATTEMPTS_KEPT
    kept = {number: answer for number, answer in activity.answered.items() if number > oldest}
    return {**kept, activity.number: activity.accepted}


def attempted(frame: Frame, number: int) -> tuple[Activity, Attempt]:
    """The frame's activity and its attempt of that number: the newest, but for answers that come late."""
    activity = frame.activity
    if activity is None:
        raise ValueError(f"there is no activity of frame {frame.id}")
    newest = activity.attempts[-1]
    if newest.number == number:
        return activity, newest
    return activity, next(attempt for attempt in activity.attempts if attempt.number == number)


def ended_activity(activity: Activity, open_: Attempt, ended: Attempt) -> Activity:
    """The activity once its attempt `open_` has ended so; one that had ended unknown is known now."""
    attempts = activity.attempts
    if len(attempts) == 1:
        attempts = (ended,)
    else:
        attempts = tuple([ended if attempt is open_ else attempt for attempt in attempts])
    if open_.outcome is not None:
        return replace(activity, attempts=attempts)
    if ended.outcome is LOST:
        return replace(activity, attempts=attempts, lost=activity.lost + 1)
    return replace(activity, attempts=attempts, counted=activity.counted + 1)


def activity_accepted(execution: Execution, event: ActivityAccepted, seq: int) -> Execution:
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
    return replace(execution, version=seq, updated_at=event.at, frames=execution.frames | {frame.id: moved})


def callback_received(execution: Execution, event: CallbackReceived, seq: int) -> Execution:
    return replace(execution, version=seq, updated_at=event.at)


def activity_completed(execution: Execution, event: ActivityCompleted, seq: int) -> Execution:
    frame, visits, response = execution.frames[event.frame], execution.visits, event.response
    activity, open_ = attempted(frame, event.attempt)
    ended = replace(
        open_,
        outcome=OK,
        ended_at=event.at,
        http_status=None if response is None else response.status,
        is_callback=event.is_callback,
    )
    moved = replace(frame, phase=READY, activity=ended_activity(activity, open_, ended), wake_at=None)
    if frame.path is not None:
        key = visit_key(frame.path)
        visit = replace(visits[key], status=RUNNING, output=event.output, response=response)
        visits = visits | {key: visit}
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=execution.frames | {frame.id: moved},
        visits=visits,
    )


def activity_failed(execution: Execution, event: ActivityFailed, seq: int) -> Execution:
    frame = execution.frames[event.frame]
    activity, open_ = attempted(frame, event.attempt)
    ended = replace(
        open_,
        outcome=AttemptOutcome.FAILED,
        ended_at=event.at,
        error=event.error,
        http_status=event.http_status,
        is_callback=event.is_callback,
    )
    is_newest = activity.number == event.attempt
    moved = replace(frame, activity=ended_activity(activity, open_, ended))
    if is_newest and frame.phase in ANSWERED:
        moved = replace(moved, phase=READY, wake_at=None)
    changes: Changes = {"frames": execution.frames | {frame.id: moved}}
    if event.is_callback and is_newest and frame.path is not None:
        key = visit_key(frame.path)
        visit = replace(execution.visits[key], status=RUNNING)
        changes["visits"] = execution.visits | {key: visit}
    return replace(execution, version=seq, updated_at=event.at, **changes)


def activity_unknown(execution: Execution, event: ActivityUnknown, seq: int) -> Execution:
    outcome = LOST if event.is_lost else AttemptOutcome.UNKNOWN
    frame = execution.frames[event.frame]
    activity, open_ = attempted(frame, event.attempt)
    ended = replace(
        open_,
        outcome=outcome,
        ended_at=event.at,
        error=event.error,
        http_status=event.http_status,
        retry_after_ms=event.retry_after_ms,
    )
    moved = replace(frame, phase=READY, activity=ended_activity(activity, open_, ended), wake_at=None)
    return replace(execution, version=seq, updated_at=event.at, frames=execution.frames | {frame.id: moved})


def resolution_asked(execution: Execution, event: ResolutionAsked, seq: int) -> Execution:
    key = visit_key(event.path)
    visit = replace(execution.visits[key], status=VisitStatus.UNKNOWN)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=with_frame(execution, event.frame, phase=Phase.WAITING),
        visits=execution.visits | {key: visit},
    )


def outcome_resolved(execution: Execution, event: OutcomeResolved, seq: int) -> Execution:
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
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=execution.frames | {frame.id: replace(frame, phase=READY)},
        visits=execution.visits | {key: visit},
    )


def probe_started(execution: Execution, event: ProbeStarted, seq: int) -> Execution:
    parent = execution.frames[event.parent]
    probe = Frame(
        id=FrameId(seq), parent=event.parent, role=Role.PROBE, opener=event.path, suffix=parent.suffix
    )
    asking = replace(parent, phase=Phase.JOINING, children=parent.children + 1)
    return with_frames(execution, event, seq, put(execution.frames, probe.id, probe) | {parent.id: asking})


def probe_ended(execution: Execution, event: ProbeEnded, seq: int) -> Execution:
    probe = execution.frames[event.frame]
    return replace(
        execution, version=seq, updated_at=event.at, frames=without_child(execution, probe, phase=READY)
    )


def retry_scheduled(execution: Execution, event: RetryScheduled, seq: int) -> Execution:
    return with_frames(
        execution, event, seq, with_frame(execution, event.frame, phase=Phase.BACKOFF, wake_at=event.wake_at)
    )


def timer_started(execution: Execution, event: TimerStarted, seq: int) -> Execution:
    timer = ActivityId(seq)
    return with_frames(
        execution,
        event,
        seq,
        with_frame(execution, event.frame, phase=Phase.SLEEPING, timer=timer, wake_at=event.wake_at),
    )


def timer_fired(execution: Execution, event: TimerFired, seq: int) -> Execution:
    return with_frames(
        execution, event, seq, with_frame(execution, event.frame, phase=READY, timer=None, wake_at=None)
    )


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
