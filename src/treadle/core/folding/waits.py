"""Folds of waits, signals and child executions."""

from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from treadle.core.folding.changes import Fold, change_frame, change_visit, changes_nothing, visit_key
from treadle.core.folding.draft import Draft
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
from treadle.model.execution import ExecutionStatus, Phase
from treadle.model.ids import ActivityId
from treadle.model.persistent import put, without
from treadle.model.waiting import AwaitedChild, KeptSignal, SignalKey, Taken, UsedKey, Wait

SIGNAL_KEYS_KEPT: Final = 1_000
"""Keys of signals that an execution knows again."""


def wait_opened(draft: Draft, event: WaitOpened) -> None:
    wait = Wait(id=ActivityId(draft.version), signals=event.signals, mode=event.mode, count=event.count)
    change_frame(draft, event.frame, phase=Phase.WAITING, wait=wait, wake_at=event.wake_at)


def wait_closed(draft: Draft, event: WaitClosed) -> None:
    change_frame(draft, event.frame, phase=Phase.READY, wake_at=None)


def _know_key(draft: Draft, key: SignalKey | None) -> None:
    """Keep the key of the signal among those that are known again; the oldest gives way to it."""
    if key is None:
        return
    known = draft.signal_keys
    if len(known) >= SIGNAL_KEYS_KEPT:
        known = without(known, min(known, key=lambda one: known[one].seq))
    draft.change(signal_keys=put(known, key.key, UsedKey(digest=key.digest, seq=draft.version)))


def signal_received(draft: Draft, event: SignalReceived) -> None:
    payload = event.payload
    if event.kept is not None:
        payload = draft.signals[event.kept].payload
        draft.change(signals=without(draft.signals, event.kept))
    wait = required(draft.frames[event.frame].wait, "open wait")
    taken = Taken(index=event.index, payload=None if payload is UNSET else payload)
    change_frame(draft, event.frame, wait=replace(wait, taken=(*wait.taken, taken)))
    _know_key(draft, event.key)


def signal_kept(draft: Draft, event: SignalKept) -> None:
    seq = draft.version
    kept = KeptSignal(seq=seq, name=event.name, payload=event.payload, expires_at=event.expires_at)
    draft.change(signals=put(draft.signals, seq, kept))
    _know_key(draft, event.key)


def signal_expired(draft: Draft, event: SignalExpired) -> None:
    draft.change(signals=without(draft.signals, event.kept))


def child_started(draft: Draft, event: ChildStarted) -> None:
    """What was found out about the definition is of no more use: the visit has no output yet."""
    change_visit(draft, visit_key(event.path), output=UNSET)
    if not event.is_detached:
        awaited = AwaitedChild(id=event.child, activity=ActivityId(draft.version))
        change_frame(draft, event.frame, phase=Phase.WAITING, child=awaited)


def child_ended(draft: Draft, event: ChildEnded) -> None:
    change_frame(draft, event.frame, phase=Phase.READY, child=None)
    if event.status is ExecutionStatus.COMPLETED:
        change_visit(draft, visit_key(event.path), output=event.output)


def vars_set(draft: Draft, event: VarsSet) -> None:
    held = draft.vars
    for name, value in event.vars.items():
        held = put(held, name, value)
    draft.change(vars=held)
    change_visit(draft, visit_key(event.path), output=event.vars)


FOLDS: Final[dict[type, Fold]] = {
    WaitOpened: wait_opened,
    WaitClosed: wait_closed,
    SignalReceived: signal_received,
    SignalKept: signal_kept,
    SignalExpired: signal_expired,
    ChildStarted: child_started,
    ChildEnded: child_ended,
    MessageEmitted: changes_nothing,
    VarsSet: vars_set,
}
