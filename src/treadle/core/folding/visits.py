"""Folds of visits: entered, skipped, completed, failed, cancelled; branches chosen, opened, joined."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, closed, visit_key, with_frame, without_child
from treadle.core.required import required
from treadle.model.events import (
    BodyFailed,
    BranchCancelled,
    BranchChosen,
    BranchJoined,
    BranchOpened,
    NodeCancelled,
    NodeCompleted,
    NodeEntered,
    NodeFailed,
    NodeSkipped,
)
from treadle.model.execution import (
    CompensationStatus,
    Ending,
    Execution,
    Frame,
    Phase,
    Visit,
    VisitStatus,
)
from treadle.model.ids import FrameId, Path
from treadle.model.persistent import PersistentMap

UNSETTLED: Final = frozenset(
    {CompensationStatus.REGISTERED, CompensationStatus.ARMED, CompensationStatus.RUNNING}
)


def kept_earlier(execution: Execution, key: str) -> PersistentMap[Path, Visit]:
    """The earlier visits, with the present one at `key` if its compensation is not settled."""
    visit = execution.visits.get(key)
    if visit is None:
        return execution.earlier
    compensation = execution.compensations.get(visit.path)
    if compensation is None or compensation.status not in UNSETTLED:
        return execution.earlier
    return execution.earlier.put(visit.path, visit)


def node_entered(execution: Execution, event: NodeEntered, _seq: int) -> Changes:
    key = visit_key(event.path)
    visit = Visit(path=event.path, node=event.node, kind=event.kind, number=event.number, started_at=event.at)
    changes: Changes = {
        "frames": with_frame(execution, event.frame, node=event.node, path=event.path, last=key),
        "visits": execution.visits.put(key, visit),
        "earlier": kept_earlier(execution, key),
    }
    if execution.started_at is None:
        changes["started_at"] = event.at
    return changes


def node_skipped(execution: Execution, event: NodeSkipped, _seq: int) -> Changes:
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
    )
    changes: Changes = {
        "frames": with_frame(execution, event.frame, node=event.next),
        "visits": execution.visits.put(key, visit),
        "earlier": kept_earlier(execution, key),
    }
    if execution.started_at is None:
        changes["started_at"] = event.at
    return changes


def node_completed(execution: Execution, event: NodeCompleted, _seq: int) -> Changes:
    frame, key = execution.frames[event.frame], visit_key(event.path)
    visit = execution.visits[key]
    ended = replace(
        visit,
        status=VisitStatus.COMPLETED,
        ended_at=event.at,
        output=visit.output if event.output is UNSET else event.output,
        attempts=frame.activity.attempts if frame.activity else (),
    )
    moved = closed(frame, event.next, frame.ending)
    return {"frames": execution.frames.put(frame.id, moved), "visits": execution.visits.put(key, ended)}


def _ended_visit(execution: Execution, frame: Frame, ended: Visit) -> PersistentMap[str, Visit]:
    attempts = frame.activity.attempts if frame.activity else ()
    return execution.visits.put(visit_key(ended.path), replace(ended, attempts=attempts))


def node_failed(execution: Execution, event: NodeFailed, _seq: int) -> Changes:
    frame, visit = execution.frames[event.frame], execution.visits[visit_key(event.path)]
    ended = replace(visit, status=VisitStatus.FAILED, ended_at=event.at, failure=event.failure)
    moved = closed(frame, None, Ending(failure=event.failure))
    return {
        "frames": execution.frames.put(frame.id, moved),
        "visits": _ended_visit(execution, frame, ended),
    }


def node_cancelled(execution: Execution, event: NodeCancelled, _seq: int) -> Changes:
    frame, visit = execution.frames[event.frame], execution.visits[visit_key(event.path)]
    ended = replace(visit, status=VisitStatus.CANCELLED, ended_at=event.at)
    moved = closed(frame, None, frame.ending)
    return {
        "frames": execution.frames.put(frame.id, moved),
        "visits": _ended_visit(execution, frame, ended),
    }


def branch_chosen(execution: Execution, event: BranchChosen, _seq: int) -> Changes:
    key = visit_key(event.path)
    return {"visits": execution.visits.put(key, replace(execution.visits[key], case=event.case))}


def branch_opened(execution: Execution, event: BranchOpened, seq: int) -> Changes:
    child = Frame(id=FrameId(seq), parent=event.parent, body=event.body, suffix=event.suffix, node=event.node)
    parent = execution.frames[event.parent]
    joining = replace(parent, phase=Phase.JOINING, children=parent.children + 1)
    return {"frames": execution.frames.put(child.id, child).put(parent.id, joining)}


def branch_joined(execution: Execution, event: BranchJoined, _seq: int) -> Changes:
    child = execution.frames[event.frame]
    armed = execution.frames[required(child.parent, "parent to join")].armed
    for path in reversed(tuple(child.armed)):
        armed = armed.push(path)
    return {"frames": without_child(execution, child, armed=armed)}


def body_failed(execution: Execution, event: BodyFailed, _seq: int) -> Changes:
    return {"frames": with_frame(execution, event.frame, ending=Ending(failure=event.failure), node=None)}


def branch_cancelled(execution: Execution, event: BranchCancelled, _seq: int) -> Changes:
    frame = execution.frames[event.frame]
    return {"frames": execution.frames.put(frame.id, stopped(frame))}


def stopped(frame: Frame) -> Frame:
    """The frame once it was told to stop: what is in flight closes, what waits is ready to be given up."""
    if frame.phase is Phase.BUSY:
        return replace(frame, phase=Phase.CLOSING, ending=Ending())
    if frame.phase in (Phase.SLEEPING, Phase.BACKOFF, Phase.WAITING):
        return replace(frame, phase=Phase.READY, ending=Ending(), wake_at=None, timer=None)
    return replace(frame, ending=Ending())


FOLDS: Final[dict[type, Fold]] = {
    NodeEntered: node_entered,
    NodeSkipped: node_skipped,
    NodeCompleted: node_completed,
    NodeFailed: node_failed,
    NodeCancelled: node_cancelled,
    BranchChosen: branch_chosen,
    BranchOpened: branch_opened,
    BranchJoined: branch_joined,
    BranchCancelled: branch_cancelled,
    BodyFailed: body_failed,
}
