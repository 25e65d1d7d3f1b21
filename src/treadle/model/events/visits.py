"""A visit begins and ends; branches open and close."""

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.execution import Failure
from treadle.model.ids import FrameId, Instant, NodeId, Path
from treadle.model.json import Json


class NodeEntered(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A visit begins. `number` counts the visits of the node in its iteration."""

    at: Instant
    frame: FrameId
    path: Path
    node: NodeId
    kind: str
    number: int = 1


class NodeSkipped(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The node's `when` said no: its output is null and the frame goes on to `next`."""

    at: Instant
    frame: FrameId
    path: Path
    node: NodeId
    kind: str
    number: int = 1
    next: NodeId | None = None


class NodeCompleted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """`output` UNSET: the visit has it already from its activity. The frame goes on to `next`."""

    at: Instant
    frame: FrameId
    path: Path
    output: Json | UnsetType = UNSET
    next: NodeId | None = None


class NodeFailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The visit failed, and with it its body."""

    at: Instant
    frame: FrameId
    path: Path
    failure: Failure


class NodeCancelled(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The visit was given up because its frame was told to stop."""

    at: Instant
    frame: FrameId
    path: Path


class BranchChosen(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A switch took a case: its name or index, None for the default or no match."""

    at: Instant
    frame: FrameId
    path: Path
    case: str | int | None = None


class BranchOpened(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A child frame of `parent` begins at `node`; the `seq` of this event is its id."""

    at: Instant
    parent: FrameId
    path: Path
    body: str
    node: NodeId
    suffix: str = ""


class BranchJoined(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The child frame ended; its list of compensations went to its parent's."""

    at: Instant
    frame: FrameId
    path: Path


class BranchCancelled(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The child frame is told to stop; what it has in flight is awaited."""

    at: Instant
    frame: FrameId


class BodyFailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A body failed by itself, without a node: the document's `output` has no value."""

    at: Instant
    frame: FrameId
    failure: Failure
