"""Folds of child frames: opened, told to stop, failed, joined; items and turns."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import (
    Changes,
    Fold,
    joining_of,
    merged,
    output_of,
    stopped,
    visit_key,
    with_frame,
    with_frames,
    without_child,
)
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.required import required
from treadle.model.events import (
    BodyFailed,
    BranchCancelled,
    BranchChosen,
    BranchFailed,
    BranchJoined,
    BranchOpened,
    DeadlinePassed,
    EndReached,
    ItemsListed,
    IterationEnded,
    IterationsKept,
)
from treadle.model.execution import Ending, Execution, Frame, Joining, Phase, Visit
from treadle.model.ids import FrameId, Path
from treadle.model.persistent import PersistentMap, put, without


def branch_chosen(execution: Execution, event: BranchChosen, seq: int) -> Execution:
    key = visit_key(event.path)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        visits=execution.visits | {key: replace(execution.visits[key], case=event.case)},
    )


def branch_opened(execution: Execution, event: BranchOpened, seq: int) -> Execution:
    parent = execution.frames[event.parent]
    items = execution.visits[visit_key(event.path)].items
    child = Frame(
        id=FrameId(seq),
        parent=event.parent,
        body=event.body,
        suffix=event.suffix,
        node=event.node,
        opener=event.path,
        index=event.index,
        item=UNSET if items is None or event.index is None else items[event.index],
        failure=event.failure,
        is_shielded=event.is_shielded,
        after=event.after,
    )
    joining = parent.joining
    if event.index is not None:
        before = joining or Joining(numbers=execution.numbers)
        joining = replace(before, opened=event.index + 1)
    grown = replace(parent, phase=Phase.JOINING, children=parent.children + 1, joining=joining)
    return with_frames(execution, event, seq, put(execution.frames, child.id, child) | {parent.id: grown})


def branch_joined(execution: Execution, event: BranchJoined, seq: int) -> Execution:
    child = execution.frames[event.frame]
    parent = execution.frames[required(child.parent, "parent to join")]
    joining = parent.joining
    if event.kept_as is not None:
        joining = _keeping(parent, event.kept_as, output_of(execution, child))
    armed = merged(execution, parent.armed, child.armed)
    return with_frames(execution, event, seq, without_child(execution, child, armed=armed, joining=joining))


def _keeping(parent: Frame, name: str, output: object) -> Joining:
    joining = joining_of(parent)
    return replace(joining, results=put(joining.results, name, output))


def branch_failed(execution: Execution, event: BranchFailed, seq: int) -> Execution:
    joining = joining_of(execution.frames[event.frame])
    failing = replace(joining, failure=event.failure, is_stopping=joining.is_stopping or event.is_stopping)
    return with_frames(execution, event, seq, with_frame(execution, event.frame, joining=failing))


def branch_cancelled(execution: Execution, event: BranchCancelled, seq: int) -> Execution:
    frame = execution.frames[event.frame]
    parent = execution.frames[required(frame.parent, "parent of the branch")]
    ending = Ending(is_completing=parent.ending is not None and parent.ending.is_completing)
    if not event.is_trailing:
        return with_frames(execution, event, seq, execution.frames | {frame.id: stopped(frame, ending)})
    trailing = replace(stopped(frame, Ending()) if frame.ending is None else frame, is_trailing=True)
    counting = replace(parent, trailing=parent.trailing + 1)
    return with_frames(execution, event, seq, execution.frames | {frame.id: trailing, parent.id: counting})


def items_listed(execution: Execution, event: ItemsListed, seq: int) -> Execution:
    key = visit_key(event.path)
    listed = replace(execution.visits[key], items=event.items)
    if not event.forgotten:
        return replace(execution, version=seq, updated_at=event.at, visits=execution.visits | {key: listed})
    changes = _forgetting(execution, event.forgotten, execution.frames[event.frame].suffix)
    changes["visits"] = changes["visits"] | {key: listed}
    return replace(execution, version=seq, updated_at=event.at, **changes)


def iterations_kept(execution: Execution, event: IterationsKept, seq: int) -> Execution:
    standing = execution.visits[visit_key(event.path)].standing or Joining()
    kept = {key: standing.results[key] for key in event.keys}
    joining = Joining(opened=event.opened, ended=event.opened, numbers=execution.numbers, results=kept)
    return with_frames(execution, event, seq, with_frame(execution, event.frame, joining=joining))


def iteration_ended(execution: Execution, event: IterationEnded, seq: int) -> Execution:
    child = execution.frames[event.frame]
    parent = execution.frames[required(child.parent, "parent to join")]
    joining = joining_of(parent)
    given = output_of(execution, child) if event.result is UNSET else event.result
    results = put(joining.results, event.kept_as, given)
    counted = replace(joining, ended=joining.ended + 1, results=results)
    armed = merged(execution, parent.armed, child.armed)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=without_child(execution, child, armed=armed, joining=counted),
        **_forgetting(execution, event.forgotten, parent.suffix),
    )


def _forgetting(execution: Execution, forgotten: tuple[str, ...], outside: str) -> Changes:
    """Visits leave the state; the highest number of each node stays, for the name of its next visit."""
    visits, numbers = execution.visits, execution.numbers
    earlier = _without_visits(execution.earlier, frozenset(forgotten))
    for key in forgotten:
        visit = visits.get(key)
        highest = numbers.get(key) or 0
        if visit is not None:
            visits = without(visits, key)
            highest = max(highest, visit.number)
        if key in numbers:
            numbers = without(numbers, key)
        name = f"{key.partition('[')[0]}{outside}"
        if highest > (numbers.get(name) or 0):
            numbers = put(numbers, name, highest)
    return {"visits": visits, "earlier": earlier, "numbers": numbers}


def _without_visits(earlier: PersistentMap[Path, Visit], keys: frozenset[str]) -> PersistentMap[Path, Visit]:
    for path in [path for path in earlier if visit_key(path) in keys]:
        earlier = without(earlier, path)
    return earlier


def body_failed(execution: Execution, event: BodyFailed, seq: int) -> Execution:
    return with_frames(
        execution,
        event,
        seq,
        with_frame(execution, event.frame, ending=Ending(failure=event.failure), node=None),
    )


def deadline_passed(execution: Execution, event: DeadlinePassed, seq: int) -> Execution:
    frame = replace(stopped(execution.frames[event.frame], Ending(failure=event.failure)), deadline_at=None)
    changes: Changes = {"frames": execution.frames | {frame.id: frame}}
    if event.path is None:
        reason = execution.reason if execution.is_stuck else None
        changes |= {"deadline_at": None, "paused": None, "reason": reason}
    return replace(execution, version=seq, updated_at=event.at, **changes)


def end_reached(execution: Execution, event: EndReached, seq: int) -> Execution:
    ending = Ending(failure=event.failure, is_completing=event.failure is None, output=event.output)
    root = execution.frames[ROOT_FRAME]
    return with_frames(execution, event, seq, execution.frames | {ROOT_FRAME: stopped(root, ending)})


FOLDS: Final[dict[type, Fold]] = {
    BranchChosen: branch_chosen,
    BranchOpened: branch_opened,
    BranchJoined: branch_joined,
    BranchFailed: branch_failed,
    BranchCancelled: branch_cancelled,
    ItemsListed: items_listed,
    IterationEnded: iteration_ended,
    IterationsKept: iterations_kept,
    BodyFailed: body_failed,
    DeadlinePassed: deadline_passed,
    EndReached: end_reached,
}
