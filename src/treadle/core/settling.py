"""Going on: from a state to the next in which only the outside can move it.

What comes next is a function of the state alone. A step takes one frame on; steps follow one another
until none can be taken or the bound of one decision is reached.
"""

from collections.abc import Callable

from msgspec import UNSET

from treadle.core import compensating, ending
from treadle.core.nodes.failing import fail_rejected
from treadle.core.nodes.table import KINDS
from treadle.core.required import required
from treadle.core.scope import Scope
from treadle.core.turn import TRANSITIONS_MAX, Turn
from treadle.model.events import (
    BranchCancelled,
    BranchJoined,
    NodeCancelled,
    NodeEntered,
    NodeFailed,
    NodeSkipped,
)
from treadle.model.execution import Execution, Frame, Phase, Role
from treadle.model.expression import ExpressionError
from treadle.model.ids import Path, visit_path
from treadle.model.json import Json
from treadle.model.program import ProgramNode


def settle(turn: Turn) -> None:
    """Take every step that can be taken now, at most TRANSITIONS_MAX visits entered or left."""
    while turn.transitions < TRANSITIONS_MAX:
        frame = runnable(turn.execution)
        if frame is None:
            turn.is_settled = True
            return
        step(turn, frame)


def runnable(execution: Execution) -> Frame | None:
    """The oldest frame that can be taken on, None when the execution waits, is paused or has ended."""
    if execution.ended is not None or execution.paused is not None:
        return None
    found: Frame | None = None
    for frame in execution.frames.values():
        if (found is None or frame.id < found.id) and is_runnable(execution, frame):
            found = frame
    return found


def is_runnable(execution: Execution, frame: Frame) -> bool:
    """Whether a step of this frame can be taken."""
    if frame.ending is not None and frame.children:
        return _child_to_cancel(execution, frame) is not None
    if frame.phase is Phase.UNDOING:
        return frame.children == 0
    return (frame.phase is Phase.READY or frame.phase is Phase.JOINING) and frame.children == 0


def _child_to_cancel(execution: Execution, frame: Frame) -> Frame | None:
    """A live body below a frame that was told to stop."""
    for child in execution.frames.values():
        if child.parent == frame.id and child.role is Role.BODY and child.ending is None:
            return child
    return None


def step(turn: Turn, frame: Frame) -> None:
    """Take the frame one step on."""
    _step_of(turn, frame)(turn, frame)


def _step_of(turn: Turn, frame: Frame) -> Callable[[Turn, Frame], None]:
    """What the frame's next step is: a table of its role and of where it stands."""
    if frame.role is Role.UNDO:
        return undo_again
    if frame.ending is not None:
        if frame.children:
            return cancel_child
        if frame.path is not None:
            return give_visit_up
        return undo_next if frame.armed and _is_scope(turn, frame) else close
    return enter_next if frame.node is not None else close


def _is_scope(turn: Turn, frame: Frame) -> bool:
    return turn.program.bodies[frame.body].is_scope


def cancel_child(turn: Turn, frame: Frame) -> None:
    """Pass the word to stop on to a child."""
    child = required(_child_to_cancel(turn.execution, frame), "child to cancel")
    turn.emit(BranchCancelled(at=turn.now, frame=child.id))


def give_visit_up(turn: Turn, frame: Frame) -> None:
    """The frame was told to stop and nothing of its visit is in flight any more."""
    path = required(frame.path, "visit to give up")
    turn.emit(NodeCancelled(at=turn.now, frame=frame.id, path=path))


def undo_next(turn: Turn, frame: Frame) -> None:
    """Undo the newest on the scope's list."""
    compensating.start_newest(turn, frame)


def undo_again(turn: Turn, frame: Frame) -> None:
    """An operator asked for an exhausted compensation once more."""
    compensating.begin_or_repeat(turn, frame)


def close(turn: Turn, frame: Frame) -> None:
    """The body is over: the root ends the run, any other joins its parent."""
    if frame.parent is None:
        ending.end_run(turn, frame)
    else:
        join(turn, frame)


def join(turn: Turn, child: Frame) -> None:
    """Give the child's end, and its list of compensations, to the parent."""
    parent = turn.frame(required(child.parent, "parent to join"))
    path = required(parent.path, "visit to join")
    turn.emit(BranchJoined(at=turn.now, frame=child.id, path=path))
    if parent.ending is not None:
        return
    if child.ending is not None:
        failure = required(child.ending.failure, "failure of the body")
        turn.emit(NodeFailed(at=turn.now, frame=parent.id, path=path, failure=failure))
        return
    node = turn.program.nodes[required(parent.node, "node to join")]
    joined = required(KINDS[type(node)].joined, "body to join")
    joined(turn, turn.frame(parent.id), node, path, output_of(turn.execution, child))


def output_of(execution: Execution, frame: Frame) -> Json:
    """The output of the last node that the body entered; null without one."""
    if frame.last is None:
        return None
    output = execution.visits[frame.last].output
    return None if output is UNSET else output


def enter_next(turn: Turn, frame: Frame) -> None:
    """Enter the node at which the frame stands, or pass over it if its `when` says no."""
    node = turn.program.nodes[required(frame.node, "node to enter")]
    kind = KINDS[type(node)]
    number = next_number(turn.execution, node, frame)
    path = visit_path(node.id, frame.suffix, number)
    if node.when is not None:
        try:
            is_wanted = bool(node.when(Scope(turn.execution, frame)))
        except ExpressionError as error:
            _emit_entered(turn, frame, node, path, number)
            fail_rejected(turn, turn.frame(frame.id), error)
            return
        if not is_wanted:
            turn.emit(
                NodeSkipped(
                    at=turn.now,
                    frame=frame.id,
                    path=path,
                    node=node.id,
                    kind=kind.name,
                    number=number,
                    next=node.next,
                )
            )
            return
    _emit_entered(turn, frame, node, path, number)
    kind.enter(turn, turn.frame(frame.id), node, path)


def _emit_entered(turn: Turn, frame: Frame, node: ProgramNode, path: Path, number: int) -> None:
    name = KINDS[type(node)].name
    turn.emit(NodeEntered(at=turn.now, frame=frame.id, path=path, node=node.id, kind=name, number=number))


def next_number(execution: Execution, node: ProgramNode, frame: Frame) -> int:
    """Which visit of the node in this iteration the next one is, from 1."""
    visit = execution.visits.get(f"{node.id}{frame.suffix}")
    return 1 if visit is None else visit.number + 1
