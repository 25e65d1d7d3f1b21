"""Attempts start and end; timers run and fire."""

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.execution import AttemptError, Response
from treadle.model.ids import ActivityId, FrameId, Instant, Path
from treadle.model.json import Json
from treadle.model.requests import Request


class ActivityStarted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """An attempt is owed; the `seq` of this event is its activity id.

    `key`, `request` and `timeout_ms` are given with the first attempt; UNSET with later ones, which send
    the same. `callback_until` is when the wait for this attempt's callback is over.
    """

    at: Instant
    frame: FrameId
    path: Path | None = None
    attempt: int
    key: str | UnsetType = UNSET
    request: Request | UnsetType = UNSET
    timeout_ms: int | UnsetType = UNSET
    callback_until: Instant | None = None


class ActivityCompleted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The attempt was answered with success. `output` is what the visit now has.

    `is_callback`: by its callback; the response is that of its trigger call.
    """

    at: Instant
    frame: FrameId
    activity: ActivityId
    path: Path | None = None
    attempt: int
    output: Json = None
    response: Response | None = None
    is_callback: bool = False


class ActivityFailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The attempt was answered with a failure, or never left."""

    at: Instant
    frame: FrameId
    activity: ActivityId
    path: Path | None = None
    attempt: int
    error: AttemptError
    http_status: int | None = None
    is_callback: bool = False


class ActivityUnknown(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """Nobody knows what became of the attempt; `is_lost`: it went with its process."""

    at: Instant
    frame: FrameId
    activity: ActivityId
    path: Path | None = None
    attempt: int
    error: AttemptError
    http_status: int | None = None
    is_lost: bool = False
    retry_after_ms: int | None = None


class RetryScheduled(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The next attempt begins at `wake_at`."""

    at: Instant
    frame: FrameId
    path: Path | None = None
    attempt: int
    wake_at: Instant


class TimerStarted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    frame: FrameId
    path: Path
    wake_at: Instant


class TimerFired(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    frame: FrameId
    path: Path | None = None


class ActivityAccepted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The trigger call of an async attempt was answered; its callback is awaited."""

    at: Instant
    frame: FrameId
    activity: ActivityId
    path: Path
    attempt: int
    status: int | None = None
    headers: dict[str, str] = {}
    body: Json = None


class CallTrailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The call of the newest attempt is out still while the answer of an earlier one ends the visit `path`.

    From now on it is that of a frame of its own below `frame`, whose id is the `seq` of this event: the body
    goes on, and neither ends nor undoes anything before the call is over.
    """

    at: Instant
    frame: FrameId
    activity: ActivityId
    path: Path
    attempt: int


class CallbackReceived(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The callback of an async attempt came; what it means follows."""

    at: Instant
    frame: FrameId
    activity: ActivityId
    path: Path
    attempt: int
    body: Json = None
    headers: dict[str, str] = {}


class ResolutionAsked(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The outcome is unknown and a person has to say what was done."""

    at: Instant
    frame: FrameId
    path: Path


class OutcomeResolved(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """Somebody knows what an attempt did whose outcome was unknown: a person, or the probe (`engine`)."""

    at: Instant
    frame: FrameId
    path: Path
    outcome: str
    output: Json = None
    actor: str
    reason: str | None = None


class ProbeStarted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """What became of the visit `path` is asked in a frame whose id is the `seq` of this event."""

    at: Instant
    parent: FrameId
    path: Path


class ProbeEnded(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """`outcome` is what the probe answered, None when it could not tell."""

    at: Instant
    frame: FrameId
    path: Path
    outcome: str | None = None
