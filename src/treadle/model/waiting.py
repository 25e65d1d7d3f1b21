"""What an execution waits for, and what came before anybody waited for it."""

from enum import StrEnum

import msgspec

from treadle.model.ids import ActivityId, ExecutionId, Instant, Path
from treadle.model.json import Json


class WaitMode(StrEnum):
    """One signal; the first of several; each of several."""

    ONE = "one"
    ANY = "any"
    ALL = "all"


class Taken(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A payload that a wait took for the signal at `index` of its list."""

    index: int
    payload: Json


class Wait(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The signals that a frame waits for; `id` is that of the activity. `count` payloads end it, if given."""

    id: ActivityId
    signals: tuple[str, ...]
    mode: WaitMode = WaitMode.ONE
    count: int | None = None
    taken: tuple[Taken, ...] = ()


class AwaitedChild(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The execution whose end a frame waits for; `activity` is the id that its end has to carry."""

    id: ExecutionId
    activity: ActivityId


class KeptSignal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A signal that came before anybody waited for it; `seq` is the event that kept it."""

    seq: int
    name: str
    payload: Json
    expires_at: Instant


class SignalKey(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The sender's key for a signal, and the digest of its payload: the same key means the same signal."""

    key: str
    digest: str


class UsedKey(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A key that a signal came under; `seq` is the event that took or kept it."""

    digest: str
    seq: int


class ParentRef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The execution that started this one at its visit `path`.

    `activity` is what this one's end is told under; None when nobody waits for it.
    """

    id: ExecutionId
    path: Path
    activity: ActivityId | None = None
