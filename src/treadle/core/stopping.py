"""Telling frames to stop, and the child executions that they wait for."""

from typing import Final

from treadle.core.folding.draft import State
from treadle.core.turn import Turn
from treadle.model.commands import CancelExecution, PassDeadline
from treadle.model.effects import Notice
from treadle.model.events import BranchCancelled, CancelRequested, DeadlinePassed, EndReached
from treadle.model.execution import Failure, FailureKind, Frame, Role
from treadle.model.ids import FrameId

DEADLINE: Final = "deadline"


def stop(
    turn: Turn,
    event: BranchCancelled | CancelRequested | DeadlinePassed | EndReached,
    frame_id: FrameId,
) -> None:
    """Let the event tell the frame to stop. A child execution that it awaits is told by its inbox."""
    before = turn.frame(frame_id)
    turn.emit(event)
    child = turn.frame(frame_id).child
    if child is None or before.ending is not None:
        return
    command = PassDeadline() if _is_late(turn, frame_id) else CancelExecution(actor="engine")
    turn.owe(Notice(execution_id=child.id, command=command))


def _is_late(turn: Turn, frame_id: FrameId) -> bool:
    """Whether it stops because a deadline has passed, its own or that of the execution."""
    return any(
        frame.ending is not None and is_deadline(frame.ending.failure)
        for frame in (turn.frame(frame_id), turn.root)
    )


def is_deadline(failure: Failure | None) -> bool:
    """Whether it is the failure of a deadline."""
    return failure is not None and failure.code == DEADLINE and failure.kind is FailureKind.TIMEOUT


def children_to_stop(execution: State, frame: Frame) -> list[Frame]:
    """The live bodies below a frame that stops, which were not told yet, oldest first."""
    found = [child for child in execution.frames.values() if is_to_stop(child, frame)]
    return sorted(found, key=lambda child: child.id)


def has_child_to_stop(execution: State, frame: Frame) -> bool:
    """Whether there is any."""
    return any(is_to_stop(child, frame) for child in execution.frames.values())


def is_to_stop(child: Frame, frame: Frame) -> bool:
    """Whether it is a body below the frame that was not told yet; a shielded one is not told."""
    return (
        child.parent == frame.id
        and child.ending is None
        and child.role is Role.BODY
        and not child.is_shielded
    )


def is_stopping(frame: Frame) -> bool:
    """Whether the child frames of this one are to stop."""
    return frame.ending is not None or (frame.joining is not None and frame.joining.is_stopping)
