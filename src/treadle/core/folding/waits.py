"""Folds of waits, signals and child executions."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, visit_key, with_frame
from treadle.core.required import required
from treadle.model.events import (
    ChildEnded,
    ChildStarted,
    MessageEmitted,
    SignalExpired,
    SignalKept,
    SignalReceived,
    VarsSet,
    WaitClosed,
    WaitOpened,
)
from treadle.model.execution import Execution, ExecutionStatus, Phase
from treadle.model.ids import ActivityId
from treadle.model.waiting import AwaitedChild, KeptSignal, SignalKey, Taken, UsedKey, Wait

SIGNAL_KEYS_KEPT: Final = 1_000
"""Keys of signals that an execution knows again."""


def wait_opened(execution: Execution, event: WaitOpened, seq: int) -> Changes:
    wait = Wait(id=ActivityId(seq), signals=event.signals, mode=event.mode, count=event.count)
    return {
        "frames": with_frame(execution, event.frame, phase=Phase.WAITING, wait=wait, wake_at=event.wake_at)
    }


def wait_closed(execution: Execution, event: WaitClosed, _seq: int) -> Changes:
    return {"frames": with_frame(execution, event.frame, phase=Phase.READY, wake_at=None)}


def _with_key(execution: Execution, key: SignalKey | None, seq: int) -> Changes:
    """The key of the signal among those that are known again; the oldest gives way to it."""
    if key is None:
        return {}
    known = execution.signal_keys
    if len(known) >= SIGNAL_KEYS_KEPT:
        known = known.without(min(known, key=lambda one: known[one].seq))
    return {"signal_keys": known.put(key.key, UsedKey(digest=key.digest, seq=seq))}


def signal_received(execution: Execution, event: SignalReceived, seq: int) -> Changes:
    changes = _with_key(execution, event.key, seq)
    payload = event.payload
    if event.kept is not None:
        payload = execution.signals[event.kept].payload
        changes["signals"] = execution.signals.without(event.kept)
    wait = required(execution.frames[event.frame].wait, "open wait")
    taken = Taken(index=event.index, payload=None if payload is UNSET else payload)
    grown = replace(wait, taken=(*wait.taken, taken))
    return changes | {"frames": with_frame(execution, event.frame, wait=grown)}


def signal_kept(execution: Execution, event: SignalKept, seq: int) -> Changes:
    kept = KeptSignal(seq=seq, name=event.name, payload=event.payload, expires_at=event.expires_at)
    return _with_key(execution, event.key, seq) | {"signals": execution.signals.put(seq, kept)}


def signal_expired(execution: Execution, event: SignalExpired, _seq: int) -> Changes:
    return {"signals": execution.signals.without(event.kept)}


def child_started(execution: Execution, event: ChildStarted, seq: int) -> Changes:
    """What was found out about the definition is of no more use: the visit has no output yet."""
    key = visit_key(event.path)
    changes: Changes = {"visits": execution.visits.put(key, replace(execution.visits[key], output=UNSET))}
    if not event.is_detached:
        awaited = AwaitedChild(id=event.child, activity=ActivityId(seq))
        changes["frames"] = with_frame(execution, event.frame, phase=Phase.WAITING, child=awaited)
    return changes


def child_ended(execution: Execution, event: ChildEnded, _seq: int) -> Changes:
    key = visit_key(event.path)
    changes: Changes = {"frames": with_frame(execution, event.frame, phase=Phase.READY, child=None)}
    if event.status is ExecutionStatus.COMPLETED:
        visit = replace(execution.visits[key], output=event.output)
        changes["visits"] = execution.visits.put(key, visit)
    return changes


def message_emitted(_execution: Execution, _event: MessageEmitted, _seq: int) -> Changes:
    return {}


def vars_set(execution: Execution, event: VarsSet, _seq: int) -> Changes:
    held = execution.vars
    for name, value in event.vars.items():
        held = held.put(name, value)
    key = visit_key(event.path)
    visit = replace(execution.visits[key], output=event.vars)
    return {"vars": held, "visits": execution.visits.put(key, visit)}


FOLDS: Final[dict[type, Fold]] = {
    WaitOpened: wait_opened,
    WaitClosed: wait_closed,
    SignalReceived: signal_received,
    SignalKept: signal_kept,
    SignalExpired: signal_expired,
    ChildStarted: child_started,
    ChildEnded: child_ended,
    MessageEmitted: message_emitted,
    VarsSet: vars_set,
}
