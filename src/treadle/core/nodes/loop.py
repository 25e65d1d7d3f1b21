"""`loop`: one turn after the other, `while` something is so or `until` it is."""

from treadle.core.folding.changes import joining_of
from treadle.core.nodes.bodies import complete, failure_of, has_room, open_body, take_in
from treadle.core.nodes.failing import fail, fail_bound, fail_rejected
from treadle.core.nodes.iterating import end_iteration, may_be_undone, undone_inside
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import IterationsKept
from treadle.model.execution import Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import Path
from treadle.model.program import LoopNode

LAST = "last"
"""Under which name a loop keeps the output of its last turn."""


def enter(turn: Turn, frame: Frame, node: LoopNode, path: Path) -> None:
    """Begin with the first turn, or with the first whose result does not stand from an earlier run."""
    first = first_turn(turn, frame, node)
    if first > 0:
        kept = IterationsKept(at=turn.now, frame=frame.id, path=path, keys=(LAST,), opened=first)
        turn.emit(kept)
    begin_or_end(turn, turn.frame(frame.id), node)


def first_turn(turn: Turn, frame: Frame, node: LoopNode) -> int:
    """How many turns stand from an earlier run: those that ended, up to the first that was undone."""
    standing = turn.execution.visits[f"{node.id}{frame.suffix}"].standing
    if standing is None or standing.ended == 0:
        return 0
    return min((*undone_inside(turn, node, frame.suffix, standing.since), standing.ended))


def joined(turn: Turn, node: LoopNode, child: Frame) -> None:
    """A turn has ended. `until` still sees what it did; then its results leave."""
    if child.ending is not None:
        frame = take_in(turn, child)
        if frame.ending is None:
            fail(turn, frame, failure_of(child))
        return
    is_over = False
    if node.until is not None:
        try:
            is_over = bool(node.until(Scope(execution=turn.execution, frame=child)))
        except ExpressionError as error:
            # Whether this was the last turn is not known: a later run asks again over what the turn did.
            fail_rejected(turn, take_in(turn, child), error)
            return
    frame = end_iteration(turn, node, child, kept_as=LAST)
    if is_over:
        finish(turn, frame, node)
    else:
        begin_or_end(turn, frame, node)


def begin_or_end(turn: Turn, frame: Frame, node: LoopNode) -> None:
    """Begin the next turn if `while` says so and the bound allows it."""
    index = joining_of(frame).ended
    if node.while_ is not None:
        try:
            is_wanted = bool(
                node.while_(Scope(execution=turn.execution, frame=frame, extra={"index": index}))
            )
        except ExpressionError as error:
            fail_rejected(turn, frame, error)
            return
        if not is_wanted:
            finish(turn, frame, node)
            return
    if index >= node.max_iterations:
        fail_bound(turn, frame, "loop_bound", f"{frame.path} has made {index} turns, as many as it may")
        return
    if has_room(turn, frame, 1):
        open_body(turn, frame, node.body, index)


def finish(turn: Turn, frame: Frame, node: LoopNode) -> None:
    """The output is that of the last turn, null if none ran."""
    output = joining_of(frame).results.get(LAST)
    complete(turn, frame, node, output, next_=node.next, keeps_parts=may_be_undone(turn, node))
