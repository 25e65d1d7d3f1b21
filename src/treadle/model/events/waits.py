"""Waits open and close; signals come, are kept, and expire."""

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.ids import FrameId, Instant, Path
from treadle.model.json import Json
from treadle.model.waiting import SignalKey, WaitMode


class WaitOpened(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The frame waits for signals; the `seq` of this event is the id of the wait."""

    at: Instant
    frame: FrameId
    path: Path
    signals: tuple[str, ...]
    mode: WaitMode = WaitMode.ONE
    count: int | None = None
    wake_at: Instant | None = None


class WaitClosed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """`is_timed_out`: nothing more came in time."""

    at: Instant
    frame: FrameId
    path: Path
    is_timed_out: bool = False


class SignalReceived(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A wait took a signal, for the entry `index` of its list.

    `kept` is the event that kept it, whose payload it is; `payload` is that of one that came just now.
    """

    at: Instant
    frame: FrameId
    path: Path
    name: str
    index: int = 0
    payload: Json | UnsetType = UNSET
    kept: int | None = None
    actor: str | None = None
    key: SignalKey | None = None


class SignalKept(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """Nobody waits for it yet; the `seq` of this event names it."""

    at: Instant
    name: str
    payload: Json = None
    expires_at: Instant
    actor: str
    key: SignalKey | None = None


class SignalExpired(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    name: str
    kept: int
