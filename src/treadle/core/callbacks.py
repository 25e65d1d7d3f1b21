"""Async tasks: the trigger call is answered, and the callback, which may come first, ends the attempt."""

from typing import Final

from treadle.core.attempts import is_out, place_of
from treadle.core.compensating import arm, arm_once, disarm, skip_on_unknown
from treadle.core.measuring import STATE_BYTES, fits, too_large
from treadle.core.nodes.failing import beyond, fail_bound, fail_or_give_up, give_up, rejected
from treadle.core.nodes.task import judged_output
from treadle.core.required import required
from treadle.core.retrying import activity_of, fail_visit, next_attempt_at, try_again_or_give_up
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.core.unknowns import ENGINE, ask_on_unknown, probes, resume_if_resolved, task_of
from treadle.model.commands import DeliverCallback
from treadle.model.events import (
    ActivityAccepted,
    ActivityCompleted,
    ActivityFailed,
    ActivityUnknown,
    CallbackReceived,
    CallTrailed,
    NodeCompleted,
)
from treadle.model.execution import (
    Activity,
    Attempt,
    AttemptError,
    AttemptOutcome,
    Failure,
    Frame,
    Phase,
    Response,
)
from treadle.model.expression import ExpressionError
from treadle.model.ids import Path
from treadle.model.outcomes import Cause, Failed, Ok, Unknown
from treadle.model.policies import OnUnknown
from treadle.model.program import CallbackPlan

CALLBACK_TIMEOUT: Final = "callback_timeout"
CALLBACK_REFUSED: Final = "callback_refused"
CLOSED: Final = "callback_wait_closed"
REFUSED: Final = Failed(
    code=CALLBACK_REFUSED, message="the callback was refused by its condition", cause=Cause.CALLBACK
)
NOT_DONE: Final = frozenset({AttemptOutcome.FAILED, None})
NOT_ANSWERED: Final = Response(body=None)
"""The response of a visit whose callback came before the answer of its trigger call."""


def accepted(turn: Turn, frame: Frame, outcome: Ok) -> None:
    """The trigger call was answered: only the callback is awaited now, and not when the frame stops."""
    is_kept = fits(turn, [outcome.headers, outcome.body])
    record_accepted(turn, frame, outcome if is_kept else Ok(status=outcome.status))
    if frame.ending is not None:
        close_wait(turn, turn.frame(frame.id))
    elif not is_kept:
        _end_for_good(turn, turn.frame(frame.id), Unknown(code=STATE_BYTES, message=too_large(turn)))
        fail_bound(turn, turn.frame(frame.id), STATE_BYTES, too_large(turn))


def record_accepted(turn: Turn, frame: Frame, outcome: Ok) -> None:
    """The trigger call was answered so."""
    activity = activity_of(frame)
    turn.emit(
        ActivityAccepted(
            at=turn.now,
            frame=frame.id,
            activity=activity.id,
            path=required(place_of(frame), "visit of the call"),
            attempt=activity.number,
            status=outcome.status,
            headers=outcome.headers,
            body=outcome.body,
        )
    )


def close_wait(turn: Turn, frame: Frame) -> None:
    """The frame was told to stop: the attempt ends unknown, and its undo is owed."""
    outcome = Unknown(code=CLOSED, message="the wait for the callback was given up")
    _end_for_good(turn, frame, outcome)
    give_up(turn, turn.frame(frame.id))


def _end_for_good(turn: Turn, frame: Frame, outcome: Unknown) -> None:
    """The attempt ends unknown, and no other follows: its undo is owed, or left as `on_unknown` says."""
    _end_unknown(turn, frame, outcome)
    node, path = task_of(turn, frame)
    if node.on_unknown is OnUnknown.FAIL:
        skip_on_unknown(turn, turn.frame(frame.id), path, node)


def timed_out(turn: Turn, frame: Frame) -> None:
    """The callback has not come in time."""
    outcome = Unknown(code=CALLBACK_TIMEOUT, message="the callback did not come in time")
    _end_unknown(turn, frame, outcome)
    after = turn.frame(frame.id)
    if not probes(turn, after):
        ask_on_unknown(turn, after, outcome)


def _end_unknown(turn: Turn, frame: Frame, outcome: Unknown) -> None:
    node, path = task_of(turn, frame)
    activity = activity_of(frame)
    turn.emit(
        ActivityUnknown(
            at=turn.now,
            frame=frame.id,
            activity=activity.id,
            path=path,
            attempt=activity.number,
            error=AttemptError(code=outcome.code, message=outcome.message),
        )
    )
    arm_once(turn, turn.frame(frame.id), path, node)


def receive(turn: Turn, frame: Frame, attempt: Attempt, command: DeliverCallback) -> None:
    """The callback of an open attempt, or the missing answer of an earlier one, has come."""
    node, path = task_of(turn, frame)
    turn.emit(
        CallbackReceived(
            at=turn.now,
            frame=frame.id,
            activity=command.activity,
            path=path,
            attempt=attempt.number,
            body=command.body,
            headers=command.headers,
        )
    )
    plan = required(node.callback, "callback of the task")
    seen = {"body": command.body, "headers": command.headers}
    try:
        is_good, failure = _is_good(plan, Scope(execution=turn.execution, frame=frame, extra=seen)), None
    except ExpressionError as error:
        is_good, failure = True, rejected(frame, error)
    if is_good:
        _completed(turn, frame, attempt, command, failure)
    else:
        _refused(turn, frame, attempt, command)
    resume_if_resolved(turn, actor=ENGINE, reason="its callback came")


def trigger_answer(activity: Activity, attempt: int) -> Response | None:
    """The answer of the trigger call of that attempt, None if none has come."""
    return activity.accepted if attempt == activity.number else activity.answered.get(attempt)


def _is_good(plan: CallbackPlan, scope: Scope) -> bool:
    if plan.fail_when is not None and plan.fail_when(scope):
        return False
    return plan.success_when is None or bool(plan.success_when(scope))


def _completed(
    turn: Turn, frame: Frame, attempt: Attempt, command: DeliverCallback, failure: Failure | None
) -> None:
    """The attempt is ok, so the undo is armed, even if the node then refuses the answer."""
    node, path = task_of(turn, frame)
    trigger = trigger_answer(activity_of(frame), attempt.number) or NOT_ANSWERED
    answer = Ok(body=command.body, status=trigger.status, headers=command.headers)
    output = command.body
    if failure is None and node.output is not None:
        output, failure = judged_output(turn, frame, node.output, answer)
    if not fits(turn, output):
        output, failure = None, beyond(frame, STATE_BYTES, too_large(turn))
    _let_trail(turn, frame, path, attempt)
    turn.emit(
        ActivityCompleted(
            at=turn.now,
            frame=frame.id,
            activity=command.activity,
            path=path,
            attempt=attempt.number,
            output=output,
            response=trigger,
            is_callback=True,
        )
    )
    arm(turn, turn.frame(frame.id), path, node)
    if failure is None:
        turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, next=node.next))
    else:
        fail_or_give_up(turn, frame.id, failure)


def _let_trail(turn: Turn, frame: Frame, path: Path, answered: Attempt) -> None:
    """The trigger call of a later attempt, if it is out, may do its work yet: no undo is to overtake it.

    One that this very decision has started is not sent any more.
    """
    activity = activity_of(frame)
    if answered.number != activity.number and activity.id <= turn.since and is_out(frame):
        turn.emit(
            CallTrailed(at=turn.now, frame=frame.id, activity=activity.id, path=path, attempt=activity.number)
        )


def _refused(turn: Turn, frame: Frame, attempt: Attempt, command: DeliverCallback) -> None:
    """The callback says no. For the newest attempt the retry rules are asked; an earlier one is history.

    While a probe is out, that is awaited first.
    """
    path = required(frame.path, "visit that waits")
    turn.emit(
        ActivityFailed(
            at=turn.now,
            frame=frame.id,
            activity=command.activity,
            path=path,
            attempt=attempt.number,
            error=AttemptError(code=REFUSED.code, message=REFUSED.message),
            is_callback=True,
        )
    )
    after = turn.frame(frame.id)
    activity = activity_of(after)
    if len(activity.attempts) == activity.number and all(
        one.outcome in NOT_DONE for one in activity.attempts
    ):
        disarm(turn, after, path)
        after = turn.frame(frame.id)
    if attempt.number != activity.number or frame.phase is Phase.JOINING:
        return
    if frame.phase is not Phase.BACKOFF:
        try_again_or_give_up(turn, frame.id, REFUSED)
    elif next_attempt_at(turn, after, REFUSED) is None:
        fail_visit(turn, after, code=REFUSED.code, outcome=REFUSED)
