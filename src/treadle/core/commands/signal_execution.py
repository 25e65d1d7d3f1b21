"""A named message to an execution: the oldest wait that wants it takes it, or it is kept."""

from treadle.core.measuring import fits, too_large
from treadle.core.nodes.wait import close_if_over
from treadle.core.required import required
from treadle.core.signals import entry_for, faults_of, open_waits
from treadle.core.turn import Turn
from treadle.model.commands import SendSignal
from treadle.model.decision import Refused
from treadle.model.events import SignalKept, SignalReceived
from treadle.model.execution import Frame
from treadle.model.ids import Instant, NodeId
from treadle.model.program import WaitNode
from treadle.model.waiting import SignalKey

FAULTS_TOLD = 5
"""How many faults of a payload are told at most."""


def send_signal(turn: Turn, command: SendSignal) -> Refused | None:
    """While paused it is kept: what waits takes it on resume. One that comes again changes nothing.

    It is kept as well when it comes too late for what waits.
    """
    if command.key is not None and (used := turn.execution.signal_keys.get(command.key.key)) is not None:
        return None if used.digest == command.key.digest else _mismatch(command.key)
    if turn.execution.ended is not None:
        return Refused(code="execution_ended", message="the execution has ended and takes no signals")
    names = turn.program.waits
    if command.name not in names:
        known = ", ".join(sorted(names)) or "none at all"
        return Refused(code="unknown_signal", message=f"no wait is for {command.name}: known are {known}")
    waiting = [frame for frame in open_waits(turn.execution, command.name) if not is_late(turn, frame)]
    refused = _invalid(turn, command, waiting)
    if refused is not None:
        return refused
    if not fits(turn, command.payload):
        return Refused(code="signals_full", message=f"the signal is too large: {too_large(turn)}")
    if waiting and turn.execution.paused is None:
        _take(turn, waiting[0], command)
        return None
    if len(turn.execution.signals) >= turn.bounds.kept_signals:
        most = turn.bounds.kept_signals
        return Refused(code="signals_full", message=f"{most} signals are kept already: none more may be")
    expires_at = Instant(turn.now + turn.bounds.signal_kept_ms)
    turn.emit(
        SignalKept(
            at=turn.now,
            name=command.name,
            payload=command.payload,
            expires_at=expires_at,
            actor=command.actor,
            key=command.key,
        )
    )
    return None


def is_late(turn: Turn, frame: Frame) -> bool:
    """Whether the time of the wait is over, and that has not been said since the execution is held."""
    return frame.wake_at is not None and frame.wake_at <= turn.now


def _mismatch(key: SignalKey) -> Refused:
    return Refused(code="idempotency_mismatch", message=f"another signal came under the key {key.key}")


def _invalid(turn: Turn, command: SendSignal, waiting: list[Frame]) -> Refused | None:
    """The payload has to fit the oldest open wait or, with none open, any wait of that name."""
    if waiting:
        faults = faults_of(turn.program, waiting[0], command.payload)
    else:
        asked = [_wait(turn, name) for name in turn.program.waits[command.name]]
        found = [faults_of(turn.program, wait, command.payload) for wait in asked]
        faults = () if () in found else found[0]
    if not faults:
        return None
    told = "; ".join(f"{pointer or 'the payload'}: {message}" for pointer, message in faults[:FAULTS_TOLD])
    return Refused(code="invalid_signal", message=f"the payload of {command.name} does not fit: {told}")


def _wait(turn: Turn, node_id: NodeId) -> WaitNode:
    node = turn.program.nodes[node_id]
    return required(node if isinstance(node, WaitNode) else None, "wait of that name")


def _take(turn: Turn, frame: Frame, command: SendSignal) -> None:
    wait = required(frame.wait, "open wait")
    turn.emit(
        SignalReceived(
            at=turn.now,
            frame=frame.id,
            path=required(frame.path, "visit that waits"),
            name=command.name,
            index=required(entry_for(wait, command.name), "entry for the signal"),
            payload=command.payload,
            actor=command.actor,
            key=command.key,
        )
    )
    node = _wait(turn, required(frame.node, "node that waits"))
    close_if_over(turn, turn.frame(frame.id), node)
