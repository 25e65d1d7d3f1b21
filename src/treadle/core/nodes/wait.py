"""`wait`: for one signal, for the first or for each of several, or for a number of them."""

from treadle.core.nodes.bodies import complete
from treadle.core.nodes.failing import fail
from treadle.core.required import required
from treadle.core.signals import is_over, take_kept, taken_output
from treadle.core.turn import Turn
from treadle.model.events import WaitClosed, WaitOpened
from treadle.model.execution import Failure, FailureKind, Frame
from treadle.model.ids import Instant, Path
from treadle.model.program import WaitNode

WAIT_TIMEOUT = "wait_timeout"


def enter(turn: Turn, frame: Frame, node: WaitNode, path: Path) -> None:
    """Open the wait; signals that were kept for it are taken at once, in the order in which they came."""
    wake_at = None if node.timeout_ms is None else Instant(turn.now + node.timeout_ms)
    turn.emit(
        WaitOpened(
            at=turn.now,
            frame=frame.id,
            path=path,
            signals=node.signals,
            mode=node.mode,
            count=node.count,
            wake_at=wake_at,
        )
    )
    take_kept(turn, frame.id)
    close_if_over(turn, turn.frame(frame.id), node)


def close_if_over(turn: Turn, frame: Frame, node: WaitNode) -> None:
    """Complete the visit once all that it waits for has come."""
    wait = required(frame.wait, "open wait")
    if is_over(wait):
        path = required(frame.path, "visit that waits")
        turn.emit(WaitClosed(at=turn.now, frame=frame.id, path=path))
        complete(turn, frame, node, taken_output(wait), next_=node.next)


def fired(turn: Turn, frame: Frame, node: WaitNode, path: Path) -> None:
    """Nothing more came in time."""
    turn.emit(WaitClosed(at=turn.now, frame=frame.id, path=path, is_timed_out=True))
    if node.goes_on:
        complete(turn, frame, node, {"timed_out": True}, next_=node.next)
        return
    names = ", ".join(node.signals)
    message = f"no signal {names} came within {node.timeout_ms} ms"
    failure = Failure(kind=FailureKind.TIMEOUT, code=WAIT_TIMEOUT, message=message, path=path)
    fail(turn, frame, failure)
