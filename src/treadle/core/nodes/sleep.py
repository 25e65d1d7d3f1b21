"""`sleep`: a timer that outlives the process."""

from treadle.core.backoff import unit
from treadle.core.nodes.failing import fail_rejected
from treadle.core.required import required
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
    roots = Scope(execution=turn.execution, frame=frame)
    jitter = int(node.jitter_ms * unit(f"{turn.execution.id}/{path}"))
    if node.until is not None:
        return Instant(int(node.until(roots)) + jitter)
    duration_ms = required(node.duration_ms, "duration or instant to sleep for")
    return Instant(turn.now + int(duration_ms(roots)) + jitter)


def fired(turn: Turn, frame: Frame, node: SleepNode, path: Path) -> None:
    """The timer is due, or a person has ended the sleep before."""
    slept_until = min(required(frame.wake_at, "instant of waking"), turn.now)
    turn.emit(TimerFired(at=turn.now, frame=frame.id, path=path))
    output = {"slept_until": format_instant(slept_until)}
    turn.emit(NodeCompleted(at=turn.now, frame=frame.id, path=path, output=output, next=node.next))
