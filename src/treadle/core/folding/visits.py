"""Folds of visits: entered, skipped, completed, failed, cancelled, passed over."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Fold, closed, joining_of, visit_key, with_frame
from treadle.model.events import (
    NodeCancelled,
    NodeCompleted,
    NodeEntered,
    NodeFailed,
    NodeSkipped,
    ResultKept,
)
from treadle.model.execution import (
    CompensationStatus,
    Ending,
    Execution,
    Frame,
    Joining,
    Visit,
    VisitStatus,
)
from treadle.model.ids import Path
from treadle.model.persistent import PersistentMap, put

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
COMPLETED: Final = VisitStatus.COMPLETED

UNSETTLED: Final = frozenset(
    {CompensationStatus.ARMED, CompensationStatus.RUNNING, CompensationStatus.FAILED}
)
"""What a visit is kept for that is not the newest of its node."""


def kept_earlier(execution: Execution, key: str) -> PersistentMap[Path, Visit]:
    """The earlier visits, with the present one at `key` if its compensation is not settled."""
    visit = execution.visits[key]
    compensation = execution.compensations.get(visit.path)
    if compensation is None or compensation.status not in UNSETTLED:
        return execution.earlier
    return put(execution.earlier, visit.path, visit)


def node_entered(execution: Execution, event: NodeEntered, seq: int) -> Execution:
    key = visit_key(event.path)
    visit = Visit(
        path=event.path,
        node=event.node,
        kind=event.kind,
        number=event.number,
        started_at=event.at,
        seq=seq,
        run=execution.run,
        since=event.since,
        keyed_as=event.keyed_as,
    )
    if execution.run > 1 and not event.is_anew:
        visit = _with_what_stands(execution, key, visit)
    frame = execution.frames[event.frame]
    moved = replace(
        frame,
        node=event.node,
        path=event.path,
        last=key,
        deadline_at=event.deadline_at,
        after=event.after,
    )
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=execution.frames | {frame.id: moved},
        visits=put(execution.visits, key, visit),
        earlier=kept_earlier(execution, key) if key in execution.visits else execution.earlier,
        started_at=event.at if execution.started_at is None else execution.started_at,
    )


def _with_what_stands(execution: Execution, key: str, visit: Visit) -> Visit:
    """The visit with the items and results that an earlier run got of the same composite node."""
    before = execution.visits.get(key)
    if before is None or before.run == execution.run or before.standing is None:
        return visit
    standing = before.standing
    if before.status is COMPLETED and isinstance(before.output, list | tuple) and before.items is not None:
        results = {str(index): output for index, output in enumerate(before.output)}
        standing = replace(standing, results=results)
    return replace(visit, items=before.items, standing=standing)


def node_skipped(execution: Execution, event: NodeSkipped, seq: int) -> Execution:
    key = visit_key(event.path)
    visit = Visit(
        path=event.path,
        node=event.node,
        kind=event.kind,
        number=event.number,
        status=VisitStatus.SKIPPED,
        started_at=event.at,
        ended_at=event.at,
        output=None,
        seq=seq,
        run=execution.run,
        since=event.since,
        keyed_as=event.keyed_as,
    )
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=with_frame(execution, event.frame, node=event.next, after=event.after),
        visits=put(execution.visits, key, visit),
        earlier=kept_earlier(execution, key) if key in execution.visits else execution.earlier,
        started_at=event.at if execution.started_at is None else execution.started_at,
    )


def node_completed(execution: Execution, event: NodeCompleted, seq: int) -> Execution:
    frame, key = execution.frames[event.frame], visit_key(event.path)
    visit = execution.visits[key]
    ended = replace(
        visit,
        status=COMPLETED,
        ended_at=event.at,
        output=visit.output if event.output is UNSET else event.output,
        attempts=frame.activity.attempts if frame.activity else (),
        closed=seq,
        items=visit.items if event.keeps_parts else None,
        standing=_parts(frame, visit, seq) if event.keeps_parts else None,
    )
    moved = closed(frame, event.next, frame.ending)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=execution.frames | {frame.id: moved},
        visits=execution.visits | {key: ended},
    )


def _parts(frame: Frame, visit: Visit, seq: int) -> Joining:
    """What a later run asks for of the iterations of a visit that completed.

    The outputs of items are not kept a second time: they are the visit's output.
    """
    joining = joining_of(frame)
    results = joining.results if visit.items is None else {}
    return Joining(opened=joining.opened, ended=joining.ended, since=seq, results=results)


def _without_result(
    execution: Execution, event: NodeFailed | NodeCancelled, seq: int, ended: Visit, ending: Ending | None
) -> Execution:
    """The visit did not complete: it keeps its attempts, and what its children have come to.

    One that failed before it had any keeps what it took over from an earlier run.
    """
    frame = execution.frames[event.frame]
    attempts = frame.activity.attempts if frame.activity else ()
    standing = ended.standing if frame.joining is None else replace(frame.joining, since=seq)
    kept = replace(ended, ended_at=event.at, attempts=attempts, standing=standing)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=execution.frames | {frame.id: closed(frame, None, ending)},
        visits=execution.visits | {visit_key(ended.path): kept},
    )


def node_failed(execution: Execution, event: NodeFailed, seq: int) -> Execution:
    """The body ends with it, unless it ends for something else already: a cancel stays a cancel."""
    visit = execution.visits[visit_key(event.path)]
    ended = replace(visit, status=VisitStatus.FAILED, failure=event.failure)
    ending = execution.frames[event.frame].ending or Ending(failure=event.failure)
    return _without_result(execution, event, seq, ended, ending)


def node_cancelled(execution: Execution, event: NodeCancelled, seq: int) -> Execution:
    ended = replace(execution.visits[visit_key(event.path)], status=VisitStatus.CANCELLED)
    return _without_result(execution, event, seq, ended, execution.frames[event.frame].ending)


def result_kept(execution: Execution, event: ResultKept, seq: int) -> Execution:
    key = visit_key(event.path)
    visit = replace(execution.visits[key], run=execution.run)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=with_frame(execution, event.frame, node=event.next, last=key),
        visits=execution.visits | {key: visit},
    )


FOLDS: Final[dict[type, Fold]] = {
    NodeEntered: node_entered,
    NodeSkipped: node_skipped,
    NodeCompleted: node_completed,
    NodeFailed: node_failed,
    NodeCancelled: node_cancelled,
    ResultKept: result_kept,
}
