"""Folds of the execution as a whole: started, paused, cancelled, hooks, ends."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, closed, stopped, visit_key, with_frames, without_child
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
from treadle.model.persistent import put

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
        vars=event.vars,
        traceparent=event.traceparent,
        version=1,
        frames={ROOT_FRAME: root},
        created_at=event.at,
        start_at=event.start_at,
        updated_at=event.at,
        deadline_at=event.deadline_at,
        deadline_ms=event.deadline_ms,
        parent=event.parent,
        depth=event.depth,
    )


def retried(execution: Execution, event: ExecutionRetried, seq: int) -> Execution:
    """Another run: the root frame begins anew; visits, variables and kept signals stay."""
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames={ROOT_FRAME: Frame(id=ROOT_FRAME, node=event.node)},
        run=event.run,
        deadline_at=event.deadline_at,
        outcome=None,
        ended=None,
        ended_at=None,
        failure=None,
        reason=None,
    )


def woken(execution: Execution, event: ExecutionWoken, seq: int) -> Execution:
    return replace(execution, version=seq, updated_at=event.at)


def input_refused(execution: Execution, event: InputRefused, seq: int) -> Execution:
    return replace(execution, version=seq, updated_at=event.at)


def paused(execution: Execution, event: ExecutionPaused, seq: int) -> Execution:
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        paused=Pause(reason=event.reason, actor=event.actor),
        reason=event.reason,
    )


def resumed(execution: Execution, event: ExecutionResumed, seq: int) -> Execution:
    return replace(execution, version=seq, updated_at=event.at, paused=None, reason=None)


def cancel_requested(execution: Execution, event: CancelRequested, seq: int) -> Execution:
    root = stopped(execution.frames[ROOT_FRAME], Ending())
    reason = execution.reason if execution.is_stuck else None
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=execution.frames | {ROOT_FRAME: root},
        paused=None,
        reason=reason,
    )


def stuck(execution: Execution, event: ExecutionStuck, seq: int) -> Execution:
    return replace(execution, version=seq, updated_at=event.at, is_stuck=True, reason=event.reason)


def hook_started(execution: Execution, event: HookStarted, seq: int) -> Execution:
    hook = Frame(id=FrameId(seq), parent=ROOT_FRAME, role=Role.HOOK, hook=event.hook)
    root = execution.frames[ROOT_FRAME]
    grown = replace(root, children=root.children + 1)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=put(execution.frames, hook.id, hook) | {ROOT_FRAME: grown},
        outcome=ExecutionStatus(event.outcome),
    )


def hook_completed(execution: Execution, event: HookCompleted, seq: int) -> Execution:
    return with_frames(execution, event, seq, without_child(execution, execution.frames[event.frame]))


def hook_failed(execution: Execution, event: HookFailed, seq: int) -> Execution:
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=without_child(execution, execution.frames[event.frame]),
        warnings=(*execution.warnings, event.warning),
    )


def _only_root(execution: Execution) -> Frames:
    """The root frame alone, done; it keeps its list of what is armed."""
    root = execution.frames[ROOT_FRAME]
    done = replace(closed(root, None, root.ending), phase=Phase.DONE, children=0, trailing=0)
    return {ROOT_FRAME: done}


def _ended(execution: Execution, status: ExecutionStatus, at: Instant) -> Changes:
    return {
        "frames": _only_root(execution),
        "ended": status,
        "outcome": status,
        "ended_at": at,
    }


def completed(execution: Execution, event: ExecutionCompleted, seq: int) -> Execution:
    output = event.output
    if output is UNSET:
        output = execution.visits[event.output_of].output if event.output_of is not None else None
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        output=None if output is UNSET else output,
        **_ended(execution, ExecutionStatus.COMPLETED, event.at),
    )


def failed(execution: Execution, event: ExecutionFailed, seq: int) -> Execution:
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        failure=event.failure,
        **_ended(execution, ExecutionStatus.FAILED, event.at),
    )


def cancelled(execution: Execution, event: ExecutionCancelled, seq: int) -> Execution:
    return replace(
        execution, version=seq, updated_at=event.at, **_ended(execution, ExecutionStatus.CANCELLED, event.at)
    )


def terminated(execution: Execution, event: ExecutionTerminated, seq: int) -> Execution:
    visits = execution.visits
    for frame in execution.frames.values():
        if frame.path is not None:
            key = visit_key(frame.path)
            attempts = frame.activity.attempts if frame.activity else ()
            given_up = replace(
                visits[key], status=VisitStatus.CANCELLED, ended_at=event.at, attempts=attempts
            )
            visits = visits | {key: given_up}
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        visits=visits,
        paused=None,
        is_stuck=False,
        reason=event.reason,
        **_ended(execution, ExecutionStatus.TERMINATED, event.at),
    )


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
