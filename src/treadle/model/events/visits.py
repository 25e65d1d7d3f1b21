"""A visit begins and ends; branches open and close."""

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant, NodeId, Path
from treadle.model.json import Json


class NodeEntered(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A visit begins. `number` counts the visits of the node in its iteration.

    `keyed_as` is the earlier visit whose key it takes over. In a later run `since` is the event that entered
    the first visit which it does again (0: it does none again), and of an earlier run only what was begun
    after the event `after` can still stand in the body; `is_anew`: it takes over nothing of an earlier run.
    """

    at: Instant
    frame: FrameId
    path: Path
    node: NodeId
    kind: str
    number: int = 1
    deadline_at: Instant | None = None
    keyed_as: Path | None = None
    since: int = 0
    after: int = 0
    is_anew: bool = False


class NodeSkipped(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The node's `when` said no: its output is null and the frame goes on to `next`.

    `keyed_as` is the earlier visit whose key goes on with the next one that is asked; `since` and
    `after` are those of NodeEntered.
    """

    at: Instant
    frame: FrameId
    path: Path
    node: NodeId
    kind: str
    number: int = 1
    next: NodeId | None = None
    keyed_as: Path | None = None
    since: int = 0
    after: int = 0


class NodeCompleted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """`output` UNSET: the visit has it already from its activity. The frame goes on to `next`.

    `keeps_parts`: its iterations may be undone one by one; a later run asks what stands of them.
    """

    at: Instant
    frame: FrameId
    path: Path
    output: Json | UnsetType = UNSET
    next: NodeId | None = None
    keeps_parts: bool = False


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
    """A child frame of `parent` begins at `node`, None in an empty body; the `seq` of this event is its id.

    `index` is that of the item or turn; `failure` is what a `catch` has caught. Of an earlier
    run only what was begun after the event `after` can stand in it.
    """

    at: Instant
    parent: FrameId
    path: Path
    body: str
    node: NodeId | None = None
    suffix: str = ""
    index: int | None = None
    failure: Failure | None = None
    is_shielded: bool = False
    after: int = 0


class BranchJoined(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The child frame ended; its list of compensations went to its parent's.

    `kept_as` is the name under which the visit `path` keeps its output, None if it does not.
    """

    at: Instant
    frame: FrameId
    path: Path
    kept_as: str | None = None


class BranchCancelled(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The child frame is told to stop; what it has in flight is awaited.

    `is_trailing`: it has lost a race, and the winner goes on beside it.
    """

    at: Instant
    frame: FrameId
    is_trailing: bool = False


class BodyFailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A body failed by itself, without a node: the document's `output` has no value."""

    at: Instant
    frame: FrameId
    failure: Failure


class BranchFailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A child of the visit `path` failed. `is_stopping`: the visit fails with it, and the others stop."""

    at: Instant
    frame: FrameId
    path: Path
    failure: Failure
    is_stopping: bool = False


class ItemsListed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The items of an `each`, rendered once.

    `forgotten` are the keys of what an earlier run did for items that are others now.
    """

    at: Instant
    frame: FrameId
    path: Path
    items: tuple[Json, ...]
    forgotten: tuple[str, ...] = ()


class IterationEnded(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The child frame was an item or a turn that ended; its results leave the state.

    `forgotten` are the keys of its visits. The visit `path` keeps its output, or `result`, as `kept_as`.
    """

    at: Instant
    frame: FrameId
    path: Path
    index: int
    kept_as: str
    result: Json | UnsetType = UNSET
    forgotten: tuple[str, ...] = ()


class IterationsKept(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """What earlier items or turns gave stands from the run before."""

    at: Instant
    frame: FrameId
    path: Path
    keys: tuple[str, ...]
    opened: int = 0


class ResultKept(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The visit `path` of an earlier run stands: the frame passes over its node to `next`."""

    at: Instant
    frame: FrameId
    path: Path
    next: NodeId | None = None


class VarsSet(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    frame: FrameId
    path: Path
    vars: dict[str, Json]


class MessageEmitted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """A message to a stream is owed; this event is what the relay sends."""

    at: Instant
    frame: FrameId
    path: Path
    message_id: str
    topic: str
    message_type: str
    data: Json = None
    key: str | None = None


class DeadlinePassed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The time of the visit `path`, or (None) of the execution, is over: it is told to stop, and fails."""

    at: Instant
    frame: FrameId
    path: Path | None = None
    failure: Failure


class EndReached(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """An `end` node ends the execution: failed, or completed. `output` UNSET: that of the document."""

    at: Instant
    frame: FrameId
    path: Path
    output: Json | UnsetType = UNSET
    failure: Failure | None = None


class ChildStarted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """Another execution was started; the `seq` of this event is the id under which its end is awaited."""

    at: Instant
    frame: FrameId
    activity: ActivityId
    path: Path
    attempt: int
    child: ExecutionId
    definition: DefinitionRef
    is_detached: bool = False


class ChildEnded(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    frame: FrameId
    path: Path
    child: ExecutionId
    status: ExecutionStatus
    output: Json = None
    failure: Failure | None = None
