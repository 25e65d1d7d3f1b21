"""Going on: from a state to the next in which only the outside can move it.

What comes next is a function of the state alone. A step takes one frame on; steps follow one another
until none can be taken or the bound of one decision is reached.
"""

from collections.abc import Callable
from typing import Final

from treadle.core import callbacks, compensating, ending
from treadle.core.entering import enter_next
from treadle.core.folding.changes import is_callback_awaited
from treadle.core.folding.draft import State
from treadle.core.nodes.child import start_child
from treadle.core.nodes.failing import give_up
from treadle.core.nodes.table import KINDS
from treadle.core.required import required
from treadle.core.status import is_behind_losers
from treadle.core.stopping import children_to_stop, has_child_to_stop, is_stopping, stop
from treadle.core.turn import Turn
from treadle.core.unknowns import start_probe
from treadle.model.events import BranchCancelled, BranchJoined
from treadle.model.execution import Frame, Phase, Role
from treadle.model.program import ChildNode

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
CLOSING: Final = Phase.CLOSING
READY: Final = Phase.READY
UNDOING: Final = Phase.UNDOING
UNDO: Final = Role.UNDO

STANDING: Final = frozenset({Phase.READY, Phase.JOINING})
AWAKE: Final = STANDING | {Phase.UNDOING, Phase.CLOSING}
"""Where a frame stands that may take a step: asked first, because most of many frames stand elsewhere."""


def settle(turn: Turn) -> None:
    """Take every step that can be taken now, at most `bounds.transitions` visits entered or left.

    Nor further than the step that brings what they record beyond `bounds.decision_bytes`.
    """
    bytes_max = turn.payload_bytes + turn.bounds.decision_bytes
    while (frame := runnable(turn.execution)) is not None:
        if turn.is_spent() or turn.payload_bytes > bytes_max:
            return
        step_of(turn, frame)(turn, frame)
    turn.is_settled = True


def conclude(turn: Turn) -> None:
    """Take every step that begins nothing: bodies end and join, what is to stop is told to.

    No bound cuts it short, or what has ended would end after what is due later; nothing that it opens is
    gone through before something begins in it, so there are no more such steps than frames.
    """
    while (frame := concludable(turn)) is not None:
        step_of(turn, frame)(turn, frame)


def concludable(turn: Turn) -> Frame | None:
    """The oldest frame whose next step begins nothing, but for those that have their place later."""
    found: Frame | None = None
    for frame in turn.execution.frames.values():
        if (
            frame.phase in AWAKE
            and (found is None or frame.id < found.id)
            and frame.id not in turn.later
            and can_conclude(turn.execution, frame)
        ):
            found = frame
    return found


def can_conclude(execution: State, frame: Frame) -> bool:
    """Whether the frame's next step can be taken, and begins nothing."""
    return frame.phase in AWAKE and is_runnable(execution, frame) and not begins(frame)


def runnable(execution: State) -> Frame | None:
    """The oldest frame that can be taken on, None when the execution waits, is paused or has ended.

    All that is left of one that has ended is its root, which is done.
    """
    if execution.paused is not None:
        return None
    found: Frame | None = None
    for frame in execution.frames.values():
        if frame.phase in AWAKE and (found is None or frame.id < found.id) and is_runnable(execution, frame):
            found = frame
    return found


def begins(frame: Frame) -> bool:
    """Whether the frame's next step begins something: a visit, an undo, a probe, or the end of the run.

    To go through an iteration without a node begins it as well.
    """
    if frame.role is UNDO or frame.phase is UNDOING:
        return True
    if frame.ending is None:
        is_fresh = frame.node is not None or (frame.index is not None and frame.last is None)
        return frame.phase is READY and (is_fresh or frame.parent is None)
    return frame.path is None and frame.children == 0 and (bool(frame.armed) or frame.parent is None)


def is_runnable(execution: State, frame: Frame) -> bool:
    """Whether a step of this frame can be taken.

    A body whose only child frames trail goes on; it does not end before they have closed.
    """
    phase = frame.phase
    if phase is READY and not frame.children:
        return True
    if phase is UNDOING:
        return frame.children == 0
    if phase is CLOSING:
        return is_callback_awaited(frame)
    if frame.children > frame.trailing:
        return is_stopping(frame) and has_child_to_stop(execution, frame)
    if frame.path is None and (frame.ending is not None or frame.node is None):
        return frame.children == 0
    if frame.trailing and is_behind_losers(execution, frame):
        return False
    return phase is READY or frame.ending is not None


def step_of(turn: Turn, frame: Frame) -> Callable[[Turn, Frame], None]:
    """What the frame's next step is: a table of its role and of where it stands."""
    if frame.role is UNDO:
        return undo_again
    if frame.children > frame.trailing:
        return stop_children
    if frame.path is not None:
        if frame.phase is CLOSING:
            return callbacks.close_wait
        return ask_on if frame.ending is None else give_up
    if frame.ending is not None:
        return undo_next if is_undone(turn, frame) else close
    return enter_next if frame.node is not None else close


def is_undone(turn: Turn, frame: Frame) -> bool:
    """Whether the body undoes its own list now: a scope that did not complete, and has something to undo."""
    if not frame.armed or frame.ending is None or frame.ending.is_completing:
        return False
    return turn.program.bodies[frame.body].is_scope


def ask_on(turn: Turn, frame: Frame) -> None:
    """The visit knows enough to ask on: start its child, or the probe of what ended unknown."""
    node = turn.program.nodes[required(frame.node, "node of the frame")]
    if isinstance(node, ChildNode):
        start_child(turn, frame, node)
    else:
        start_probe(turn, frame)


def stop_children(turn: Turn, frame: Frame) -> None:
    """Pass the word to stop on to the children, all at once: a search for each would cost their square."""
    for child in children_to_stop(turn.execution, frame):
        stop(turn, BranchCancelled(at=turn.now, frame=child.id), child.id)


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
    """Give the child's end, and its list of compensations, to the visit that opened it.

    One that trailed has nothing to give any more but its list, which is empty.
    """
    path = required(child.opener, "visit to join")
    if child.is_trailing:
        turn.emit(BranchJoined(at=turn.now, frame=child.id, path=path))
        return
    parent = turn.frame(required(child.parent, "parent to join"))
    node = turn.program.nodes[required(parent.node, "node to join")]
    joined = required(KINDS[type(node)].joined, "body to join")
    joined(turn, node, child)
