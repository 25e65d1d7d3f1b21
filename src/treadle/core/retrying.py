"""Whether what an activity asks for is tried again, and what follows when it is not (SEMANTICS 2)."""

from typing import Final

from treadle.core.attempts import place_of
from treadle.core.backoff import delay_ms, is_retryable
from treadle.core.compensating import compensation_plan, undo_plan
from treadle.core.ending import hook_plan
from treadle.core.nodes.child import LOOK_UP_RETRY
from treadle.core.nodes.failing import fail, give_up
from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import CompensationFailed, HookFailed, RetryScheduled
from treadle.model.execution import (
    Activity,
    AttemptError,
    Failure,
    FailureKind,
    Frame,
    Role,
    RunWarning,
)
from treadle.model.ids import FrameId, Instant, Path
from treadle.model.outcomes import Failed, Unknown
from treadle.model.policies import LOST_MAX, RetryPolicy
from treadle.model.program import TaskNode

TIME_LIMITS: Final = frozenset({"call_timeout", "callback_timeout", "queue_timeout", "deadline"})
INVALID_INPUT: Final = "invalid_input"
ONCE: Final = RetryPolicy(max_attempts=1)


def activity_of(frame: Frame) -> Activity:
    """The frame's activity, which must be there."""
    return required(frame.activity, "activity of the frame")


def undone_by(frame: Frame) -> Path:
    """The visit that an undo frame undoes."""
    return required(frame.compensates, "visit to undo")


def hook_of(frame: Frame) -> str:
    """The hook that a hook frame runs."""
    return required(frame.hook, "hook")


def policy_of(turn: Turn, frame: Frame) -> RetryPolicy:
    """The retry rules of what the frame carries out; a probe is called once."""
    if frame.role is Role.PROBE:
        return ONCE
    if frame.role is Role.BODY:
        node = turn.program.nodes[required(frame.node, "node of the frame")]
        return node.activity.retry if isinstance(node, TaskNode) else LOOK_UP_RETRY
    if frame.role is Role.HOOK:
        return required(hook_plan(turn.program, hook_of(frame)), "hook in the program").retry
    compensation = turn.execution.compensations[undone_by(frame)]
    plan = required(compensation_plan(turn.program, compensation.node), "compensation in the program")
    return undo_plan(plan, is_unknown=compensation.is_unknown).retry


def try_again_or_give_up(turn: Turn, frame_id: FrameId, outcome: Failed | Unknown) -> None:
    """Schedule the next attempt; without one, or when the frame was told to stop, end what it was for."""
    frame = turn.frame(frame_id)
    if frame.ending is not None and frame.path is not None:
        give_up(turn, frame)
        return
    wake_at = next_attempt_at(turn, frame, outcome)
    if wake_at is None:
        exhausted(turn, frame, outcome)
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


def exhausted(turn: Turn, frame: Frame, outcome: Failed | Unknown) -> None:
    """No attempt is left: the visit fails, the undo needs a person, the hook is a warning."""
    error = AttemptError(code=outcome.code, message=outcome.message)
    if frame.role is Role.UNDO:
        turn.emit(CompensationFailed(at=turn.now, frame=frame.id, path=undone_by(frame), error=error))
    elif frame.role is Role.HOOK:
        warning = RunWarning(code="hook_failed", message=f"{frame.hook}: {outcome.code}: {outcome.message}")
        turn.emit(HookFailed(at=turn.now, frame=frame.id, hook=hook_of(frame), warning=warning))
    else:
        fail_visit(turn, frame, code=outcome.code, outcome=outcome)


def fail_visit(turn: Turn, frame: Frame, *, code: str, outcome: Failed | Unknown) -> None:
    """Fail the visit for how its last attempt ended."""
    failure = Failure(
        kind=kind_of(outcome.code),
        code=code,
        message=outcome.message,
        path=required(frame.path, "visit"),
        attempt=activity_of(frame).number,
    )
    fail(turn, frame, failure)


def kind_of(code: str) -> FailureKind:
    """A failure whose last attempt ended at a time limit is a timeout; an input refused is rejected."""
    if code in TIME_LIMITS:
        return FailureKind.TIMEOUT
    return FailureKind.REJECTED if code == INVALID_INPUT else FailureKind.ERROR
