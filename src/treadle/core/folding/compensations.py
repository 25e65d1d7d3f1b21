"""Folds of compensations: registered, armed, undone, and the three ways out of stuck."""

from typing import Any, Final

from msgspec.structs import replace

from treadle.core.folding.changes import Fold, add_child, change_frame, remove_child
from treadle.core.folding.draft import Draft
from treadle.core.required import required
from treadle.model.events import (
    CompensationAccepted,
    CompensationArmed,
    CompensationCompleted,
    CompensationDisarmed,
    CompensationDropped,
    CompensationFailed,
    CompensationRegistered,
    CompensationRetried,
    CompensationSkipped,
    CompensationStarted,
)
from treadle.model.execution import (
    Attempt,
    Compensation,
    CompensationStatus,
    Frame,
    Phase,
    Role,
)
from treadle.model.ids import FrameId, Path
from treadle.model.persistent import PersistentStack, without

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
REGISTERED: Final = CompensationStatus.REGISTERED
ARMED: Final = CompensationStatus.ARMED


def _change(draft: Draft, path: Path, **changed: Any) -> None:
    draft.compensations[path] = replace(draft.compensations[path], **changed)


def registered(draft: Draft, event: CompensationRegistered) -> None:
    draft.compensations[event.path] = Compensation(
        path=event.path, node=event.node, seq=draft.version, keyed_as=event.keyed_as
    )


def armed(draft: Draft, event: CompensationArmed) -> None:
    before = draft.compensations[event.path]
    is_first = before.status is REGISTERED
    draft.compensations[event.path] = replace(
        before,
        status=ARMED if is_first else before.status,
        seq=draft.version if is_first else before.seq,
        request=event.request,
        unrendered=event.unrendered,
        is_unknown=event.is_unknown,
    )
    if is_first:
        frame = draft.frames[event.frame]
        draft.frames[frame.id] = replace(frame, armed=frame.armed.push(event.path))


def disarmed(draft: Draft, event: CompensationDisarmed) -> None:
    _change(
        draft,
        event.path,
        status=REGISTERED,
        seq=draft.version,
        request=None,
        unrendered=None,
        is_unknown=False,
    )
    _take_off_list(draft, draft.frames[event.frame], event.path)


def _take_off_list(draft: Draft, frame: Frame, path: Path) -> None:
    armed = PersistentStack([one for one in frame.armed if one != path])
    draft.frames[frame.id] = replace(frame, armed=armed)


def started(draft: Draft, event: CompensationStarted) -> None:
    undo = Frame(id=FrameId(draft.version), parent=event.parent, role=Role.UNDO, compensates=event.path)
    add_child(draft, undo, phase=Phase.UNDOING)
    _change(draft, event.path, status=CompensationStatus.RUNNING)


def _settle(draft: Draft, path: Path, **changed: Any) -> None:
    """The compensation is over: an earlier visit that was kept for it is let go."""
    _change(draft, path, settled=draft.version, **changed)
    if path in draft.earlier:
        draft.change(earlier=without(draft.earlier, path))


def _remove(draft: Draft, undo: Frame) -> None:
    """Take out the frame of the undo, and its path off its scope's list."""
    scope = draft.frames[required(undo.parent, "scope of the undo")]
    remove_child(draft, undo, armed=scope.armed.popped())


def _unstick(draft: Draft) -> None:
    """A person has decided; what holds the execution now, if anything, is its pause."""
    draft.change(is_stuck=False, reason=draft.paused.reason if draft.paused else None)


def _attempts_of(undo: Frame) -> tuple[Attempt, ...]:
    return undo.activity.attempts if undo.activity else ()


def completed(draft: Draft, event: CompensationCompleted) -> None:
    undo = draft.frames[event.frame]
    attempts = _attempts_of(undo)
    _settle(draft, event.path, status=CompensationStatus.COMPLETED, attempts=attempts, error=None)
    _remove(draft, undo)


def failed(draft: Draft, event: CompensationFailed) -> None:
    attempts = _attempts_of(draft.frames[event.frame])
    _change(draft, event.path, status=CompensationStatus.FAILED, attempts=attempts, error=event.error)
    change_frame(draft, event.frame, phase=Phase.STUCK)


def retried(draft: Draft, event: CompensationRetried) -> None:
    activity = draft.frames[event.frame].activity
    if activity is not None:
        activity = replace(activity, granted=activity.granted + event.granted, lost=0)
    change_frame(draft, event.frame, phase=Phase.READY, activity=activity)
    _change(draft, event.path, status=CompensationStatus.RUNNING, reason=event.reason)
    _unstick(draft)


def skipped(draft: Draft, event: CompensationSkipped) -> None:
    _settle(draft, event.path, status=CompensationStatus.SKIPPED, reason=event.reason)
    frame = draft.frames[event.frame]
    if frame.role is Role.UNDO:
        _remove(draft, frame)
        _unstick(draft)
    elif event.path in frame.armed:
        _take_off_list(draft, frame, event.path)


def accepted(draft: Draft, event: CompensationAccepted) -> None:
    _settle(draft, event.path, status=CompensationStatus.ACCEPTED, reason=event.reason)
    _remove(draft, draft.frames[event.frame])
    _unstick(draft)


def dropped(draft: Draft, event: CompensationDropped) -> None:
    undos = [frame for frame in draft.frames.values() if frame.compensates == event.path]
    attempts = tuple(attempt for undo in undos for attempt in _attempts_of(undo))
    _settle(draft, event.path, status=CompensationStatus.DROPPED, attempts=attempts)


FOLDS: Final[dict[type, Fold]] = {
    CompensationRegistered: registered,
    CompensationArmed: armed,
    CompensationDisarmed: disarmed,
    CompensationStarted: started,
    CompensationCompleted: completed,
    CompensationFailed: failed,
    CompensationRetried: retried,
    CompensationSkipped: skipped,
    CompensationAccepted: accepted,
    CompensationDropped: dropped,
}
