"""Folds of visits: entered, skipped, completed, failed, cancelled, passed over."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Fold, change_frame, change_visit, closed, joining_of, visit_key
from treadle.core.folding.draft import Draft
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
    Frame,
    Joining,
    Visit,
    VisitStatus,
)
from treadle.model.persistent import put

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
COMPLETED: Final = VisitStatus.COMPLETED

UNSETTLED: Final = frozenset(
    {CompensationStatus.ARMED, CompensationStatus.RUNNING, CompensationStatus.FAILED}
)
"""What a visit is kept for that is not the newest of its node."""


def _keep_earlier(draft: Draft, key: str) -> None:
    """Keep the present visit at `key` among the earlier ones if its compensation is not settled."""
    visit = draft.visits[key]
    compensation = draft.compensations.get(visit.path)
    if compensation is not None and compensation.status in UNSETTLED:
        draft.change(earlier=put(draft.earlier, visit.path, visit))


def _begin(draft: Draft, key: str, visit: Visit) -> None:
    """The visit is the newest of its node from now on."""
    if key in draft.visits:
        _keep_earlier(draft, key)
    draft.visits[key] = visit
    if draft.started_at is None:
        draft.change(started_at=visit.started_at)


def node_entered(draft: Draft, event: NodeEntered) -> None:
    key = visit_key(event.path)
    visit = Visit(
        path=event.path,
        node=event.node,
        kind=event.kind,
        number=event.number,
        started_at=event.at,
        seq=draft.version,
        run=draft.run,
        since=event.since,
        keyed_as=event.keyed_as,
    )
    if draft.run > 1 and not event.is_anew:
        visit = _with_what_stands(draft, key, visit)
    frame = draft.frames[event.frame]
    draft.frames[frame.id] = replace(
        frame,
        node=event.node,
        path=event.path,
        last=key,
        deadline_at=event.deadline_at,
        after=event.after,
    )
    _begin(draft, key, visit)


def _with_what_stands(draft: Draft, key: str, visit: Visit) -> Visit:
    """The visit with the items and results that an earlier run got of the same composite node."""
    before = draft.visits.get(key)
    if before is None or before.run == draft.run or before.standing is None:
        return visit
    standing = before.standing
    if before.status is COMPLETED and isinstance(before.output, list | tuple) and before.items is not None:
        results = {str(index): output for index, output in enumerate(before.output)}
        standing = replace(standing, results=results)
    return replace(visit, items=before.items, standing=standing)


def node_skipped(draft: Draft, event: NodeSkipped) -> None:
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
        seq=draft.version,
        run=draft.run,
        since=event.since,
        keyed_as=event.keyed_as,
    )
    change_frame(draft, event.frame, node=event.next, after=event.after)
    _begin(draft, key, visit)


def node_completed(draft: Draft, event: NodeCompleted) -> None:
    frame, key = draft.frames[event.frame], visit_key(event.path)
    visit = draft.visits[key]
    draft.visits[key] = replace(
        visit,
        status=COMPLETED,
        ended_at=event.at,
        output=visit.output if event.output is UNSET else event.output,
        attempts=frame.activity.attempts if frame.activity else (),
        closed=draft.version,
        items=visit.items if event.keeps_parts else None,
        standing=_parts(frame, visit, draft.version) if event.keeps_parts else None,
    )
    draft.frames[frame.id] = closed(frame, event.next, frame.ending)


def _parts(frame: Frame, visit: Visit, seq: int) -> Joining:
    """What a later run asks for of the iterations of a visit that completed.

    The outputs of items are not kept a second time: they are the visit's output.
    """
    joining = joining_of(frame)
    results = joining.results if visit.items is None else {}
    return Joining(opened=joining.opened, ended=joining.ended, since=seq, results=results)


def _close_without_result(
    draft: Draft, event: NodeFailed | NodeCancelled, ended: Visit, ending: Ending | None
) -> None:
    """The visit did not complete: it keeps its attempts, and what its children have come to.

    One that failed before it had any keeps what it took over from an earlier run.
    """
    frame = draft.frames[event.frame]
    draft.visits[visit_key(ended.path)] = replace(
        ended,
        ended_at=event.at,
        attempts=frame.activity.attempts if frame.activity else (),
        standing=ended.standing if frame.joining is None else replace(frame.joining, since=draft.version),
    )
    draft.frames[frame.id] = closed(frame, None, ending)


def node_failed(draft: Draft, event: NodeFailed) -> None:
    """The body ends with it, unless it ends for something else already: a cancel stays a cancel."""
    visit = draft.visits[visit_key(event.path)]
    ended = replace(visit, status=VisitStatus.FAILED, failure=event.failure)
    ending = draft.frames[event.frame].ending or Ending(failure=event.failure)
    _close_without_result(draft, event, ended, ending)


def node_cancelled(draft: Draft, event: NodeCancelled) -> None:
    ended = replace(draft.visits[visit_key(event.path)], status=VisitStatus.CANCELLED)
    _close_without_result(draft, event, ended, draft.frames[event.frame].ending)


def result_kept(draft: Draft, event: ResultKept) -> None:
    key = visit_key(event.path)
    change_visit(draft, key, run=draft.run)
    change_frame(draft, event.frame, node=event.next, last=key)


FOLDS: Final[dict[type, Fold]] = {
    NodeEntered: node_entered,
    NodeSkipped: node_skipped,
    NodeCompleted: node_completed,
    NodeFailed: node_failed,
    NodeCancelled: node_cancelled,
    ResultKept: result_kept,
}
