"""Folds of child frames: opened, told to stop, failed, joined; items and turns."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import (
    Fold,
    add_child,
    change_frame,
    change_visit,
    joining_of,
    merged,
    output_of,
    remove_child,
    stopped,
    visit_key,
)
from treadle.core.folding.draft import Draft
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
from treadle.model.execution import Ending, Frame, Joining, Phase, Visit
from treadle.model.ids import FrameId, Path
from treadle.model.persistent import PersistentMap, put, without


def branch_chosen(draft: Draft, event: BranchChosen) -> None:
    change_visit(draft, visit_key(event.path), case=event.case)


def branch_opened(draft: Draft, event: BranchOpened) -> None:
    parent = draft.frames[event.parent]
    items = draft.visits[visit_key(event.path)].items
    child = Frame(
        id=FrameId(draft.version),
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
        before = joining or Joining(numbers=draft.numbers)
        joining = replace(before, opened=event.index + 1)
    add_child(draft, child, phase=Phase.JOINING, joining=joining)


def branch_joined(draft: Draft, event: BranchJoined) -> None:
    child = draft.frames[event.frame]
    parent = draft.frames[required(child.parent, "parent to join")]
    joining = parent.joining
    if event.kept_as is not None:
        joining = _keeping(parent, event.kept_as, output_of(draft, child))
    remove_child(draft, child, armed=merged(draft, parent.armed, child.armed), joining=joining)


def _keeping(parent: Frame, name: str, output: object) -> Joining:
    joining = joining_of(parent)
    return replace(joining, results=put(joining.results, name, output))


def branch_failed(draft: Draft, event: BranchFailed) -> None:
    joining = joining_of(draft.frames[event.frame])
    failing = replace(joining, failure=event.failure, is_stopping=joining.is_stopping or event.is_stopping)
    change_frame(draft, event.frame, joining=failing)


def branch_cancelled(draft: Draft, event: BranchCancelled) -> None:
    frame = draft.frames[event.frame]
    parent = draft.frames[required(frame.parent, "parent of the branch")]
    if not event.is_trailing:
        ending = Ending(is_completing=parent.ending is not None and parent.ending.is_completing)
        draft.frames[frame.id] = stopped(frame, ending)
        return
    trailing = stopped(frame, Ending()) if frame.ending is None else frame
    draft.frames[frame.id] = replace(trailing, is_trailing=True)
    draft.frames[parent.id] = replace(parent, trailing=parent.trailing + 1)


def items_listed(draft: Draft, event: ItemsListed) -> None:
    change_visit(draft, visit_key(event.path), items=event.items)
    if event.forgotten:
        _forget(draft, event.forgotten, draft.frames[event.frame].suffix)


def iterations_kept(draft: Draft, event: IterationsKept) -> None:
    standing = draft.visits[visit_key(event.path)].standing or Joining()
    kept = {key: standing.results[key] for key in event.keys}
    joining = Joining(opened=event.opened, ended=event.opened, numbers=draft.numbers, results=kept)
    change_frame(draft, event.frame, joining=joining)


def iteration_ended(draft: Draft, event: IterationEnded) -> None:
    child = draft.frames[event.frame]
    parent = draft.frames[required(child.parent, "parent to join")]
    joining = joining_of(parent)
    given = output_of(draft, child) if event.result is UNSET else event.result
    counted = replace(joining, ended=joining.ended + 1, results=put(joining.results, event.kept_as, given))
    remove_child(draft, child, armed=merged(draft, parent.armed, child.armed), joining=counted)
    _forget(draft, event.forgotten, parent.suffix)


def _forget(draft: Draft, forgotten: tuple[str, ...], outside: str) -> None:
    """Visits leave the state; the highest number of each node stays, for the name of its next visit."""
    numbers = draft.numbers
    for key in forgotten:
        visit = draft.visits.get(key)
        highest = numbers.get(key) or 0
        if visit is not None:
            del draft.visits[key]
            highest = max(highest, visit.number)
        if key in numbers:
            numbers = without(numbers, key)
        name = f"{key.partition('[')[0]}{outside}"
        if highest > (numbers.get(name) or 0):
            numbers = put(numbers, name, highest)
    earlier = _without_visits(draft.earlier, frozenset(forgotten))
    draft.change(earlier=earlier, numbers=numbers)


def _without_visits(earlier: PersistentMap[Path, Visit], keys: frozenset[str]) -> PersistentMap[Path, Visit]:
    for path in [path for path in earlier if visit_key(path) in keys]:
        earlier = without(earlier, path)
    return earlier


def body_failed(draft: Draft, event: BodyFailed) -> None:
    change_frame(draft, event.frame, ending=Ending(failure=event.failure), node=None)


def deadline_passed(draft: Draft, event: DeadlinePassed) -> None:
    frame = draft.frames[event.frame]
    draft.frames[frame.id] = replace(stopped(frame, Ending(failure=event.failure)), deadline_at=None)
    if event.path is None:
        reason = draft.reason if draft.is_stuck else None
        draft.change(deadline_at=None, paused=None, reason=reason)


def end_reached(draft: Draft, event: EndReached) -> None:
    ending = Ending(failure=event.failure, is_completing=event.failure is None, output=event.output)
    draft.frames[ROOT_FRAME] = stopped(draft.frames[ROOT_FRAME], ending)


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
