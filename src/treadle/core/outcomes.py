"""What follows from the end of an attempt: arm, complete, try again or give up (SEMANTICS 2)."""

from msgspec import UNSET

from treadle.core.backoff import delay_ms, is_retryable
from treadle.core.compensating import arm, arm_once, compensation_plan, skip_unarmed, undo_plan
from treadle.core.ending import hook_plan
from treadle.core.nodes.task import judged_output
from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import (
    ActivityCompleted,
    ActivityFailed,
    ActivityUnknown,
    CompensationCompleted,
    CompensationFailed,
    HookCompleted,
    HookFailed,
    NodeCancelled,
    NodeCompleted,
    NodeFailed,
    RetryScheduled,
)
from treadle.model.execution import (
    Activity,
    AttemptError,
    Failure,
    FailureKind,
    Frame,
    Response,
    Role,
    RunWarning,
)
from treadle.model.ids import FrameId, Instant, Path
from treadle.model.outcomes import Failed, Ok, Outcome, Unknown
from treadle.model.policies import LOST_MAX, OnUnknown, RetryPolicy
from treadle.model.program import TaskNode

TIME_LIMITS = frozenset({"call_timeout", "callback_timeout", "queue_timeout", "deadline"})


def report(turn: Turn, frame_id: FrameId, outcome: Outcome) -> None:
    """Record how the open attempt of the frame ended, and what follows."""
    frame = turn.frame(frame_id)
    if isinstance(outcome, Ok):
        _ok(turn, frame, outcome)
    elif isinstance(outcome, Failed):
        _failed(turn, frame, outcome)
    else:
        _unknown(turn, frame, outcome)


def activity_of(frame: Frame) -> Activity:
    """The frame's activity, which must be there."""
    return required(frame.activity, "activity of the frame")


def place_of(frame: Frame) -> Path | None:
    """The visit that the frame's activity is for; None for a hook."""
    return frame.path or frame.compensates


def undone_by(frame: Frame) -> Path:
    """The visit that an undo frame undoes."""
    return required(frame.compensates, "visit to undo")


def hook_of(frame: Frame) -> str:
    """The hook that a hook frame runs."""
    return required(frame.hook, "hook")


def _ok(turn: Turn, frame: Frame, outcome: Ok) -> None:
    if frame.role is Role.BODY:
        _visit_ok(turn, frame, outcome)
        return
    _emit_completed(turn, frame, outcome, output=outcome.body)
    if frame.role is Role.UNDO:
        turn.emit(CompensationCompleted(at=turn.now, frame=frame.id, path=undone_by(frame)))
    else:
        turn.emit(HookCompleted(at=turn.now, frame=frame.id, hook=hook_of(frame)))


def _emit_completed(turn: Turn, frame: Frame, outcome: Ok, *, output: object) -> None:
    activity = activity_of(frame)
    response = None
    if outcome.status is not None:
        kept = UNSET if output is outcome.body else outcome.body
        response = Response(status=outcome.status, headers=outcome.headers, body=kept)
    turn.emit(
        ActivityCompleted(
            at=turn.now,
            frame=frame.id,
            activity=activity.id,
            path=place_of(frame),
            attempt=activity.number,
            output=output,
            response=response,
        )
    )


def _visit_ok(turn: Turn, frame: Frame, outcome: Ok) -> None:
    """The answer is ok, so the undo is armed, even if the node's own `output` then refuses the answer."""
    node, path = task_of(turn, frame)
    output, failure = judged_output(turn, frame, node, outcome)
    _emit_completed(turn, frame, outcome, output=output)
    arm(turn, turn.frame(frame.id), path, node)
    if failure is None:
        turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, next=node.next))
    elif frame.ending is not None:
        turn.emit(NodeCancelled(at=turn.now, frame=frame.id, path=path))
    else:
        turn.emit(NodeFailed(at=turn.now, frame=frame.id, path=path, failure=failure))


def task_of(turn: Turn, frame: Frame) -> tuple[TaskNode, Path]:
    """The task at which a body frame stands, and its visit."""
    node = turn.program.nodes[required(frame.node, "node of the frame")]
    return required(node if isinstance(node, TaskNode) else None, "task"), required(frame.path, "visit")


def _failed(turn: Turn, frame: Frame, outcome: Failed) -> None:
    activity = activity_of(frame)
    turn.emit(
        ActivityFailed(
            at=turn.now,
            frame=frame.id,
            activity=activity.id,
            path=place_of(frame),
            attempt=activity.number,
            error=AttemptError(code=outcome.code, message=outcome.message),
            http_status=outcome.http_status,
        )
    )
    _try_again_or_give_up(turn, frame.id, outcome)


def _unknown(turn: Turn, frame: Frame, outcome: Unknown) -> None:
    activity = activity_of(frame)
    turn.emit(
        ActivityUnknown(
            at=turn.now,
            frame=frame.id,
            activity=activity.id,
            path=place_of(frame),
            attempt=activity.number,
            error=AttemptError(code=outcome.code, message=outcome.message),
            http_status=outcome.http_status,
            is_lost=outcome.is_lost,
        )
    )
    if frame.role is Role.BODY and _visit_unknown(turn, frame, outcome):
        return
    _try_again_or_give_up(turn, frame.id, outcome)


def _visit_unknown(turn: Turn, frame: Frame, outcome: Unknown) -> bool:
    """Arm the undo and ask `on_unknown`; whether the visit is over with that."""
    node, path = task_of(turn, frame)
    if node.on_unknown is OnUnknown.FAIL:
        skip_unarmed(turn, frame, path, node)
    else:
        arm_once(turn, turn.frame(frame.id), path, node)
    if node.on_unknown is OnUnknown.RETRY or frame.ending is not None:
        return False
    _fail_visit(turn, frame, code="outcome_unknown", outcome=outcome)
    return True


def _fail_visit(turn: Turn, frame: Frame, *, code: str, outcome: Failed | Unknown) -> None:
    path = required(frame.path, "visit")
    failure = Failure(
        kind=kind_of(outcome.code),
        code=code,
        message=outcome.message,
        path=path,
        attempt=activity_of(frame).number,
    )
    turn.emit(NodeFailed(at=turn.now, frame=frame.id, path=path, failure=failure))


def kind_of(code: str) -> FailureKind:
    """A failure whose last attempt ended at a time limit is a timeout."""
    return FailureKind.TIMEOUT if code in TIME_LIMITS else FailureKind.ERROR


def policy_of(turn: Turn, frame: Frame) -> RetryPolicy:
    """The retry rules of what the frame carries out."""
    if frame.role is Role.BODY:
        return task_of(turn, frame)[0].activity.retry
    if frame.role is Role.HOOK:
        return required(hook_plan(turn.program, hook_of(frame)), "hook in the program").retry
    compensation = turn.execution.compensations[undone_by(frame)]
    plan = required(compensation_plan(turn.program, compensation.node), "compensation in the program")
    return undo_plan(plan, is_unknown=compensation.is_unknown).retry


def _try_again_or_give_up(turn: Turn, frame_id: FrameId, outcome: Failed | Unknown) -> None:
    frame = turn.frame(frame_id)
    if frame.ending is not None and frame.path is not None:
        turn.emit(NodeCancelled(at=turn.now, frame=frame_id, path=frame.path))
        return
    wake_at = next_attempt_at(turn, frame, outcome)
    if wake_at is None:
        _give_up(turn, frame, outcome)
        return
    number = activity_of(frame).number + 1
    turn.emit(
        RetryScheduled(at=turn.now, frame=frame_id, path=place_of(frame), attempt=number, wake_at=wake_at)
    )


def next_attempt_at(turn: Turn, frame: Frame, outcome: Failed | Unknown) -> Instant | None:
    """When the next attempt begins; None when there is none.

    A lost attempt says nothing about the service: it is sent again at once, and does not count.
    """
    activity = activity_of(frame)
    if isinstance(outcome, Unknown) and outcome.is_lost:
        return turn.now if activity.lost < LOST_MAX else None
    policy = policy_of(turn, frame)
    if activity.counted >= policy.max_attempts + activity.granted or not is_retryable(policy, outcome):
        return None
    seed = f"{place_of(frame) or f'${frame.hook}'}/{activity.number}"
    delay = delay_ms(policy, outcome, counted=activity.counted, execution_id=turn.execution.id, seed=seed)
    return Instant(turn.now + delay)


def _give_up(turn: Turn, frame: Frame, outcome: Failed | Unknown) -> None:
    error = AttemptError(code=outcome.code, message=outcome.message)
    if frame.role is Role.UNDO:
        turn.emit(CompensationFailed(at=turn.now, frame=frame.id, path=undone_by(frame), error=error))
    elif frame.role is Role.HOOK:
        warning = RunWarning(code="hook_failed", message=f"{frame.hook}: {outcome.code}: {outcome.message}")
        turn.emit(HookFailed(at=turn.now, frame=frame.id, hook=hook_of(frame), warning=warning))
    else:
        _fail_visit(turn, frame, code=outcome.code, outcome=outcome)
