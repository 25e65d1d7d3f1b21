"""Folds of compensations: registered, armed, undone, and the three ways out of stuck."""

from typing import Any, Final

from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, with_frame, without_child
from treadle.model.events import (
    CompensationAccepted,
    CompensationArmed,
    CompensationCompleted,
    CompensationDropped,
    CompensationFailed,
    CompensationRegistered,
    CompensationRetried,
    CompensationSkipped,
    CompensationStarted,
)
from treadle.model.execution import Compensation, CompensationStatus, Execution, Frame, Frames, Phase, Role
from treadle.model.ids import FrameId, Path
from treadle.model.persistent import PersistentMap


def _with(execution: Execution, path: Path, **changed: Any) -> PersistentMap[Path, Compensation]:
    return execution.compensations.put(path, replace(execution.compensations[path], **changed))


def registered(execution: Execution, event: CompensationRegistered, seq: int) -> Changes:
    compensation = Compensation(path=event.path, node=event.node, seq=seq)
    return {"compensations": execution.compensations.put(event.path, compensation)}


def armed(execution: Execution, event: CompensationArmed, seq: int) -> Changes:
    before = execution.compensations[event.path]
    is_first = before.status is CompensationStatus.REGISTERED
    changes: Changes = {
        "compensations": _with(
            execution,
            event.path,
            status=CompensationStatus.ARMED if is_first else before.status,
            seq=seq if is_first else before.seq,
            request=event.request,
            unrendered=event.unrendered,
            is_unknown=event.is_unknown,
        )
    }
    if is_first:
        frame = execution.frames[event.frame]
        changes["frames"] = with_frame(execution, event.frame, armed=frame.armed.push(event.path))
    return changes


def started(execution: Execution, event: CompensationStarted, seq: int) -> Changes:
    undo = Frame(id=FrameId(seq), parent=event.parent, role=Role.UNDO, compensates=event.path)
    parent = execution.frames[event.parent]
    undoing = replace(parent, phase=Phase.UNDOING, children=parent.children + 1)
    return {
        "frames": execution.frames.put(undo.id, undo).put(parent.id, undoing),
        "compensations": _with(execution, event.path, status=CompensationStatus.RUNNING),
    }


def _settled(execution: Execution, undo: Frame) -> Frames:
    """The frames without the undo, its path off its scope's list."""
    if undo.parent is None:
        raise ValueError(f"the undo frame {undo.id} has no scope")
    return without_child(execution, undo, armed=execution.frames[undo.parent].armed.popped())


def completed(execution: Execution, event: CompensationCompleted, _seq: int) -> Changes:
    undo = execution.frames[event.frame]
    attempts = undo.activity.attempts if undo.activity else ()
    return {
        "frames": _settled(execution, undo),
        "compensations": _with(
            execution, event.path, status=CompensationStatus.COMPLETED, attempts=attempts, error=None
        ),
    }


def failed(execution: Execution, event: CompensationFailed, _seq: int) -> Changes:
    undo = execution.frames[event.frame]
    attempts = undo.activity.attempts if undo.activity else ()
    return {
        "frames": with_frame(execution, event.frame, phase=Phase.STUCK),
        "compensations": _with(
            execution, event.path, status=CompensationStatus.FAILED, attempts=attempts, error=event.error
        ),
    }


def retried(execution: Execution, event: CompensationRetried, _seq: int) -> Changes:
    undo = execution.frames[event.frame]
    activity = undo.activity
    if activity is not None:
        activity = replace(activity, granted=activity.granted + event.granted, lost=0)
    return {
        "frames": with_frame(execution, event.frame, phase=Phase.READY, activity=activity),
        "compensations": _with(execution, event.path, status=CompensationStatus.RUNNING, reason=event.reason),
        "is_stuck": False,
        "reason": None,
    }


def skipped(execution: Execution, event: CompensationSkipped, _seq: int) -> Changes:
    changes: Changes = {
        "compensations": _with(execution, event.path, status=CompensationStatus.SKIPPED, reason=event.reason)
    }
    frame = execution.frames[event.frame]
    if frame.role is Role.UNDO:
        changes |= {"frames": _settled(execution, frame), "is_stuck": False, "reason": None}
    return changes


def accepted(execution: Execution, event: CompensationAccepted, _seq: int) -> Changes:
    return {
        "frames": _settled(execution, execution.frames[event.frame]),
        "compensations": _with(
            execution, event.path, status=CompensationStatus.ACCEPTED, reason=event.reason
        ),
        "is_stuck": False,
        "reason": None,
    }


def dropped(execution: Execution, event: CompensationDropped, _seq: int) -> Changes:
    return {"compensations": _with(execution, event.path, status=CompensationStatus.DROPPED)}


FOLDS: Final[dict[type, Fold]] = {
    CompensationRegistered: registered,
    CompensationArmed: armed,
    CompensationStarted: started,
    CompensationCompleted: completed,
    CompensationFailed: failed,
    CompensationRetried: retried,
    CompensationSkipped: skipped,
    CompensationAccepted: accepted,
    CompensationDropped: dropped,
}
