"""What happened to an execution, past tense, stored for ever.

An event holds what happened and all that the fold needs, never a decision to be taken again.
The `seq` of an event is its place in the history; `at` is when it was decided.
Fields left at their default are not stored, so a new field needs a default that means what its absence meant.
"""

from typing import TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.execution import AttemptError, DefinitionRef, Failure, Response, RunWarning
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant, Namespace, NodeId, Path
from treadle.model.json import Json
from treadle.model.requests import Request


class ExecutionStarted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The first event. `node` is the first node of the root body, None when it is empty."""

    at: Instant
    id: ExecutionId
    namespace: Namespace
    definition: DefinitionRef
    semantics: int
    input: Json = None
    vars: dict[str, Json] = {}
    node: NodeId | None = None
    business_key: str | None = None
    priority: int = 0
    labels: dict[str, str] = {}
    start_at: Instant | None = None
    traceparent: str | None = None
    actor: str = "engine"


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


class CompensationRegistered(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    path: Path
    node: NodeId


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


class HookStarted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The last activity of the run begins in a frame whose id is the `seq` of this event."""

    at: Instant
    hook: str
    outcome: str


class HookCompleted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    frame: FrameId
    hook: str


class HookFailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The hook is given up; the outcome stays what it is."""

    at: Instant
    frame: FrameId
    hook: str
    warning: RunWarning


class ExecutionPaused(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    reason: str
    actor: str


class ExecutionResumed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    actor: str
    reason: str | None = None


class CancelRequested(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """Ends a pause; every forward frame is told to stop."""

    at: Instant
    actor: str
    reason: str | None = None


class ExecutionStuck(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """An exhausted compensation and nothing else that can move."""

    at: Instant
    reason: str


class ExecutionCompleted(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """`output` UNSET: that of the visit at the key `output_of`; null without one."""

    at: Instant
    output: Json | UnsetType = UNSET
    output_of: str | None = None


class ExecutionFailed(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    failure: Failure


class ExecutionCancelled(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant


class ExecutionTerminated(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    at: Instant
    actor: str
    reason: str | None = None


Event: TypeAlias = (
    ExecutionStarted
    | NodeEntered
    | NodeSkipped
    | NodeCompleted
    | NodeFailed
    | NodeCancelled
    | ActivityStarted
    | ActivityCompleted
    | ActivityFailed
    | ActivityUnknown
    | RetryScheduled
    | TimerStarted
    | TimerFired
    | BranchChosen
    | BranchOpened
    | BranchJoined
    | BranchCancelled
    | BodyFailed
    | CompensationRegistered
    | CompensationArmed
    | CompensationStarted
    | CompensationCompleted
    | CompensationFailed
    | CompensationRetried
    | CompensationSkipped
    | CompensationAccepted
    | CompensationDropped
    | HookStarted
    | HookCompleted
    | HookFailed
    | ExecutionPaused
    | ExecutionResumed
    | CancelRequested
    | ExecutionStuck
    | ExecutionCompleted
    | ExecutionFailed
    | ExecutionCancelled
    | ExecutionTerminated
)
