"""The execution as a whole: it starts, is held, is stopped, ends."""

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.execution import DefinitionRef, Failure, RunWarning
from treadle.model.ids import ExecutionId, FrameId, Instant, Namespace, NodeId, Path
from treadle.model.json import Json
from treadle.model.waiting import ParentRef


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
    deadline_at: Instant | None = None
    deadline_ms: int | None = None
    parent: ParentRef | None = None
    depth: int = 0


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


class ExecutionRetried(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """Another run of a failed execution begins at `node`, passing over the results that stand."""

    at: Instant
    run: int
    node: NodeId | None = None
    deadline_at: Instant | None = None
    actor: str
    reason: str | None = None


class ExecutionWoken(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """The sleep or back-off of the visit `path` is ended by a person."""

    at: Instant
    frame: FrameId
    path: Path
    actor: str
    reason: str | None = None


class InputRefused(
    msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True, tag_field="type", omit_defaults=True
):
    """What was durably queued for this execution does not fit it any more; it changes nothing."""

    at: Instant
    command: str
    code: str
    message: str
