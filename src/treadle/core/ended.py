"""When a body came to its end, read from what stands: in a pause ends are recorded, and taken in later."""

from typing import Final

from treadle.core.folding.draft import State
from treadle.core.stopping import is_deadline
from treadle.model.execution import Frame
from treadle.model.ids import Instant

AT_ONCE: Final = Instant(0)
"""What a stop asks for has no instant of its own: it goes before all that has."""


def came_at(execution: State, frame: Frame) -> tuple[Instant, int]:
    """The instant from which on the frame could be taken on, and the `seq` of what let it, 0 if not known.

    A visit that stops because of a branch stops with the first of its branches that failed.
    """
    if frame.path is None:
        return _ended_at(execution, frame)
    if frame.ending is not None:
        return AT_ONCE, 0
    failed = [
        _ended_at(execution, one)
        for one in execution.frames.values()
        if one.parent == frame.id and has_failed(one)
    ]
    return min(failed, default=(AT_ONCE, 0))


def _ended_at(execution: State, frame: Frame) -> tuple[Instant, int]:
    if frame.node is not None or frame.last is None:
        return AT_ONCE, 0
    visit = execution.visits[frame.last]
    return visit.ended_at or AT_ONCE, visit.closed


def has_failed(frame: Frame) -> bool:
    """Whether the body of a branch has come to its end by a failure, but for that of a deadline."""
    ending = frame.ending
    return (
        ending is not None
        and ending.failure is not None
        and frame.path is None
        and frame.parent is not None
        and not is_deadline(ending.failure)
    )
