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
    the same.
    """

    at: Instant
    frame: FrameId
    path: Path | None = None
    attempt: int
    key: str | UnsetType = UNSET
    request: Request | UnsetType = UNSET
    timeout_ms: int | UnsetType = UNSET


class ActivityCompleted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The attempt was answered with success. `output` is what the visit now has."""

    at: Instant
    frame: FrameId
    activity: ActivityId
    path: Path | None = None
    attempt: int
    output: Json = None
    response: Response | None = None


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
