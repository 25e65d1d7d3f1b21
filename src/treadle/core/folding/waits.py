"""Folds of waits, signals and child executions."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Changes, Fold, visit_key, with_frame, with_frames
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
from treadle.model.persistent import put, without
from treadle.model.waiting import AwaitedChild, KeptSignal, SignalKey, Taken, UsedKey, Wait

SIGNAL_KEYS_KEPT: Final = 1_000
"""Keys of signals that an execution knows again."""


def wait_opened(execution: Execution, event: WaitOpened, seq: int) -> Execution:
    wait = Wait(id=ActivityId(seq), signals=event.signals, mode=event.mode, count=event.count)
    return with_frames(
        execution,
        event,
        seq,
        with_frame(execution, event.frame, phase=Phase.WAITING, wait=wait, wake_at=event.wake_at),
    )


def wait_closed(execution: Execution, event: WaitClosed, seq: int) -> Execution:
    return with_frames(
        execution, event, seq, with_frame(execution, event.frame, phase=Phase.READY, wake_at=None)
    )


def _with_key(execution: Execution, key: SignalKey | None, seq: int) -> Changes:
    """The key of the signal among those that are known again; the oldest gives way to it."""
    if key is None:
        return {}
    known = execution.signal_keys
    if len(known) >= SIGNAL_KEYS_KEPT:
        known = without(known, min(known, key=lambda one: known[one].seq))
    return {"signal_keys": put(known, key.key, UsedKey(digest=key.digest, seq=seq))}


def signal_received(execution: Execution, event: SignalReceived, seq: int) -> Execution:
    changes = _with_key(execution, event.key, seq)
    payload = event.payload
    if event.kept is not None:
        payload = execution.signals[event.kept].payload
        changes["signals"] = without(execution.signals, event.kept)
    wait = required(execution.frames[event.frame].wait, "open wait")
    taken = Taken(index=event.index, payload=None if payload is UNSET else payload)
    grown = replace(wait, taken=(*wait.taken, taken))
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        frames=with_frame(execution, event.frame, wait=grown),
        **changes,
    )


def signal_kept(execution: Execution, event: SignalKept, seq: int) -> Execution:
    kept = KeptSignal(seq=seq, name=event.name, payload=event.payload, expires_at=event.expires_at)
    return replace(
        execution,
        version=seq,
        updated_at=event.at,
        signals=put(execution.signals, seq, kept),
        **_with_key(execution, event.key, seq),
    )


def signal_expired(execution: Execution, event: SignalExpired, seq: int) -> Execution:
    return replace(
        execution, version=seq, updated_at=event.at, signals=without(execution.signals, event.kept)
    )


def child_started(execution: Execution, event: ChildStarted, seq: int) -> Execution:
    """What was found out about the definition is of no more use: the visit has no output yet."""
    key = visit_key(event.path)
    changes: Changes = {"visits": execution.visits | {key: replace(execution.visits[key], output=UNSET)}}
    if not event.is_detached:
        awaited = AwaitedChild(id=event.child, activity=ActivityId(seq))
        changes["frames"] = with_frame(execution, event.frame, phase=Phase.WAITING, child=awaited)
    return replace(execution, version=seq, updated_at=event.at, **changes)


def child_ended(execution: Execution, event: ChildEnded, seq: int) -> Execution:
    key = visit_key(event.path)
    changes: Changes = {"frames": with_frame(execution, event.frame, phase=Phase.READY, child=None)}
    if event.status is ExecutionStatus.COMPLETED:
        visit = replace(execution.visits[key], output=event.output)
        changes["visits"] = execution.visits | {key: visit}
    return replace(execution, version=seq, updated_at=event.at, **changes)


def message_emitted(execution: Execution, event: MessageEmitted, seq: int) -> Execution:
    return replace(execution, version=seq, updated_at=event.at)


def vars_set(execution: Execution, event: VarsSet, seq: int) -> Execution:
    held = execution.vars
    for name, value in event.vars.items():
        held = put(held, name, value)
    key = visit_key(event.path)
    visit = replace(execution.visits[key], output=event.vars)
    return replace(
        execution, version=seq, updated_at=event.at, vars=held, visits=execution.visits | {key: visit}
    )


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
