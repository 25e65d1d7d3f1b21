"""Folds of the execution as a whole: started, paused, cancelled, hooks, ends."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, closed, stopped, visit_key, without_child
from treadle.model.events import (
    CancelRequested,
    ExecutionCancelled,
    ExecutionCompleted,
    ExecutionFailed,
    ExecutionPaused,
    ExecutionResumed,
    ExecutionRetried,
    ExecutionStarted,
    ExecutionStuck,
    ExecutionTerminated,
    ExecutionWoken,
    HookCompleted,
    HookFailed,
    HookStarted,
    InputRefused,
)
from treadle.model.execution import (
    Ending,
    Execution,
    ExecutionStatus,
    Frame,
    Frames,
    Pause,
    Phase,
    Role,
    VisitStatus,
)
from treadle.model.ids import FrameId, Instant
from treadle.model.persistent import PersistentMap

ROOT_FRAME: Final = FrameId(1)
"""ExecutionStarted is the first event, and the root frame is named by it."""


def execution_started(event: ExecutionStarted) -> Execution:
    """The state after the first event."""
    is_later = event.start_at is not None and event.start_at > event.at
    root = Frame(
        id=ROOT_FRAME,
        node=event.node,
        phase=Phase.SLEEPING if is_later else Phase.READY,
        wake_at=event.start_at if is_later else None,
    )
    return Execution(
        id=event.id,
        namespace=event.namespace,
        definition=event.definition,
        semantics=event.semantics,
        business_key=event.business_key,
        priority=event.priority,
        labels=event.labels,
        input=event.input,
        vars=PersistentMap(event.vars),
        traceparent=event.traceparent,
        version=1,
        frames=PersistentMap({ROOT_FRAME: root}),
        created_at=event.at,
        start_at=event.start_at,
        updated_at=event.at,
        deadline_at=event.deadline_at,
        deadline_ms=event.deadline_ms,
        parent=event.parent,
        depth=event.depth,
    )


def retried(_execution: Execution, event: ExecutionRetried, _seq: int) -> Changes:
    """Another run: the root frame begins anew; visits, variables and kept signals stay."""
    return {
        "frames": PersistentMap({ROOT_FRAME: Frame(id=ROOT_FRAME, node=event.node)}),
        "run": event.run,
        "deadline_at": event.deadline_at,
        "outcome": None,
        "ended": None,
        "ended_at": None,
        "failure": None,
        "reason": None,
    }


def woken(_execution: Execution, _event: ExecutionWoken, _seq: int) -> Changes:
    return {}


def input_refused(_execution: Execution, _event: InputRefused, _seq: int) -> Changes:
    return {}


def paused(_execution: Execution, event: ExecutionPaused, _seq: int) -> Changes:
    return {"paused": Pause(reason=event.reason, actor=event.actor), "reason": event.reason}


def resumed(_execution: Execution, _event: ExecutionResumed, _seq: int) -> Changes:
    return {"paused": None, "reason": None}


def cancel_requested(execution: Execution, _event: CancelRequested, _seq: int) -> Changes:
    root = stopped(execution.frames[ROOT_FRAME], Ending())
    reason = execution.reason if execution.is_stuck else None
    return {"frames": execution.frames.put(ROOT_FRAME, root), "paused": None, "reason": reason}


def stuck(_execution: Execution, event: ExecutionStuck, _seq: int) -> Changes:
    return {"is_stuck": True, "reason": event.reason}


def hook_started(execution: Execution, event: HookStarted, seq: int) -> Changes:
    hook = Frame(id=FrameId(seq), parent=ROOT_FRAME, role=Role.HOOK, hook=event.hook)
    root = execution.frames[ROOT_FRAME]
    grown = replace(root, children=root.children + 1)
    return {
        "frames": execution.frames.put(hook.id, hook).put(ROOT_FRAME, grown),
        "outcome": ExecutionStatus(event.outcome),
    }


def hook_completed(execution: Execution, event: HookCompleted, _seq: int) -> Changes:
    return {"frames": without_child(execution, execution.frames[event.frame])}


def hook_failed(execution: Execution, event: HookFailed, _seq: int) -> Changes:
    return {
        "frames": without_child(execution, execution.frames[event.frame]),
        "warnings": (*execution.warnings, event.warning),
    }


def _only_root(execution: Execution) -> Frames:
    """The root frame alone, done; it keeps its list of what is armed."""
    root = execution.frames[ROOT_FRAME]
    done = replace(closed(root, None, root.ending), phase=Phase.DONE, children=0, trailing=0)
    return PersistentMap({ROOT_FRAME: done})


def _ended(execution: Execution, status: ExecutionStatus, at: Instant) -> Changes:
    return {
        "frames": _only_root(execution),
        "ended": status,
        "outcome": status,
        "ended_at": at,
    }


def completed(execution: Execution, event: ExecutionCompleted, _seq: int) -> Changes:
    output = event.output
    if output is UNSET:
        output = execution.visits[event.output_of].output if event.output_of is not None else None
    return _ended(execution, ExecutionStatus.COMPLETED, event.at) | {
        "output": None if output is UNSET else output
    }


def failed(execution: Execution, event: ExecutionFailed, _seq: int) -> Changes:
    return _ended(execution, ExecutionStatus.FAILED, event.at) | {"failure": event.failure}


def cancelled(execution: Execution, event: ExecutionCancelled, _seq: int) -> Changes:
    return _ended(execution, ExecutionStatus.CANCELLED, event.at)


def terminated(execution: Execution, event: ExecutionTerminated, _seq: int) -> Changes:
    visits = execution.visits
    for frame in execution.frames.values():
        if frame.path is not None:
            key = visit_key(frame.path)
            attempts = frame.activity.attempts if frame.activity else ()
            given_up = replace(
                visits[key], status=VisitStatus.CANCELLED, ended_at=event.at, attempts=attempts
            )
            visits = visits.put(key, given_up)
    ended = _ended(execution, ExecutionStatus.TERMINATED, event.at)
    return ended | {"visits": visits, "paused": None, "is_stuck": False, "reason": event.reason}


FOLDS: Final[dict[type, Fold]] = {
    ExecutionPaused: paused,
    ExecutionResumed: resumed,
    CancelRequested: cancel_requested,
    ExecutionStuck: stuck,
    HookStarted: hook_started,
    HookCompleted: hook_completed,
    HookFailed: hook_failed,
    ExecutionCompleted: completed,
    ExecutionFailed: failed,
    ExecutionCancelled: cancelled,
    ExecutionTerminated: terminated,
    ExecutionRetried: retried,
    ExecutionWoken: woken,
    InputRefused: input_refused,
}
