"""States of earlier schemas, brought to what the core of today knows of an execution.

Schema 1 had one kind of composite node, `switch`, and no callbacks: its frames did not say which visit
opened them, its attempts not under which id they were answered, and nothing told the events by which
visits and compensations came to their end.
"""

from typing import Final, TypeVar

from msgspec.structs import replace

from treadle.model.execution import (
    Activity,
    Attempt,
    Compensation,
    CompensationStatus,
    Execution,
    Frame,
    Role,
    Visit,
)
from treadle.model.ids import ActivityId
from treadle.model.persistent import PersistentMap

K = TypeVar("K")

SETTLED: Final = frozenset(
    {
        CompensationStatus.COMPLETED,
        CompensationStatus.SKIPPED,
        CompensationStatus.ACCEPTED,
        CompensationStatus.DROPPED,
    }
)


def from_schema_1(execution: Execution) -> Execution:
    """What schema 1 left out, as far as it follows from the rest.

    The exact events are in the history alone; for what is decided by them, `settled` after `closed` is
    enough: nothing that schema 1 knew undid anything before its composite visit was over.
    """
    frames = {key: _frame(execution, frame) for key, frame in execution.frames.items()}
    compensations = {
        path: replace(one, settled=execution.version) if one.status in SETTLED else one
        for path, one in execution.compensations.items()
    }
    return replace(execution, frames=frames, compensations=compensations)


def _frame(execution: Execution, frame: Frame) -> Frame:
    if frame.role is Role.BODY and frame.parent is not None:
        frame = replace(frame, opener=execution.frames[frame.parent].path)
    activity = frame.activity
    if activity is None:
        return frame
    newest = replace(activity.attempts[-1], activity=activity.id)
    return replace(frame, activity=replace(activity, attempts=(*activity.attempts[:-1], newest)))


def told_by_schema_1(execution: Execution) -> Execution:
    """The state without what schema 1 could not tell, to compare a fold with a snapshot of that time."""
    return replace(
        execution,
        frames={
            key: frame if frame.activity is None else replace(frame, activity=_bare(frame.activity))
            for key, frame in execution.frames.items()
        },
        visits=_bare_visits(execution.visits),
        earlier=_bare_visits(execution.earlier),
        compensations={path: _bare_compensation(one) for path, one in execution.compensations.items()},
    )


def _bare(activity: Activity) -> Activity:
    return replace(activity, attempts=_bare_attempts(activity.attempts))


def _bare_attempts(attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
    return tuple(replace(attempt, activity=ActivityId(0)) for attempt in attempts)


def _bare_visits(visits: PersistentMap[K, Visit]) -> PersistentMap[K, Visit]:
    return {
        key: replace(visit, seq=0, closed=0, attempts=_bare_attempts(visit.attempts))
        for key, visit in visits.items()
    }


def _bare_compensation(one: Compensation) -> Compensation:
    return replace(one, settled=0, attempts=_bare_attempts(one.attempts))
