"""The small steps that the folds are made of."""

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec.structs import replace

from treadle.core.required import required
from treadle.model.execution import Ending, Execution, Frame, Frames, Phase
from treadle.model.ids import FrameId, NodeId, Path

Changes: TypeAlias = dict[str, Any]
"""New values of fields of the execution; `version` and `updated_at` are set for every event."""
Fold: TypeAlias = Callable[..., Changes]
"""(execution, event, seq) -> Changes."""


def visit_key(path: Path) -> str:
    """The key in `Execution.visits` of the visit `path`: its path without the number."""
    return path.partition("~")[0] if "~" in path else path


def with_frame(execution: Execution, frame: FrameId, **changed: Any) -> Frames:
    """The frames, with some fields of one of them changed."""
    return execution.frames.put(frame, replace(execution.frames[frame], **changed))


def closed(frame: Frame, node: NodeId | None, ending: Ending | None) -> Frame:
    """The frame as it stands when its visit is over: ready, at `node`."""
    return replace(
        frame,
        phase=Phase.READY,
        node=node,
        path=None,
        activity=None,
        timer=None,
        wake_at=None,
        ending=ending,
    )


def without_child(execution: Execution, child: Frame, **changed: Any) -> Frames:
    """The frames without `child`, its parent counting one child less."""
    parent = execution.frames[required(child.parent, "parent of the child")]
    shrunk = replace(parent, children=parent.children - 1, **changed)
    return execution.frames.without(child.id).put(parent.id, shrunk)
