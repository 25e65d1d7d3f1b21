"""An undo is registered, armed, carried out, or settled by a person."""

import msgspec

from treadle.model.execution import AttemptError
from treadle.model.ids import FrameId, Instant, NodeId, Path
from treadle.model.requests import Request


class CompensationRegistered(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    path: Path
    node: NodeId
    keyed_as: Path | None = None


class CompensationArmed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The undo is owed if its scope fails. Without `request`, `unrendered` says why there is none.

    `is_unknown`: `request` is that of `compensate.unknown`.
    """

    at: Instant
    frame: FrameId
    path: Path
    request: Request | None = None
    unrendered: str | None = None
    is_unknown: bool = False


class CompensationStarted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The undo of `path` begins in a frame of its own, whose id is the `seq` of this event."""

    at: Instant
    parent: FrameId
    path: Path


class CompensationCompleted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    frame: FrameId
    path: Path


class CompensationFailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The undo is exhausted, or cannot be asked for: a person is needed."""

    at: Instant
    frame: FrameId
    path: Path
    error: AttemptError


class CompensationRetried(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """`granted` calls are added to those already made."""

    at: Instant
    frame: FrameId
    path: Path
    granted: int
    actor: str
    reason: str | None = None


class CompensationSkipped(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """Left undone. `frame` is that of the undo, or that of the visit when `on_unknown: fail` said so."""

    at: Instant
    frame: FrameId
    path: Path
    actor: str
    reason: str


class CompensationAccepted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    frame: FrameId
    path: Path
    actor: str
    reason: str


class CompensationDropped(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """Armed when the execution was terminated."""

    at: Instant
    path: Path


class CompensationDisarmed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The visit turned out not to have been done: its undo is not owed any more."""

    at: Instant
    frame: FrameId
    path: Path
