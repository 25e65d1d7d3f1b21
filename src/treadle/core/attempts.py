"""Starting attempts: of a visit, an undo or a hook, all the same."""

from msgspec import UNSET, UnsetType

from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import ActivityStarted
from treadle.model.ids import FrameId, Path
from treadle.model.program import ActivityPlan
from treadle.model.requests import Request


def start_first_attempt(
    turn: Turn,
    frame: FrameId,
    *,
    path: Path | None,
    key: str,
    plan: ActivityPlan,
    request: Request | UnsetType = UNSET,
) -> None:
    """Owe the first attempt. `request` UNSET: it stands in the state already, with the compensation."""
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
    activity = required(standing.activity, "activity to try again")
    turn.start(
        ActivityStarted(
            at=turn.now,
            frame=frame,
            path=standing.path or standing.compensates,
            attempt=activity.number + 1,
        )
    )
