"""Bodies of composite nodes: opened as child frames, and taken in when they end."""

from typing import Final

import msgspec

from treadle.core.folding.changes import output_of
from treadle.core.measuring import STATE_BYTES, fits, too_large
from treadle.core.nodes.failing import fail, fail_bound
from treadle.core.required import required
from treadle.core.standing import begun_at
from treadle.core.turn import Turn
from treadle.model.events import BranchJoined, BranchOpened, NodeCompleted
from treadle.model.execution import Failure, Frame
from treadle.model.ids import NodeId
from treadle.model.json import Json
from treadle.model.program import ProgramNode


class Opening(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a body begins: with the failure that it has caught, or shielded.

    `is_anew`: what an earlier run did in it is done again.
    """

    failure: Failure | None = None
    is_shielded: bool = False
    is_anew: bool = False


PLAIN: Final = Opening()


def open_body(
    turn: Turn, frame: Frame, body: str, index: int | None = None, opening: Opening = PLAIN
) -> None:
    """Open the body in a child frame of `frame`; `index` makes it an iteration of its own."""
    execution, suffix, after = turn.execution, frame.suffix, 0
    if execution.run > 1:
        visit = execution.visits[f"{frame.node}{suffix}"]
        after = execution.version if opening.is_anew else begun_at(visit)
    turn.emit(
        BranchOpened(
            at=turn.now,
            parent=frame.id,
            path=required(frame.path, "visit that opens the body"),
            body=body,
            node=turn.program.bodies[body].start,
            suffix=suffix if index is None else f"{suffix}[{index}]",
            index=index,
            failure=opening.failure,
            is_shielded=opening.is_shielded,
            after=after,
        )
    )


def open_only(turn: Turn, frame: Frame, body: str, opening: Opening = PLAIN) -> None:
    """Open the only body of a visit that begins, or fail the visit where no more frames may live."""
    if has_room(turn, frame, 1):
        open_body(turn, frame, body, opening=opening)


def has_room(turn: Turn, frame: Frame, wanted: int) -> bool:
    """Whether `wanted` more frames may live; if not, the open visit of the frame fails for it."""
    live, most = len(turn.execution.frames), turn.bounds.frames
    if live + wanted <= most:
        return True
    fail_bound(turn, frame, "frames", f"{live} frames live and {wanted} more are asked for: {most} may")
    return False


def take_in(turn: Turn, child: Frame, *, kept_as: str | None = None) -> Frame:
    """Let a body that has ended join; the frame of its visit as it stands then."""
    path = required(child.opener, "visit to join")
    turn.emit(BranchJoined(at=turn.now, frame=child.id, path=path, kept_as=kept_as))
    return turn.frame(required(child.parent, "parent to join"))


def failure_of(child: Frame) -> Failure:
    """Why the body failed that was not told to stop."""
    ending = required(child.ending, "end of the body")
    return required(ending.failure, "failure of the body")


def complete(
    turn: Turn,
    frame: Frame,
    node: ProgramNode,
    output: Json,
    *,
    next_: NodeId | None,
    keeps_parts: bool = False,
) -> None:
    """The open visit of the frame is over, and the frame goes on to `next_`."""
    path = required(frame.path, "open visit")
    if not fits(turn, output):
        fail_bound(turn, frame, STATE_BYTES, too_large(turn))
        return
    completed = NodeCompleted(
        at=turn.now, frame=frame.id, path=path, output=output, next=next_, keeps_parts=keeps_parts
    )
    turn.emit(completed)


def took_only(turn: Turn, child: Frame) -> tuple[Frame, Json] | None:
    """Take in the only body of a visit: the frame and the body's output, if it completed.

    Otherwise the visit has failed with it, or the frame was told to stop and is given up next.
    """
    value = output_of(turn.execution, child)
    frame = take_in(turn, child)
    if frame.ending is not None:
        return None
    if child.ending is not None:
        fail(turn, frame, failure_of(child))
        return None
    return frame, value
