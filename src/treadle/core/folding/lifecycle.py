"""Folds of the execution as a whole: started, paused, cancelled, hooks, ends."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import (
    Fold,
    add_child,
    change_visit,
    changes_nothing,
    closed,
    remove_child,
    stopped,
    visit_key,
)
from treadle.core.folding.draft import Draft
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
    Pause,
    Phase,
    Role,
    VisitStatus,
)
from treadle.model.ids import FrameId

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


def retried(draft: Draft, event: ExecutionRetried) -> None:
    """Another run: the root frame begins anew; visits, variables and kept signals stay."""
    _leave_only(draft, Frame(id=ROOT_FRAME, node=event.node))
    draft.change(
        run=event.run,
        deadline_at=event.deadline_at,
        outcome=None,
        ended=None,
        ended_at=None,
        failure=None,
        reason=None,
    )


def paused(draft: Draft, event: ExecutionPaused) -> None:
    draft.change(paused=Pause(reason=event.reason, actor=event.actor), reason=event.reason)


def resumed(draft: Draft, event: ExecutionResumed) -> None:
    draft.change(paused=None, reason=None)


def cancel_requested(draft: Draft, event: CancelRequested) -> None:
    draft.frames[ROOT_FRAME] = stopped(draft.frames[ROOT_FRAME], Ending())
    draft.change(paused=None, reason=draft.reason if draft.is_stuck else None)


def stuck(draft: Draft, event: ExecutionStuck) -> None:
    draft.change(is_stuck=True, reason=event.reason)


def hook_started(draft: Draft, event: HookStarted) -> None:
    hook = Frame(id=FrameId(draft.version), parent=ROOT_FRAME, role=Role.HOOK, hook=event.hook)
    add_child(draft, hook)
    draft.change(outcome=ExecutionStatus(event.outcome))


def hook_completed(draft: Draft, event: HookCompleted) -> None:
    remove_child(draft, draft.frames[event.frame])


def hook_failed(draft: Draft, event: HookFailed) -> None:
    remove_child(draft, draft.frames[event.frame])
    draft.change(warnings=(*draft.warnings, event.warning))


def _leave_only(draft: Draft, root: Frame) -> None:
    """The root frame alone is left."""
    draft.frames = {ROOT_FRAME: root}


def _end(draft: Draft, status: ExecutionStatus) -> None:
    """All that is left is the root, done; it keeps its list of what is armed."""
    root = draft.frames[ROOT_FRAME]
    done = replace(closed(root, None, root.ending), phase=Phase.DONE, children=0, trailing=0)
    _leave_only(draft, done)
    draft.change(ended=status, outcome=status, ended_at=draft.updated_at)


def completed(draft: Draft, event: ExecutionCompleted) -> None:
    output = event.output
    if output is UNSET:
        output = draft.visits[event.output_of].output if event.output_of is not None else None
    draft.change(output=None if output is UNSET else output)
    _end(draft, ExecutionStatus.COMPLETED)


def failed(draft: Draft, event: ExecutionFailed) -> None:
    draft.change(failure=event.failure)
    _end(draft, ExecutionStatus.FAILED)


def cancelled(draft: Draft, event: ExecutionCancelled) -> None:
    _end(draft, ExecutionStatus.CANCELLED)


def terminated(draft: Draft, event: ExecutionTerminated) -> None:
    for frame in draft.frames.values():
        if frame.path is not None:
            attempts = frame.activity.attempts if frame.activity else ()
            change_visit(
                draft,
                visit_key(frame.path),
                status=VisitStatus.CANCELLED,
                ended_at=event.at,
                attempts=attempts,
            )
    draft.change(paused=None, is_stuck=False, reason=event.reason)
    _end(draft, ExecutionStatus.TERMINATED)


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
    ExecutionWoken: changes_nothing,
    InputRefused: changes_nothing,
}
