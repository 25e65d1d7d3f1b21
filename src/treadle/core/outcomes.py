"""What follows from the end of an attempt: arm, complete, try again or give up (SEMANTICS 2)."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import UNSET

from treadle.core import callbacks
from treadle.core.attempts import place_of
from treadle.core.compensating import arm, arm_once, skip_on_unknown
from treadle.core.measuring import STATE_BYTES, fits, too_large
from treadle.core.nodes import child
from treadle.core.nodes.failing import beyond, fail_or_give_up
from treadle.core.nodes.task import judged_output
from treadle.core.required import required
from treadle.core.retrying import activity_of, hook_of, next_attempt_at, try_again_or_give_up, undone_by
from treadle.core.turn import Turn
from treadle.core.unknowns import ask_on_unknown, probe_ended, task_of
from treadle.model.events import (
    ActivityCompleted,
    ActivityFailed,
    ActivityUnknown,
    CompensationCompleted,
    HookCompleted,
    NodeCompleted,
)
from treadle.model.execution import AttemptError, Frame, Response, Role
from treadle.model.ids import Path
from treadle.model.json import Json
from treadle.model.outcomes import Failed, Ok, Outcome, Unknown
from treadle.model.policies import OnUnknown
from treadle.model.program import ChildNode, TaskNode

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
BODY: Final = Role.BODY


def _ok(turn: Turn, frame: Frame, outcome: Ok) -> None:
    """The answer is ok, so the undo is armed, even if the node's own `output` then refuses the answer."""
    if frame.role is not BODY:
        _beside_ok(turn, frame, outcome)
        return
    node = turn.program.nodes[required(frame.node, "node of the frame")]
    if not isinstance(node, TaskNode):
        child.found(turn, frame, outcome)
        return
    if node.callback is not None:
        callbacks.accepted(turn, frame, outcome)
        return
    path = required(frame.path, "visit")
    output, failure = outcome.body, None
    if node.output is not None:
        output, failure = judged_output(turn, frame, node.output, outcome)
    if not (
        fits(turn, output)
        and (output is outcome.body or fits(turn, outcome.body))
        and (not outcome.headers or fits(turn, outcome.headers))
    ):
        output, failure = None, beyond(frame, STATE_BYTES, too_large(turn))
        outcome = Ok(status=outcome.status)
    _emit_completed(turn, frame, path, outcome, output)
    if node.compensation is not None:
        arm(turn, frame, path, node)
    if failure is None:
        turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, next=node.next))
    else:
        fail_or_give_up(turn, frame.id, failure)


def _beside_ok(turn: Turn, frame: Frame, outcome: Ok) -> None:
    """What no visit is asked for itself: an undo, a hook, a probe."""
    _emit_completed(turn, frame, place_of(frame), outcome, outcome.body)
    if frame.role is Role.UNDO:
        turn.emit(CompensationCompleted(at=turn.now, frame=frame.id, path=undone_by(frame)))
    elif frame.role is Role.HOOK:
        turn.emit(HookCompleted(at=turn.now, frame=frame.id, hook=hook_of(frame)))
    else:
        probe_ended(turn, turn.frame(frame.id), outcome)


def _emit_completed(turn: Turn, frame: Frame, path: Path | None, outcome: Ok, output: Json) -> None:
    activity = required(frame.activity, "activity of the frame")
    response = None
    if outcome.status is not None:
        kept = UNSET if output is outcome.body else outcome.body
        response = Response(status=outcome.status, headers=outcome.headers, body=kept)
    turn.emit(
        ActivityCompleted(
            at=turn.now,
            frame=frame.id,
            activity=activity.id,
            path=path,
            attempt=activity.number,
            output=output,
            response=response,
        )
    )


def _failed(turn: Turn, frame: Frame, outcome: Failed) -> None:
    _emit_failed(turn, frame, outcome)
    if frame.role is Role.PROBE:
        probe_ended(turn, turn.frame(frame.id), outcome)
    else:
        try_again_or_give_up(turn, frame.id, outcome)


def _emit_failed(turn: Turn, frame: Frame, outcome: Failed) -> None:
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


def _unknown(turn: Turn, frame: Frame, outcome: Unknown) -> None:
    _emit_unknown(turn, frame, outcome)
    if frame.role is Role.PROBE and next_attempt_at(turn, turn.frame(frame.id), outcome) is None:
        probe_ended(turn, turn.frame(frame.id), outcome)
    elif frame.role is BODY and not isinstance(
        turn.program.nodes[required(frame.node, "node of the frame")], ChildNode
    ):
        _visit_unknown(turn, turn.frame(frame.id), outcome)
    else:
        try_again_or_give_up(turn, frame.id, outcome)


def _emit_unknown(turn: Turn, frame: Frame, outcome: Unknown) -> None:
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
            retry_after_ms=outcome.retry_after_ms,
        )
    )


def _visit_unknown(turn: Turn, frame: Frame, outcome: Unknown) -> None:
    """Arm the undo; then the probe is asked, if there is one, and after it `on_unknown`."""
    node, path = task_of(turn, frame)
    is_probed = node.probe is not None and frame.ending is None
    if node.on_unknown is OnUnknown.FAIL and not is_probed:
        skip_on_unknown(turn, frame, path, node)
    else:
        arm_once(turn, frame, path, node)
    if not is_probed:
        ask_on_unknown(turn, turn.frame(frame.id), outcome)


ENDED: Final[Mapping[type, Callable[..., None]]] = {Ok: _ok, Failed: _failed, Unknown: _unknown}
"""(turn, frame, outcome): record how the open attempt of the frame ended, and what follows."""


def close_call(turn: Turn, call: Frame, outcome: Outcome) -> None:
    """The trigger call that trailed is out no more. What it comes to is history: its visit is over."""
    if isinstance(outcome, Failed):
        _emit_failed(turn, call, outcome)
    elif isinstance(outcome, Unknown):
        _emit_unknown(turn, call, outcome)
    else:
        callbacks.record_accepted(turn, call, Ok(status=outcome.status))
