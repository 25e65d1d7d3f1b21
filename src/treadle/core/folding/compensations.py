"""Folds of compensations: registered, armed, undone, and the three ways out of stuck."""

from typing import Any, Final

from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, with_frame, without_child
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
    Execution,
    Frame,
    Frames,
    Phase,
    Role,
)
from treadle.model.ids import FrameId, Path
from treadle.model.persistent import PersistentMap, PersistentStack, put, without

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
REGISTERED: Final = CompensationStatus.REGISTERED
ARMED: Final = CompensationStatus.ARMED


def _with(execution: Execution, path: Path, **changed: Any) -> PersistentMap[Path, Compensation]:
    return execution.compensations | {path: replace(execution.compensations[path], **changed)}


def registered(execution: Execution, event: CompensationRegistered, seq: int) -> Execution:
    compensation = Compensation(path=event.path, node=event.node, seq=seq, keyed_as=event.keyed_as)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        compensations=put(execution.compensations, event.path, compensation),
    )


def armed(execution: Execution, event: CompensationArmed, seq: int) -> Execution:
    before = execution.compensations[event.path]
    is_first = before.status is REGISTERED
    owed = replace(
        before,
        status=ARMED if is_first else before.status,
        seq=seq if is_first else before.seq,
        request=event.request,
        unrendered=event.unrendered,
        is_unknown=event.is_unknown,
    )
    frames = execution.frames
    if is_first:
        frame = frames[event.frame]
        frames = frames | {frame.id: replace(frame, armed=frame.armed.push(event.path))}
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=frames,
        compensations=execution.compensations | {event.path: owed},
    )


def disarmed(execution: Execution, event: CompensationDisarmed, seq: int) -> Execution:
    frame = execution.frames[event.frame]
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        compensations=_with(
            execution,
            event.path,
            status=REGISTERED,
            seq=seq,
            request=None,
            unrendered=None,
            is_unknown=False,
        ),
        frames=with_frame(execution, frame.id, armed=_off_list(frame, event.path)),
    )


def _off_list(frame: Frame, path: Path) -> PersistentStack[Path]:
    return PersistentStack([one for one in frame.armed if one != path])


def started(execution: Execution, event: CompensationStarted, seq: int) -> Execution:
    undo = Frame(id=FrameId(seq), parent=event.parent, role=Role.UNDO, compensates=event.path)
    parent = execution.frames[event.parent]
    undoing = replace(parent, phase=Phase.UNDOING, children=parent.children + 1)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=put(execution.frames, undo.id, undo) | {parent.id: undoing},
        compensations=_with(execution, event.path, status=CompensationStatus.RUNNING),
    )


def _over(execution: Execution, path: Path, seq: int, **changed: Any) -> Changes:
    """The compensation is settled: an earlier visit that was kept for it is let go."""
    changes: Changes = {"compensations": _with(execution, path, settled=seq, **changed)}
    if path in execution.earlier:
        changes["earlier"] = without(execution.earlier, path)
    return changes


def _without(execution: Execution, undo: Frame) -> Frames:
    """The frames without the undo, its path off its scope's list."""
    scope = execution.frames[required(undo.parent, "scope of the undo")]
    return without_child(execution, undo, armed=scope.armed.popped())


def _unstuck(execution: Execution) -> Changes:
    """A person has decided; what holds the execution now, if anything, is its pause."""
    return {"is_stuck": False, "reason": execution.paused.reason if execution.paused else None}


def _attempts_of(undo: Frame) -> tuple[Attempt, ...]:
    return undo.activity.attempts if undo.activity else ()


def completed(execution: Execution, event: CompensationCompleted, seq: int) -> Execution:
    undo = execution.frames[event.frame]
    status, attempts = CompensationStatus.COMPLETED, _attempts_of(undo)
    changes = _over(execution, event.path, seq, status=status, attempts=attempts, error=None)
    return replace(execution, version=seq, updated_at=event.at, frames=_without(execution, undo), **changes)


def failed(execution: Execution, event: CompensationFailed, seq: int) -> Execution:
    status, attempts = CompensationStatus.FAILED, _attempts_of(execution.frames[event.frame])
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=with_frame(execution, event.frame, phase=Phase.STUCK),
        compensations=_with(execution, event.path, status=status, attempts=attempts, error=event.error),
    )


def retried(execution: Execution, event: CompensationRetried, seq: int) -> Execution:
    activity = execution.frames[event.frame].activity
    if activity is not None:
        activity = replace(activity, granted=activity.granted + event.granted, lost=0)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=with_frame(execution, event.frame, phase=Phase.READY, activity=activity),
        compensations=_with(execution, event.path, status=CompensationStatus.RUNNING, reason=event.reason),
        **_unstuck(execution),
    )


def skipped(execution: Execution, event: CompensationSkipped, seq: int) -> Execution:
    changes = _over(execution, event.path, seq, status=CompensationStatus.SKIPPED, reason=event.reason)
    frame = execution.frames[event.frame]
    if frame.role is Role.UNDO:
        return replace(
            execution,
            version=seq,
            updated_at=event.at,
            frames=_without(execution, frame),
            **changes,
            **_unstuck(execution),
        )
    if event.path in frame.armed:
        changes["frames"] = with_frame(execution, frame.id, armed=_off_list(frame, event.path))
    return replace(execution, version=seq, updated_at=event.at, **changes)


def accepted(execution: Execution, event: CompensationAccepted, seq: int) -> Execution:
    changes = _over(execution, event.path, seq, status=CompensationStatus.ACCEPTED, reason=event.reason)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=_without(execution, execution.frames[event.frame]),
        **changes,
        **_unstuck(execution),
    )


def dropped(execution: Execution, event: CompensationDropped, seq: int) -> Execution:
    undos = [frame for frame in execution.frames.values() if frame.compensates == event.path]
    attempts = tuple(attempt for undo in undos for attempt in _attempts_of(undo))
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        **_over(execution, event.path, seq, status=CompensationStatus.DROPPED, attempts=attempts),
    )


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
