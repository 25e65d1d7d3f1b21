"""Folds of activities and timers: attempts started and ended, callbacks, back-off, sleep, probes."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import (
    Fold,
    add_child,
    change_frame,
    change_visit,
    changes_nothing,
    remove_child,
    visit_key,
)
from treadle.core.folding.draft import Draft
from treadle.core.required import required
from treadle.model.events import (
    ActivityAccepted,
    ActivityCompleted,
    ActivityFailed,
    ActivityStarted,
    ActivityUnknown,
    CallbackReceived,
    CallTrailed,
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
    Ending,
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
OK: Final = AttemptOutcome.OK
LOST: Final = AttemptOutcome.LOST
RUNNING: Final = VisitStatus.RUNNING

NOT_KNOWN: Final = frozenset({AttemptOutcome.UNKNOWN, AttemptOutcome.LOST})
ANSWERED: Final = frozenset({Phase.BUSY, Phase.CLOSING, Phase.WAITING})
"""Where a frame stands that an answer makes ready; one in back-off, say, stays there."""


def _request_of_undo(draft: Draft, frame: Frame) -> Request:
    """The request of the compensation which the frame carries out."""
    compensation = draft.compensations[required(frame.compensates, "request of the activity")]
    if compensation.request is None:
        raise ValueError(f"the compensation of {compensation.path} has no request")
    return compensation.request


def activity_started(draft: Draft, event: ActivityStarted) -> None:
    """The event's number is the id of the attempt that it starts."""
    frame, activity_id = draft.frames[event.frame], ActivityId(draft.version)
    attempt = Attempt(number=event.attempt, activity=activity_id, started_at=event.at)
    if frame.activity is None:
        if event.key is UNSET or event.timeout_ms is UNSET:
            raise ValueError("there is no key, or no time limit, of the first attempt")
        activity = Activity(
            id=activity_id,
            key=event.key,
            request=_request_of_undo(draft, frame) if event.request is UNSET else event.request,
            timeout_ms=event.timeout_ms,
            number=event.attempt,
            callback_until=event.callback_until,
            attempts=(attempt,),
        )
    else:
        activity = replace(
            frame.activity,
            id=activity_id,
            number=event.attempt,
            callback_until=event.callback_until,
            accepted=None,
            answered=_answered(frame.activity),
            attempts=(*frame.activity.attempts, attempt)[-ATTEMPTS_KEPT:],
        )
    draft.frames[frame.id] = replace(frame, phase=BUSY, activity=activity, wake_at=None)


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


def activity_accepted(draft: Draft, event: ActivityAccepted) -> None:
    frame = draft.frames[event.frame]
    activity = required(frame.activity, "activity that was accepted")
    response = Response(status=event.status, headers=event.headers, body=event.body)
    is_stopping = frame.ending is not None
    draft.frames[frame.id] = replace(
        frame,
        phase=Phase.CLOSING if is_stopping else Phase.WAITING,
        activity=replace(activity, accepted=response),
        wake_at=None if is_stopping else activity.callback_until,
    )


def call_trailed(draft: Draft, event: CallTrailed) -> None:
    parent = draft.frames[event.frame]
    call = Frame(
        id=FrameId(draft.version),
        parent=parent.id,
        role=Role.CALL,
        phase=Phase.CLOSING,
        ending=Ending(),
        is_trailing=True,
        opener=event.path,
        suffix=parent.suffix,
        activity=parent.activity,
    )
    add_child(draft, call)


def activity_completed(draft: Draft, event: ActivityCompleted) -> None:
    frame, response = draft.frames[event.frame], event.response
    activity, open_ = attempted(frame, event.attempt)
    ended = replace(
        open_,
        outcome=OK,
        ended_at=event.at,
        http_status=None if response is None else response.status,
        is_callback=event.is_callback,
    )
    draft.frames[frame.id] = replace(
        frame, phase=READY, activity=ended_activity(activity, open_, ended), wake_at=None
    )
    if frame.path is not None:
        key = visit_key(frame.path)
        visit = draft.visits[key]
        draft.visits[key] = replace(visit, status=RUNNING, output=event.output, response=response)


def activity_failed(draft: Draft, event: ActivityFailed) -> None:
    frame = draft.frames[event.frame]
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
    draft.frames[frame.id] = moved
    if event.is_callback and is_newest and frame.path is not None:
        change_visit(draft, visit_key(frame.path), status=RUNNING)


def activity_unknown(draft: Draft, event: ActivityUnknown) -> None:
    frame = draft.frames[event.frame]
    activity, open_ = attempted(frame, event.attempt)
    ended = replace(
        open_,
        outcome=LOST if event.is_lost else AttemptOutcome.UNKNOWN,
        ended_at=event.at,
        error=event.error,
        http_status=event.http_status,
        retry_after_ms=event.retry_after_ms,
    )
    draft.frames[frame.id] = replace(
        frame, phase=READY, activity=ended_activity(activity, open_, ended), wake_at=None
    )


def resolution_asked(draft: Draft, event: ResolutionAsked) -> None:
    change_visit(draft, visit_key(event.path), status=VisitStatus.UNKNOWN)
    change_frame(draft, event.frame, phase=Phase.WAITING)


def outcome_resolved(draft: Draft, event: OutcomeResolved) -> None:
    frame, key = draft.frames[event.frame], visit_key(event.path)
    visit = replace(draft.visits[key], status=RUNNING)
    if event.outcome == "done":
        visit = replace(visit, output=event.output)
    else:
        activity = required(frame.activity, "activity that was resolved")
        attempts = tuple(
            replace(attempt, outcome=AttemptOutcome.FAILED) if attempt.outcome in NOT_KNOWN else attempt
            for attempt in activity.attempts
        )
        frame = replace(frame, activity=replace(activity, attempts=attempts))
    draft.frames[frame.id] = replace(frame, phase=READY)
    draft.visits[key] = visit


def probe_started(draft: Draft, event: ProbeStarted) -> None:
    parent = draft.frames[event.parent]
    probe = Frame(
        id=FrameId(draft.version),
        parent=event.parent,
        role=Role.PROBE,
        opener=event.path,
        suffix=parent.suffix,
    )
    add_child(draft, probe, phase=Phase.JOINING)


def probe_ended(draft: Draft, event: ProbeEnded) -> None:
    remove_child(draft, draft.frames[event.frame], phase=READY)


def retry_scheduled(draft: Draft, event: RetryScheduled) -> None:
    change_frame(draft, event.frame, phase=Phase.BACKOFF, wake_at=event.wake_at)


def timer_started(draft: Draft, event: TimerStarted) -> None:
    timer = ActivityId(draft.version)
    change_frame(draft, event.frame, phase=Phase.SLEEPING, timer=timer, wake_at=event.wake_at)


def timer_fired(draft: Draft, event: TimerFired) -> None:
    change_frame(draft, event.frame, phase=READY, timer=None, wake_at=None)


FOLDS: Final[dict[type, Fold]] = {
    ActivityStarted: activity_started,
    ActivityAccepted: activity_accepted,
    CallTrailed: call_trailed,
    CallbackReceived: changes_nothing,
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
