"""What falls due: back-off, sleep, a start that was put off."""

from treadle.core.attempts import start_next_attempt
from treadle.core.nodes.table import KINDS
from treadle.core.required import required
from treadle.core.turn import Turn
from treadle.model.events import TimerFired
from treadle.model.execution import Execution, Frame, Phase
from treadle.model.ids import Instant


def fire_due(turn: Turn) -> None:
    """Let everything happen that is due by now, in the order of the instants; nothing while paused."""
    while True:
        frame = _earliest(turn.execution)
        if frame is None or frame.wake_at is None or frame.wake_at > turn.now:
            return
        _fire(turn, frame)


def next_wake_at(execution: Execution) -> Instant | None:
    """The earliest instant at which something falls due; None while paused or ended."""
    frame = _earliest(execution)
    return frame.wake_at if frame is not None else None


def _earliest(execution: Execution) -> Frame | None:
    if execution.paused is not None or execution.ended is not None:
        return None
    found: Frame | None = None
    for frame in execution.frames.values():
        if frame.wake_at is None:
            continue
        if found is None or (frame.wake_at, frame.id) < (found.wake_at, found.id):
            found = frame
    return found


def _fire(turn: Turn, frame: Frame) -> None:
    if frame.phase is Phase.BACKOFF:
        start_next_attempt(turn, frame.id)
        return
    if frame.path is None or frame.node is None:
        turn.emit(TimerFired(at=turn.now, frame=frame.id))
        return
    node = turn.program.nodes[frame.node]
    fired = required(KINDS[type(node)].fired, "timer of that kind")
    fired(turn, frame, node, frame.path)
