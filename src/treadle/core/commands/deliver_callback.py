"""The callback of an async task, by the activity id of its token."""

from collections.abc import Iterator
from typing import Final

from treadle.core import callbacks
from treadle.core.timers import fire
from treadle.core.turn import Turn
from treadle.model.commands import DeliverCallback
from treadle.model.decision import Refused
from treadle.model.execution import Attempt, AttemptOutcome, Frame, Phase, Role
from treadle.model.ids import ActivityId

MISSING: Final = frozenset({AttemptOutcome.UNKNOWN, AttemptOutcome.LOST})
"""How an attempt has ended whose answer is still welcome while its visit is open."""


def deliver_callback(turn: Turn, command: DeliverCallback) -> Refused | None:
    """Counts for the open attempt, and for an earlier one of the same open visit that ended unknown.

    The time limit of the wait is asked first, also while paused: what comes past it is late.
    """
    frame = _frame_of(turn, command.activity)
    if (
        frame is not None
        and frame.phase is Phase.WAITING
        and frame.wake_at is not None
        and frame.wake_at <= turn.now
    ):
        fire(turn, frame)
        frame = _frame_of(turn, command.activity)
    if frame is not None and frame.activity is not None and command.activity <= turn.since:
        attempt = _attempt(frame.activity.attempts, command.activity)
        is_open = attempt.outcome is None and frame.activity.id == command.activity
        if frame.activity.callback_until is not None and (is_open or attempt.outcome in MISSING):
            callbacks.receive(turn, frame, attempt, command)
            return None
    return _refused(turn, command.activity)


def _frame_of(turn: Turn, activity: ActivityId) -> Frame | None:
    """The frame with an open visit one of whose attempts has that id."""
    for frame in turn.execution.frames.values():
        known = frame.activity.attempts if frame.activity is not None else ()
        if frame.role is Role.BODY and any(attempt.activity == activity for attempt in known):
            return frame
    return None


def _attempt(attempts: tuple[Attempt, ...], activity: ActivityId) -> Attempt:
    return next(attempt for attempt in attempts if attempt.activity == activity)


def _refused(turn: Turn, activity: ActivityId) -> Refused:
    """Why it is not taken: it came twice, its attempt has failed, or nobody waits for it."""
    for attempt in _known_attempts(turn):
        if attempt.activity != activity:
            continue
        if attempt.is_callback:
            return Refused(code="callback_already_used", message="its callback has come already")
        if attempt.outcome is AttemptOutcome.FAILED:
            return Refused(code="attempt_mismatch", message="the attempt of this callback has failed")
    return Refused(code="not_waiting", message="nothing waits for this callback")


def _known_attempts(turn: Turn) -> Iterator[Attempt]:
    execution = turn.execution
    for frame in execution.frames.values():
        if frame.activity is not None:
            yield from frame.activity.attempts
    for visits in (execution.visits, execution.earlier):
        for visit in visits.values():
            yield from visit.attempts
