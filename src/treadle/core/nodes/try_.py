"""`try`: a scope whose failure is caught after it was undone; `finally` runs however it ended."""

from typing import Final

from treadle.core.folding.changes import visit_key
from treadle.core.nodes.bodies import Opening, complete, open_body, open_only, take_in
from treadle.core.nodes.failing import fail
from treadle.core.required import required
from treadle.core.standing import nodes_of
from treadle.core.turn import Turn
from treadle.model.events import BranchFailed, NodeFailed
from treadle.model.execution import Failure, Frame, VisitStatus
from treadle.model.ids import Path
from treadle.model.program import TryNode

VALUE: Final = "value"
"""Under which name the output of the body, or of the clause that caught, is kept."""


def enter(turn: Turn, frame: Frame, node: TryNode, path: Path) -> None:
    """Open the body; it is a scope of its own."""
    open_only(turn, frame, node.body)


def joined(turn: Turn, node: TryNode, child: Frame) -> None:
    """One of the bodies has ended: the next is opened, or the visit is over."""
    if child.body == node.finally_:
        finally_joined(turn, node, child)
        return
    has_value = child.ending is None
    frame = take_in(turn, child, kept_as=VALUE if has_value else None)
    failure = child.ending.failure if child.ending is not None else None
    if failure is not None and frame.ending is None:
        if child.body == node.body and catch(turn, frame, node, failure):
            return
        note(turn, frame, failure)
    go_on(turn, turn.frame(frame.id), node)


def catch(turn: Turn, frame: Frame, node: TryNode, failure: Failure) -> bool:
    """Open the first clause that catches this kind of failure; whether there is one."""
    for clause in node.catches:
        if clause.on is None or failure.kind in clause.on:
            opening = Opening(failure=failure, is_anew=turn.execution.run > 1)
            open_body(turn, frame, clause.body, opening=opening)
            return True
    return False


def note(turn: Turn, frame: Frame, failure: Failure) -> None:
    """Keep why the visit is going to fail once its `finally` has run."""
    turn.emit(BranchFailed(at=turn.now, frame=frame.id, path=visit_of(frame), failure=failure))


def go_on(turn: Turn, frame: Frame, node: TryNode) -> None:
    """`finally`, if it has not run; then the end of the visit."""
    if node.finally_ is not None:
        is_anew = has_done_something(turn, frame, node)
        open_body(turn, frame, node.finally_, opening=Opening(is_shielded=True, is_anew=is_anew))
    elif frame.ending is None:
        finish(turn, frame, node)


def has_done_something(turn: Turn, frame: Frame, node: TryNode) -> bool:
    """Whether a later run has done more here than to pass over what stands: `finally` is owed again."""
    if turn.execution.run == 1:
        return False
    since = turn.execution.visits[visit_key(visit_of(frame))].seq
    bodies = (node.body, *(clause.body for clause in node.catches))
    inside = {one for body in bodies for one in nodes_of(turn.program, body)}
    visits = (turn.execution.visits.get(f"{one}{frame.suffix}") for one in inside)
    return any(
        visit is not None and visit.seq > since and visit.status is not VisitStatus.SKIPPED
        for visit in visits
    )


def finally_joined(turn: Turn, node: TryNode, child: Frame) -> None:
    """`finally` is over: its own failure replaces what the visit had come to."""
    frame = take_in(turn, child)
    failure = child.ending.failure if child.ending is not None else None
    if frame.ending is not None:
        if failure is not None:
            event = NodeFailed(at=turn.now, frame=frame.id, path=visit_of(frame), failure=failure)
            turn.emit(event)
        return
    if failure is not None:
        note(turn, frame, failure)
        frame = turn.frame(frame.id)
    finish(turn, frame, node)


def finish(turn: Turn, frame: Frame, node: TryNode) -> None:
    """The output is that of the body, or of the clause that caught its failure."""
    joining = required(frame.joining, "end of the body")
    if joining.failure is not None:
        fail(turn, frame, joining.failure)
    else:
        complete(turn, frame, node, joining.results[VALUE], next_=node.next)


def visit_of(frame: Frame) -> Path:
    """The open visit of the frame."""
    return required(frame.path, "open visit")
