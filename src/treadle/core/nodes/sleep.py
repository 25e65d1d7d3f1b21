"""`sleep`: a timer that outlives the process."""

from treadle.core.backoff import unit
from treadle.core.nodes.failing import fail_rejected
from treadle.core.scope import Scope
from treadle.core.turn import Turn
from treadle.model.events import NodeCompleted, TimerFired, TimerStarted
from treadle.model.execution import Frame
from treadle.model.expression import ExpressionError
from treadle.model.ids import Instant, Path
from treadle.model.instants import format_instant
from treadle.model.program import SleepNode


def enter(turn: Turn, frame: Frame, node: SleepNode, path: Path) -> None:
    """Start the timer; one that is due already fires at once."""
    try:
        wake_at = wakes_at(turn, frame, node, path)
    except ExpressionError as error:
        fail_rejected(turn, frame, error)
        return
    turn.emit(TimerStarted(at=turn.now, frame=frame.id, path=path, wake_at=wake_at))
    if wake_at <= turn.now:
        fired(turn, turn.frame(frame.id), node, path)


def wakes_at(turn: Turn, frame: Frame, node: SleepNode, path: Path) -> Instant:
    """The instant of waking, the hashed part of the jitter included."""
    roots = Scope(turn.execution, frame)
    jitter = int(node.jitter_ms * unit(f"{turn.execution.id}/{path}"))
    if node.until is not None:
        return Instant(int(node.until(roots)) + jitter)
    if node.duration_ms is None:
        raise ValueError(f"{node.id} sleeps neither for a duration nor until an instant")
    return Instant(turn.now + int(node.duration_ms(roots)) + jitter)


def fired(turn: Turn, frame: Frame, node: SleepNode, path: Path) -> None:
    """The timer is due."""
    slept_until = frame.wake_at if frame.wake_at is not None else turn.now
    turn.emit(TimerFired(at=turn.now, frame=frame.id, path=path))
    output = {"slept_until": format_instant(slept_until)}
    turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, output=output, next=node.next))
