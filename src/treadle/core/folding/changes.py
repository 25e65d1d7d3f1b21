"""The small steps that the folds are made of."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.draft import Draft, State
from treadle.core.required import required
from treadle.model.events import Event
from treadle.model.execution import Ending, Frame, Joining, Phase
from treadle.model.ids import FrameId, NodeId, Path
from treadle.model.json import Json
from treadle.model.persistent import PersistentStack

# Names of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
READY: Final = Phase.READY

Fold: TypeAlias = Callable[..., None]
"""(draft, event): let the event change the draft; `version` and `updated_at` are the event's already."""


def visit_key(path: Path) -> str:
    """The key in `Execution.visits` of the visit `path`: its path without the number."""
    return path.partition("~")[0] if "~" in path else path


def change_frame(draft: Draft, frame: FrameId, **changed: Any) -> None:
    """Give some fields of the frame other values."""
    draft.frames[frame] = replace(draft.frames[frame], **changed)


def change_visit(draft: Draft, key: str, **changed: Any) -> None:
    """Give some fields of the newest visit at `key` other values."""
    draft.visits[key] = replace(draft.visits[key], **changed)


def changes_nothing(draft: Draft, event: Event) -> None:
    """What the event says stands in the history alone."""


def closed(frame: Frame, node: NodeId | None, ending: Ending | None) -> Frame:
    """The frame as it stands when its visit is over: ready, at `node`."""
    return replace(
        frame,
        phase=READY,
        node=node,
        path=None,
        activity=None,
        timer=None,
        wake_at=None,
        ending=ending,
        deadline_at=None,
        joining=None,
        wait=None,
        child=None,
    )


def stopped(frame: Frame, ending: Ending) -> Frame:
    """The frame once it was told to stop: what is in flight closes, what waits is ready to be given up.

    A callback or a child execution that is awaited is something in flight.
    """
    if frame.phase is Phase.BUSY:
        return replace(frame, phase=Phase.CLOSING, ending=ending)
    if frame.phase is Phase.WAITING and (frame.child is not None or is_callback_awaited(frame)):
        return replace(frame, phase=Phase.CLOSING, ending=ending, wake_at=None)
    if frame.phase in (Phase.SLEEPING, Phase.BACKOFF, Phase.WAITING):
        return replace(frame, phase=READY, ending=ending, wake_at=None, timer=None, wait=None)
    return replace(frame, ending=ending)


def is_callback_awaited(frame: Frame) -> bool:
    """Whether the trigger call of the open attempt was answered, and its callback has not come."""
    activity = frame.activity
    return activity is not None and activity.accepted is not None and activity.attempts[-1].outcome is None


def add_child(draft: Draft, child: Frame, **changed: Any) -> None:
    """Put in the frame `child`; its parent, with these changes, counts one child more."""
    parent = draft.frames[required(child.parent, "parent of the child")]
    draft.frames[child.id] = child
    draft.frames[parent.id] = replace(
        parent, children=parent.children + 1, trailing=parent.trailing + child.is_trailing, **changed
    )


def remove_child(draft: Draft, child: Frame, **changed: Any) -> None:
    """Take out the frame `child`; its parent, with these changes, counts one child less."""
    parent = draft.frames[required(child.parent, "parent of the child")]
    del draft.frames[child.id]
    draft.frames[parent.id] = replace(
        parent, children=parent.children - 1, trailing=parent.trailing - child.is_trailing, **changed
    )


def merged(
    execution: State, below: PersistentStack[Path], above: PersistentStack[Path]
) -> PersistentStack[Path]:
    """Both lists of compensations as one, in order of arming: the newest first."""
    if not above:
        return below
    if not below:
        return above

    def seq(path: Path) -> int:
        return execution.compensations[path].seq

    newer = list(above)
    oldest = seq(newer[-1])
    while below and seq(below.top) > oldest:
        newer.append(below.top)
        below = below.popped()
    for path in sorted(newer, key=seq):
        below = below.push(path)
    return below


def output_of(execution: State, frame: Frame) -> Json:
    """The output of the last node that the body entered; null without one."""
    if frame.last is None:
        return None
    output = execution.visits[frame.last].output
    return None if output is UNSET else output


def joining_of(frame: Frame) -> Joining:
    """What the composite visit at which the frame stands knows so far."""
    return frame.joining or Joining()
