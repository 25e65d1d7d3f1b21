"""`each`: a body for every item of a list, so many at a time."""

from collections.abc import Sequence

from treadle.core.folding.changes import joining_of
from treadle.core.measuring import STATE_BYTES, fits, too_large
from treadle.core.nodes.bodies import complete, failure_of, has_room, open_body, take_in
from treadle.core.nodes.failing import fail, fail_bound, fail_rejected
from treadle.core.nodes.iterating import end_iteration, forgotten, may_be_undone, undone_inside
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import ItemsListed, IterationsKept
from treadle.model.execution import Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import Path
from treadle.model.json import Json
from treadle.model.program import EachNode


def enter(turn: Turn, frame: Frame, node: EachNode, path: Path) -> None:
    """Render the items once, and open as many as may run at a time."""
    try:
        items = node.items(Scope(execution=turn.execution, frame=frame))
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    if not isinstance(items, list | tuple):
        fail_rejected(turn, frame, ExpressionError("not_a_list", f"the items of {path} are no list"))
        return
    if len(items) > turn.bounds.items:
        most = turn.bounds.items
        fail_bound(turn, frame, "items", f"{path} has {len(items)} items: {most} may be in one `each`")
        return
    if not fits(turn, items):
        fail_bound(turn, frame, STATE_BYTES, too_large(turn))
        return
    kept = standing(turn, frame, node, items)
    others = of_other_items(turn, frame, node, items)
    turn.emit(ItemsListed(at=turn.now, frame=frame.id, path=path, items=tuple(items), forgotten=others))
    if kept:
        turn.emit(IterationsKept(at=turn.now, frame=frame.id, path=path, keys=kept))
    go_on(turn, turn.frame(frame.id), node)


def standing(turn: Turn, frame: Frame, node: EachNode, items: Sequence[Json]) -> tuple[str, ...]:
    """The items, by index, whose results stand from an earlier run: the same item, and nothing undone."""
    visit = turn.execution.visits[f"{node.id}{frame.suffix}"]
    if visit.standing is None or visit.items is None:
        return ()
    undone = undone_inside(turn, node, frame.suffix, visit.standing.since)
    before = visit.items
    return tuple(
        key
        for key in sorted(visit.standing.results, key=int)
        for index in (int(key),)
        if index not in undone and index < min(len(items), len(before)) and items[index] == before[index]
    )


def of_other_items(turn: Turn, frame: Frame, node: EachNode, items: Sequence[Json]) -> tuple[str, ...]:
    """The keys of what an earlier run began for an item that is another now, for which it does not stand."""
    before = items_of(turn, frame, node)
    return tuple(
        key
        for index, item in enumerate(before)
        if index >= len(items) or items[index] != item
        for key in forgotten(turn, node, f"{frame.suffix}[{index}]")
    )


def joined(turn: Turn, node: EachNode, child: Frame) -> None:
    """An item has ended: open the next, or end the visit with the last."""
    if child.ending is None:
        frame = end_iteration(turn, node, child, kept_as=str(child.index))
    elif child.ending.failure is not None and node.collects:
        failure = failure_of(child)
        result = {"failure": {"kind": failure.kind.value, "code": failure.code, "message": failure.message}}
        frame = end_iteration(turn, node, child, kept_as=str(child.index), result=result)
    else:
        frame = take_in(turn, child)
    go_on(turn, frame, node)


def go_on(turn: Turn, frame: Frame, node: EachNode) -> None:
    """Open what may be opened; when nothing runs and nothing is left, the visit is over."""
    if frame.ending is not None:
        return
    if frame.joining is None or not frame.joining.is_stopping:
        open_more(turn, frame, node)
        frame = turn.frame(frame.id)
    if frame.path is None or frame.children > frame.trailing:
        return
    joining = frame.joining
    if joining is not None and joining.is_stopping and joining.failure is not None:
        fail(turn, frame, joining.failure)
        return
    count = len(items_of(turn, frame, node))
    results = joining_of(frame).results
    output = [results[str(index)] for index in range(count)]
    complete(turn, frame, node, output, next_=node.next, keeps_parts=may_be_undone(turn, node))


def open_more(turn: Turn, frame: Frame, node: EachNode) -> None:
    """Open the next items, as long as fewer than `concurrency` run.

    Where more frames may not live, items wait for those of this visit that do.
    """
    count = len(items_of(turn, frame, node))
    free = node.concurrency - (frame.children - frame.trailing)
    joining = joining_of(frame)
    index, kept = joining.opened, joining.results
    while free > 0 and index < count:
        if str(index) not in kept:
            now = turn.frame(frame.id)
            if len(turn.execution.frames) >= turn.bounds.frames and now.children > now.trailing:
                return
            if not has_room(turn, now, 1):
                return
            open_body(turn, frame, node.body, index)
            free -= 1
        index += 1


def items_of(turn: Turn, frame: Frame, node: EachNode) -> tuple[Json, ...]:
    """The items of the open visit."""
    return turn.execution.visits[f"{node.id}{frame.suffix}"].items or ()
