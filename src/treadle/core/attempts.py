"""Starting attempts: of a visit, an undo, a probe or a hook, all the same."""

from typing import Final

from msgspec import UNSET, UnsetType

from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import ActivityStarted
from treadle.model.execution import Frame, Phase, Role
from treadle.model.ids import FrameId, Instant, Path
from treadle.model.program import ActivityPlan, CallbackPlan, TaskNode
from treadle.model.requests import Request

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
BODY: Final = Role.BODY
BUSY: Final = Phase.BUSY
CLOSING: Final = Phase.CLOSING


def is_out(frame: Frame) -> bool:
    """Whether a call of the frame is out. One that closes may await a callback, or a child, instead."""
    if frame.phase is BUSY:
        return True
    activity = frame.activity
    return (
        frame.phase is CLOSING and frame.child is None and activity is not None and activity.accepted is None
    )


def place_of(frame: Frame) -> Path | None:
    """The visit that the frame's activity is for; None for a hook."""
    return frame.path or frame.compensates or frame.opener


def start_first_attempt(
    turn: Turn,
    frame: FrameId,
    *,
    path: Path | None,
    key: str,
    plan: ActivityPlan,
    request: Request | UnsetType = UNSET,
) -> None:
    """Owe the first attempt, which awaits no callback.

    `request` UNSET: it stands in the state already, with the compensation.
    """
    turn.start(
        ActivityStarted(
            at=turn.now,
            frame=frame,
            path=path,
            attempt=1,
            key=key,
            request=request,
            timeout_ms=plan.timeout_ms,
        )
    )


def start_next_attempt(turn: Turn, frame: FrameId) -> None:
    """Owe the next attempt of the frame's activity: the same bytes under the same key."""
    standing = turn.frame(frame)
    activity, plan = required(standing.activity, "activity to try again"), callback_plan(turn, standing)
    turn.start(
        ActivityStarted(
            at=turn.now,
            frame=frame,
            path=place_of(standing),
            attempt=activity.number + 1,
            callback_until=None if plan is None else callback_until(turn, plan),
        )
    )


def callback_plan(turn: Turn, frame: Frame) -> CallbackPlan | None:
    """The callback that ends the frame's attempts, None if their answers do."""
    if frame.role is not BODY or frame.node is None:
        return None
    node = turn.program.nodes[frame.node]
    return node.callback if isinstance(node, TaskNode) else None


def callback_until(turn: Turn, plan: CallbackPlan) -> Instant:
    """Until when an attempt that begins now awaits its callback."""
    return Instant(turn.now + plan.timeout_ms)
