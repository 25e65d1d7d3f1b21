"""What is said of a frame and of the call that it makes, in words and as the detail of a reason."""

from typing import Final

import msgspec

from treadle.core.compensating import compensation_plan, undo_plan
from treadle.core.folding.changes import visit_key
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.required import required
from treadle.model.bounds import ExecutionBounds
from treadle.model.execution import Activity, Execution, Frame, Role, Visit
from treadle.model.ids import Instant, Path
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.model.policies import RetryPolicy
from treadle.model.program import ActivityPlan, Program, TaskNode
from treadle.model.requests import DefinitionRequest, HandlerRequest, HttpRequest, Request

KIND_OF: Final[dict[type[Request], str]] = {
    HttpRequest: "http",
    HandlerRequest: "handler",
    DefinitionRequest: "definition",
}


class Told(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the reasons of one explanation are told from."""

    program: Program
    execution: Execution
    now: Instant
    bounds: ExecutionBounds


def visit_of(execution: Execution, frame: Frame) -> Visit | None:
    """The open visit at which the frame stands."""
    return None if frame.path is None else execution.visits.get(visit_key(frame.path))


def place(frame: Frame) -> Path | None:
    """The visit that the frame is about; None for a hook and for the execution itself."""
    return frame.path or frame.compensates or frame.opener


def subject(frame: Frame) -> str:
    """What the frame carries out."""
    if frame.role is Role.UNDO:
        return f"the undo of `{frame.compensates}`"
    if frame.role is Role.HOOK:
        return f"the hook `{frame.hook}`"
    if frame.role is Role.PROBE:
        return f"the probe of `{frame.opener}`"
    return f"`{frame.path or (frame.opener if frame.role is Role.CALL else frame.node)}`"


def number_of(frame: Frame) -> int:
    """That of the newest attempt, 0 before the first."""
    return 0 if frame.activity is None else frame.activity.number


def call_of(told: Told, frame: Frame) -> str:
    """`attempt 2 of 3 of `pay`, out since 2026-03-01T09:30:00.250Z`."""
    most = attempts_max(told, frame)
    counted = "" if most is None else f" of {most}"
    since = started_at(frame.activity)
    out = "" if since is None else f", out since {format_instant(since)}"
    return f"attempt {number_of(frame)}{counted} of {subject(frame)}{out}"


def call_detail(told: Told, frame: Frame) -> dict[str, Json]:
    """`{attempt, attempts_max?, request, since, hook?}` of the newest attempt; `since` is when it began."""
    activity, most = required(frame.activity, "activity of the frame"), attempts_max(told, frame)
    detail: dict[str, Json] = {
        "attempt": activity.number,
        "request": KIND_OF[type(activity.request)],
        "since": format_instant(activity.attempts[-1].started_at),
    }
    if most is not None:
        detail["attempts_max"] = most
    if frame.hook is not None:
        detail["hook"] = frame.hook
    return detail


def started_at(activity: Activity | None) -> Instant | None:
    """When the newest attempt began."""
    return activity.attempts[-1].started_at if activity is not None and activity.attempts else None


def call_until(activity: Activity | None) -> Instant | None:
    """When the time of the call is over."""
    since = started_at(activity)
    return None if activity is None or since is None else Instant(since + activity.timeout_ms)


def last_error(frame: Frame) -> Json:
    """`{code, message}` of the newest attempt, null without one."""
    activity = frame.activity
    error = activity.attempts[-1].error if activity is not None and activity.attempts else None
    return None if error is None else msgspec.to_builtins(error)


def attempts_max(told: Told, frame: Frame) -> int | None:
    """How many calls count at most, those that an operator granted included; None where that is not known."""
    policy = policy_of(told, frame)
    granted = 0 if frame.activity is None else frame.activity.granted
    return None if policy is None else policy.max_attempts + granted


def policy_of(told: Told, frame: Frame) -> RetryPolicy | None:
    """The retry rules of what the frame carries out."""
    plan = plan_of(told, frame)
    return None if plan is None else plan.retry


def plan_of(told: Told, frame: Frame) -> ActivityPlan | None:
    """The plan of what the frame carries out, as far as the program has one."""
    program = told.program
    if frame.role is Role.HOOK:
        hooks = {
            "on_success": program.on_success,
            "on_failure": program.on_failure,
            "on_cancel": program.on_cancel,
        }
        return hooks.get(frame.hook or "")
    if frame.role is Role.UNDO:
        return undo_plan_of(told, frame)
    node = program.nodes.get(frame.node) if frame.node is not None else None
    return node.activity if isinstance(node, TaskNode) and frame.role is Role.BODY else None


def undo_plan_of(told: Told, frame: Frame) -> ActivityPlan:
    """The plan of the undo that the frame carries out."""
    compensation = told.execution.compensations[required(frame.compensates, "visit to undo")]
    plan = required(compensation_plan(told.program, compensation.node), "compensation in the program")
    return undo_plan(plan, is_unknown=compensation.is_unknown)


def due(told: Told, at: Instant | None) -> str:
    """`at 2026-03-01T09:30:00.250Z`, or what it is if that has passed, and what a pause does to it."""
    held = ", if the execution is resumed by then" if told.execution.paused is not None else ""
    instant = required(at, "instant at which it goes on")
    if instant <= told.now:
        return "when the execution is resumed" if held else "now"
    return f"at {format_instant(instant)}{held}"


def wakeable(told: Told, frame: Frame) -> str:
    """That a person can end a sleep or a back-off, where that is so."""
    execution = told.execution
    is_stopping = execution.frames[ROOT_FRAME].ending is not None
    can_wake = frame.role is Role.BODY and execution.paused is None and not is_stopping
    return "; `wake` ends the wait now" if can_wake else ""
