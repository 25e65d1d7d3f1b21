"""Why an execution is not moving now: one reason for every frame that stands, from the state alone.

A frame that only waits for its child frames is not told of: they are.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

import msgspec

from treadle.core.status import failure_of, is_behind_losers
from treadle.core.telling import (
    Told,
    call_detail,
    call_of,
    call_until,
    due,
    last_error,
    number_of,
    place,
    subject,
    visit_of,
    wakeable,
)
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.execution import Execution, ExecutionStatus, Frame, Pause, Phase, Role, VisitStatus
from treadle.model.ids import Instant
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.model.program import EachNode, Program
from treadle.model.reasons import Reason, ReasonCode
from treadle.model.waiting import AwaitedChild, Wait, WaitMode

UNKNOWN_OUTCOME: Final = "unknown_outcome"
"""The reason of a pause that a person ends by saying what was done."""


def explain(
    program: Program, execution: Execution, now: Instant, *, bounds: ExecutionBounds = DEFAULT_BOUNDS
) -> tuple[Reason, ...]:
    """What is awaited: first what holds the whole execution, then each frame that stands, oldest first.

    `bounds` are those that the execution is driven with.
    """
    if execution.ended is not None:
        return (_ended(execution, execution.ended),)
    told = Told(program=program, execution=execution, now=now, bounds=bounds)
    found = [] if execution.paused is None else [_paused(execution.paused)]
    for frame in sorted(execution.frames.values(), key=lambda frame: frame.id):
        found.extend(TELLERS[frame.phase](told, frame))
    return tuple(found)


def _ended(execution: Execution, status: ExecutionStatus) -> Reason:
    message = f"the execution is {status.value}: nothing more happens"
    if status is ExecutionStatus.FAILED:
        failure = failure_of(execution)
        why = "" if failure is None else f" with `{failure.code}`"
        message = f"the execution has failed{why}: {_way_on(execution)}"
    ended_at = None if execution.ended_at is None else format_instant(execution.ended_at)
    detail = {"status": status.value, "ended_at": ended_at}
    return Reason(code=ReasonCode.ENDED, message=message, detail=detail)


def _way_on(execution: Execution) -> str:
    """What can be done about a failure."""
    if execution.parent is None or execution.parent.activity is None:
        return "`retry` begins another run"
    return f"the execution {execution.parent.id}, which started it, has taken the failure"


def _paused(pause: Pause) -> Reason:
    way_out = "resolve" if pause.reason == UNKNOWN_OUTCOME else "resume"
    return Reason(
        code=ReasonCode.PAUSED,
        message=(
            f"paused by {pause.actor} ({pause.reason}): what arrives is recorded, nothing new starts; "
            f"`{way_out}` lets it go on"
        ),
        detail={"actor": pause.actor, "reason": pause.reason},
    )


def _ready(told: Told, frame: Frame) -> Iterable[Reason]:
    """Something is to be done at once, unless child frames have to end first."""
    if not frame.children:
        return (_goes_on(told, frame),)
    if frame.trailing != frame.children:
        return ()
    is_ending = frame.node is None or frame.ending is not None
    if not is_ending and not is_behind_losers(told.execution, frame):
        return (_goes_on(told, frame),)
    where = "at its end" if is_ending else f"on the way back to `{frame.node}`"
    return (
        Reason(
            code=ReasonCode.JOINING_TRAILING,
            message=f"{where}: it waits for what trails and is to close ({frame.trailing})",
            path=frame.opener,
            detail={"trailing": frame.trailing},
        ),
    )


def _goes_on(told: Told, frame: Frame) -> Reason:
    at = f"`{frame.node}`" if frame.node is not None else "what follows"
    message = f"{at} goes on {due(told, told.now)}"
    return Reason(code=ReasonCode.READY, message=message, path=place(frame))


def _busy(told: Told, frame: Frame) -> Iterable[Reason]:
    """A call is out; that of an undo is what compensating means."""
    code = ReasonCode.COMPENSATING if frame.role is Role.UNDO else ReasonCode.IN_FLIGHT
    return (
        Reason(
            code=code,
            message=f"{call_of(told, frame)}, has not been answered",
            path=place(frame),
            until=call_until(frame.activity),
            detail=call_detail(told, frame),
        ),
    )


def _closing(told: Told, frame: Frame) -> Iterable[Reason]:
    """What it has in flight is awaited before anything is undone: it was told to stop, or is over already."""
    awaited, until, detail = f"{call_of(told, frame)},", call_until(frame.activity), call_detail(told, frame)
    if frame.child is not None:
        awaited, until, detail = f"the execution {frame.child.id}", None, {"child": frame.child.id}
    why = "has its answer" if frame.role is Role.CALL else "was told to stop"
    return (
        Reason(
            code=ReasonCode.DRAINING,
            message=f"{subject(frame)} {why}: the end of {awaited} is awaited first",
            path=place(frame),
            until=until,
            detail=detail,
        ),
    )


def _backoff(told: Told, frame: Frame) -> Iterable[Reason]:
    error, next_number = last_error(frame), number_of(frame) + 1
    ended = "" if error is None else f" with `{error['code']}`"
    return (
        Reason(
            code=ReasonCode.BACKOFF,
            message=(
                f"attempt {number_of(frame)} of {subject(frame)} ended{ended}; "
                f"attempt {next_number} begins {due(told, frame.wake_at)}{wakeable(told, frame)}"
            ),
            path=place(frame),
            until=frame.wake_at,
            detail=call_detail(told, frame) | {"attempt": next_number, "error": error},
        ),
    )


def _sleeping(told: Told, frame: Frame) -> Iterable[Reason]:
    if frame.path is None:
        code, message = ReasonCode.SCHEDULED, f"put off: the first node is entered {due(told, frame.wake_at)}"
    else:
        message = f"{subject(frame)} sleeps and wakes {due(told, frame.wake_at)}{wakeable(told, frame)}"
        code = ReasonCode.SLEEPING
    return (Reason(code=code, message=message, path=frame.path, until=frame.wake_at),)


def _waiting(told: Told, frame: Frame) -> Iterable[Reason]:
    """For a person, a child, a signal or a callback."""
    visit = visit_of(told.execution, frame)
    if visit is not None and visit.status is VisitStatus.UNKNOWN:
        return (_unknown(frame),)
    if frame.child is not None:
        return (_for_child(frame, frame.child),)
    if frame.wait is not None:
        return (_for_signals(frame, frame.wait),)
    return (_for_callback(told, frame),)


def _unknown(frame: Frame) -> Reason:
    error = last_error(frame)
    why = "" if error is None else f" (`{error['code']}`)"
    return Reason(
        code=ReasonCode.UNKNOWN_OUTCOME,
        message=(
            f"nobody knows what attempt {number_of(frame)} of {subject(frame)} did{why}: "
            "find out, then `resolve` it as `done` or `not_done`"
        ),
        path=frame.path,
        detail={"attempt": number_of(frame), "error": error},
    )


def _for_child(frame: Frame, child: AwaitedChild) -> Reason:
    return Reason(
        code=ReasonCode.WAITING_CHILD,
        message=f"{subject(frame)} waits until the execution {child.id} has ended",
        path=frame.path,
        detail={"child": child.id},
    )


def missing_signals(wait: Wait) -> tuple[str, ...]:
    """The signals that the wait would still take, in the order written."""
    if wait.mode is not WaitMode.ALL:
        return wait.signals
    taken = {one.index for one in wait.taken}
    return tuple(name for index, name in enumerate(wait.signals) if index not in taken)


def _for_signals(frame: Frame, wait: Wait) -> Reason:
    missing = missing_signals(wait)
    detail: dict[str, Json] = {"signals": list(missing), "mode": wait.mode.value, "taken": len(wait.taken)}
    if wait.count is not None:
        detail["count"] = wait.count
    return Reason(
        code=ReasonCode.WAITING_SIGNAL,
        message=f"{subject(frame)} waits: send {_asked(wait, missing)}",
        path=frame.path,
        until=frame.wake_at,
        detail=detail,
    )


def _asked(wait: Wait, missing: tuple[str, ...]) -> str:
    """`the signal `a``, `one of the signals `a`, `b``, `the signal `a` 2 times more`."""
    named = ", ".join(f"`{name}`" for name in missing)
    asked = f"the signal {named}" if len(missing) == 1 else f"the signals {named}"
    if wait.mode is WaitMode.ANY and len(missing) > 1:
        asked = f"one of {asked}"
    left = 1 if wait.count is None else wait.count - len(wait.taken)
    return f"{asked} {left} times more" if left > 1 else asked


def _for_callback(told: Told, frame: Frame) -> Reason:
    activity = frame.activity
    status = None if activity is None or activity.accepted is None else activity.accepted.status
    accepted = "" if status is None else f" with {status}"
    return Reason(
        code=ReasonCode.WAITING_CALLBACK,
        message=f"{call_of(told, frame)}, was accepted{accepted}: its callback is awaited",
        path=frame.path,
        until=None if activity is None else activity.callback_until,
        detail=call_detail(told, frame),
    )


def _joining(told: Told, frame: Frame) -> Iterable[Reason]:
    """Told of if it does not only wait for its children: its own bound holds it, or all have ended."""
    if not frame.children:
        return (_goes_on(told, frame),)
    node = told.program.nodes.get(frame.node) if frame.node is not None else None
    if not isinstance(node, EachNode) or frame.ending is not None:
        return ()
    rest = _items_left(told, frame)
    if not rest:
        return ()
    running = frame.children - frame.trailing
    bound, limit = ("concurrency", node.concurrency)
    if running < node.concurrency:
        bound, limit = ("frames", told.bounds.frames)
    return (
        Reason(
            code=ReasonCode.HELD_BY_BOUND,
            message=f"{rest} items of {subject(frame)} wait for {running} that run: `{bound}` is {limit}",
            path=frame.path,
            detail={"bound": bound, "limit": limit, "waiting": rest},
        ),
    )


def _items_left(told: Told, frame: Frame) -> int:
    """Items of an `each` that are still to be opened."""
    visit, joining = visit_of(told.execution, frame), frame.joining
    if visit is None or visit.items is None or joining is None or joining.is_stopping:
        return 0
    return sum(str(index) not in joining.results for index in range(joining.opened, len(visit.items)))


def _undoing(told: Told, frame: Frame) -> Iterable[Reason]:
    if frame.children:
        return ()
    if not frame.armed:
        return (_goes_on(told, frame),)
    message = f"the undo of `{frame.armed.top}` begins {due(told, told.now)}"
    return (Reason(code=ReasonCode.COMPENSATING, message=message, path=frame.armed.top),)


def _stuck(told: Told, frame: Frame) -> Iterable[Reason]:
    path, number = frame.compensates, number_of(frame)
    compensation = told.execution.compensations.get(path) if path is not None else None
    error = None if compensation is None else compensation.error
    calls = "1 call" if number == 1 else f"{number} calls"
    what = f"was given up after {calls}: `retry` it, or" if number else "cannot be asked for:"
    why = "" if error is None else f" ({error.code}: {error.message})"
    return (
        Reason(
            code=ReasonCode.STUCK,
            message=f"{subject(frame)} {what} with a reason `skip` or `accept` it{why}",
            path=path,
            detail={"attempt": number, "error": None if error is None else msgspec.to_builtins(error)},
        ),
    )


Teller: TypeAlias = Callable[[Told, Frame], Iterable[Reason]]
TELLERS: Final[Mapping[Phase, Teller]] = {
    Phase.READY: _ready,
    Phase.BUSY: _busy,
    Phase.BACKOFF: _backoff,
    Phase.SLEEPING: _sleeping,
    Phase.WAITING: _waiting,
    Phase.JOINING: _joining,
    Phase.UNDOING: _undoing,
    Phase.STUCK: _stuck,
    Phase.CLOSING: _closing,
}
"""A frame is done only in an execution that has ended."""
