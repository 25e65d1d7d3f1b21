"""The visits and compensations of an execution, as they are shown."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from heapq import nlargest
from itertools import chain
from typing import Final

import msgspec
from msgspec import UNSET

from treadle.core.explain import missing_signals
from treadle.model.execution import (
    Attempt,
    AttemptError,
    AttemptOutcome,
    Compensation,
    CompensationStatus,
    Execution,
    Frame,
    Phase,
    Role,
    Visit,
    VisitStatus,
)
from treadle.model.ids import Instant, Path
from treadle.model.instants import format_instant
from treadle.model.json import Json

NODES_SHOWN_MAX: Final = 500
"""Visits shown with an execution, the newest of them."""
OPEN: Final = frozenset({VisitStatus.RUNNING, VisitStatus.UNKNOWN})
"""A visit that is not over, if a frame stands at it."""


class NodeStatus(StrEnum):
    """Of a visit that is open, what its frame does."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SLEEPING = "sleeping"
    BACKOFF = "backoff"
    CLOSING = "closing"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class UndoStatus(StrEnum):
    """That of a compensation, and `backoff` between two of its calls."""

    REGISTERED = "registered"
    ARMED = "armed"
    RUNNING = "running"
    BACKOFF = "backoff"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


OPEN_STATUS: Final[Mapping[Phase, NodeStatus]] = {
    Phase.READY: NodeStatus.RUNNING,
    Phase.BUSY: NodeStatus.RUNNING,
    Phase.JOINING: NodeStatus.RUNNING,
    Phase.UNDOING: NodeStatus.RUNNING,
    Phase.BACKOFF: NodeStatus.BACKOFF,
    Phase.SLEEPING: NodeStatus.SLEEPING,
    Phase.WAITING: NodeStatus.WAITING,
    Phase.CLOSING: NodeStatus.CLOSING,
    Phase.STUCK: NodeStatus.RUNNING,
    Phase.DONE: NodeStatus.RUNNING,
}


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """`outcome` is null while the attempt is in flight."""

    number: int
    started_at: str
    ended_at: str | None
    outcome: AttemptOutcome | None
    error: AttemptError | None
    http_status: int | None


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """One visit. `attempt` is the number of its newest attempt, 0 without one.

    `waiting_for` is `{"signals": [<those that it would still take>]}`, `{"callback": true, "until"}`,
    `{"child": <id>}` or, of one whose outcome is unknown, `{"resolution": true}`.
    """

    kind: str
    status: NodeStatus
    attempt: int
    attempts: tuple[AttemptView, ...]
    started_at: str
    ended_at: str | None
    output: Json
    waiting_for: dict[str, Json] | None
    wake_at: str | None


class CompensationView(msgspec.Struct, frozen=True, kw_only=True):
    """The undo of the visit `path`."""

    path: Path
    status: UndoStatus
    attempt: int
    error: AttemptError | None
    reason: str | None


def shown_instant(at: Instant | None) -> str | None:
    return None if at is None else format_instant(at)


def node_views(execution: Execution) -> dict[str, NodeView]:
    """The newest visits by path, newest first; at most NODES_SHOWN_MAX."""
    return {visit.path: view for visit, view in visits_after(execution, None, NODES_SHOWN_MAX)}


def visits_after(
    execution: Execution, after: tuple[Instant, str] | None, limit: int
) -> list[tuple[Visit, NodeView]]:
    """The newest visits of those older than the place `after`, at most `limit`."""
    frames = _frames_at(execution)
    older = (visit for visit in _visits(execution) if after is None or place_of(visit) < after)
    return [
        (visit, _node_view(visit, frames.get(visit.path))) for visit in nlargest(limit, older, key=place_of)
    ]


def is_truncated(execution: Execution) -> bool:
    """Whether there are more visits than are shown."""
    return len(execution.visits) + len(execution.earlier) > NODES_SHOWN_MAX


def compensation_views(execution: Execution) -> tuple[CompensationView, ...]:
    """Every compensation, in the order in which they were registered and armed."""
    undoing = {
        frame.compensates: frame for frame in execution.frames.values() if frame.compensates is not None
    }
    ordered = sorted(execution.compensations.values(), key=lambda one: one.seq)
    return tuple(_compensation_view(one, undoing.get(one.path)) for one in ordered)


def _visits(execution: Execution) -> Iterable[Visit]:
    return chain(execution.visits.values(), execution.earlier.values())


def place_of(visit: Visit) -> tuple[Instant, str]:
    """Where a visit stands among the others by age; two never stand at the same place."""
    return visit.started_at, f"{visit.seq:020d}{visit.number:010d}{visit.path}"


def _frames_at(execution: Execution) -> dict[Path, Frame]:
    """The frames that stand at a visit, by its path."""
    return {
        frame.path: frame
        for frame in execution.frames.values()
        if frame.role is Role.BODY and frame.path is not None
    }


def _node_view(visit: Visit, frame: Frame | None) -> NodeView:
    standing = frame if visit.status in OPEN else None
    attempts = visit.attempts
    if standing is not None and standing.activity is not None:
        attempts = standing.activity.attempts
    return NodeView(
        kind=visit.kind,
        status=_node_status(visit, frame),
        attempt=attempts[-1].number if attempts else 0,
        attempts=tuple(map(_attempt_view, attempts)),
        started_at=format_instant(visit.started_at),
        ended_at=shown_instant(visit.ended_at),
        output=None if visit.output is UNSET else visit.output,
        waiting_for=None if standing is None else _waiting_for(visit, standing),
        wake_at=None if standing is None else shown_instant(standing.wake_at),
    )


def _waiting_for(visit: Visit, frame: Frame) -> dict[str, Json] | None:
    """What has to come from outside, but for the answer of a call."""
    if visit.status is VisitStatus.UNKNOWN:
        return {"resolution": True}
    if frame.child is not None:
        return {"child": frame.child.id}
    if frame.phase is not Phase.WAITING:
        return None
    if frame.wait is not None:
        return {"signals": list(missing_signals(frame.wait))}
    until = None if frame.activity is None else frame.activity.callback_until
    return {"callback": True, "until": shown_instant(until)}


def _node_status(visit: Visit, frame: Frame | None) -> NodeStatus:
    if visit.status is VisitStatus.RUNNING and frame is not None:
        return OPEN_STATUS[frame.phase]
    return NodeStatus(visit.status.value)


def _attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        number=attempt.number,
        started_at=format_instant(attempt.started_at),
        ended_at=shown_instant(attempt.ended_at),
        outcome=attempt.outcome,
        error=attempt.error,
        http_status=attempt.http_status,
    )


def _compensation_view(compensation: Compensation, frame: Frame | None) -> CompensationView:
    attempts = compensation.attempts
    if frame is not None and frame.activity is not None:
        attempts = frame.activity.attempts
    status = UndoStatus(compensation.status.value)
    is_running = compensation.status is CompensationStatus.RUNNING
    if is_running and frame is not None and frame.phase is Phase.BACKOFF:
        status = UndoStatus.BACKOFF
    return CompensationView(
        path=compensation.path,
        status=status,
        attempt=attempts[-1].number if attempts else 0,
        error=compensation.error,
        reason=compensation.reason,
    )
