"""What falls due: back-off, sleep, the time of a wait, a start that was put off, deadlines."""

from typing import Final

import msgspec

from treadle.core import callbacks
from treadle.core.attempts import start_next_attempt
from treadle.core.folding.draft import State
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.nodes.failing import rise
from treadle.core.nodes.table import KINDS
from treadle.core.required import required
from treadle.core.settling import conclude
from treadle.core.stopping import DEADLINE, stop
from treadle.core.turn import Turn
from treadle.core.unknowns import ENGINE, resume_if_resolved
from treadle.model.events import DeadlinePassed, TimerFired
from treadle.model.execution import Execution, Failure, FailureKind, Frame, Phase
from treadle.model.ids import FrameId, Instant
from treadle.model.program import TaskNode


class Due(msgspec.Struct, frozen=True, kw_only=True, order=True, gc=False):
    """Something that happens at an instant; a deadline goes before what is due with it.

    `frame` None is the execution itself.
    """

    at: Instant
    is_timer: bool
    frame: FrameId


# A name of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
BACKOFF: Final = Phase.BACKOFF

OF_EXECUTION: Final = FrameId(0)
"""In the place of a frame: the deadline is that of the execution."""


def fire_due(turn: Turn, by: Instant, *, is_bounded: bool) -> bool:
    """Let everything happen that is due by that instant, in the order of the instants, up to a pause.

    What ends by one has ended before the next: the branch that wins a race stops the others.
    `is_bounded`: at most so much as one decision may take, then False; what is left is due still.
    """
    while turn.execution.paused is None and (due := due_by(turn, by)) is not None:
        if is_bounded and turn.is_spent():
            return False
        happen(turn, due)
    return True


def happen(turn: Turn, due: Due) -> None:
    """Let the one thing happen, and what it ends."""
    if due.is_timer:
        fire(turn, turn.frame(due.frame))
    else:
        pass_deadline(turn, due.frame)
    conclude(turn)
    resume_if_resolved(turn, actor=ENGINE, reason="a deadline has passed")


def due_by(turn: Turn, by: Instant) -> Due | None:
    """What is due first, if that is by the instant. Nothing that starts an attempt while the turn is held."""
    due = earliest(turn.execution, BACKOFF if turn.is_held else None)
    return None if due is None or due.at > by else due


def next_wake_at(execution: Execution) -> Instant | None:
    """The earliest instant at which something falls due; None when nothing does."""
    due = earliest(execution)
    return due.at if due is not None else None


def earliest(execution: State, but: Phase | None = None) -> Due | None:
    """What falls due first; while paused that is a deadline. The timers of frames in the phase `but` wait."""
    if execution.ended is not None:
        return None
    found: Due | None = None
    if execution.deadline_at is not None and not is_decided(execution):
        found = Due(at=execution.deadline_at, is_timer=False, frame=OF_EXECUTION)
    for frame in execution.frames.values():
        if frame.wake_at is not None and execution.paused is None and frame.phase is not but:
            found = _earlier(found, frame.wake_at, frame.id, is_timer=True)
        if frame.deadline_at is not None and frame.ending is None:
            found = _earlier(found, frame.deadline_at, frame.id, is_timer=False)
    return found


def is_decided(execution: State) -> bool:
    """Whether how the run ends is known, so that its deadline does nothing any more."""
    return execution.outcome is not None or execution.frames[ROOT_FRAME].ending is not None


def is_past_deadline(turn: Turn) -> bool:
    """Whether a deadline has passed by now that has not acted."""
    execution = turn.execution
    if execution.ended is not None:
        return False
    is_late = execution.deadline_at is not None and execution.deadline_at <= turn.now
    if is_late and not is_decided(execution):
        return True
    return any(
        frame.deadline_at is not None and frame.deadline_at <= turn.now and frame.ending is None
        for frame in execution.frames.values()
    )


def _earlier(found: Due | None, at: Instant, frame: FrameId, *, is_timer: bool) -> Due:
    if found is not None and (found.at, found.is_timer, found.frame) < (at, is_timer, frame):
        return found
    return Due(at=at, is_timer=is_timer, frame=frame)


def fire(turn: Turn, frame: Frame) -> None:
    """The frame's own timer is due."""
    if frame.phase is Phase.BACKOFF:
        start_next_attempt(turn, frame.id)
        return
    if frame.path is None or frame.node is None:
        turn.emit(TimerFired(at=turn.now, frame=frame.id))
        return
    node = turn.program.nodes[frame.node]
    if isinstance(node, TaskNode):
        callbacks.timed_out(turn, frame)
        return
    fired = required(KINDS[type(node)].fired, "timer of that kind")
    fired(turn, frame, node, frame.path)


def pass_deadline(turn: Turn, frame_id: FrameId) -> None:
    """The visit at which the frame stands, or the execution, has taken too long: it stops, and fails."""
    if frame_id == OF_EXECUTION:
        fail_execution_late(turn)
        return
    frame = turn.frame(frame_id)
    path = required(frame.path, "visit with a deadline")
    failure = Failure(
        kind=FailureKind.TIMEOUT,
        code=DEADLINE,
        message=f"the deadline of {path} has passed",
        path=path,
        attempt=frame.activity.number if frame.activity is not None else None,
    )
    stop(turn, DeadlinePassed(at=turn.now, frame=frame_id, path=path, failure=failure), frame_id)
    rise(turn, frame_id, failure)


def fail_execution_late(turn: Turn) -> None:
    """The deadline of the execution: as a cancel, but it ends failed. It ends a pause."""
    message = "the deadline of the execution has passed"
    failure = Failure(kind=FailureKind.TIMEOUT, code=DEADLINE, message=message)
    stop(turn, DeadlinePassed(at=turn.now, frame=ROOT_FRAME, failure=failure), ROOT_FRAME)
