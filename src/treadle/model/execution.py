"""One durable instance of a definition, as the fold of its history: a tree of frames."""

from enum import StrEnum
from typing import TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.ids import ActivityId, Digest, ExecutionId, FrameId, Instant, Namespace, NodeId, Path
from treadle.model.json import Json
from treadle.model.persistent import PersistentMap, PersistentStack
from treadle.model.requests import Request


class ExecutionStatus(StrEnum):
    """SEMANTICS 5; derived from the state, never stored in it."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    COMPENSATING = "compensating"
    PAUSED = "paused"
    STUCK = "stuck"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"


TERMINAL: frozenset[ExecutionStatus] = frozenset(
    {
        ExecutionStatus.COMPLETED,
        ExecutionStatus.FAILED,
        ExecutionStatus.CANCELLED,
        ExecutionStatus.TERMINATED,
    }
)


class Phase(StrEnum):
    """Where a frame stands between two events.

    ready: something pure is to be done next; busy: an attempt is in flight; closing: the same, but the
    frame was told to stop; joining: child frames run for it; undoing: its list is being undone;
    stuck: a compensation is exhausted; done: nothing is left but to be joined by the parent.
    """

    READY = "ready"
    BUSY = "busy"
    BACKOFF = "backoff"
    SLEEPING = "sleeping"
    WAITING = "waiting"
    JOINING = "joining"
    UNDOING = "undoing"
    STUCK = "stuck"
    CLOSING = "closing"
    DONE = "done"


class Role(StrEnum):
    """What a frame runs: the nodes of a body, one compensation, or a hook."""

    BODY = "body"
    UNDO = "undo"
    HOOK = "hook"


class VisitStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class CompensationStatus(StrEnum):
    """SEMANTICS 4. `backoff` is not stored: it is `running` whose frame is in back-off."""

    REGISTERED = "registered"
    ARMED = "armed"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


class FailureKind(StrEnum):
    ERROR = "error"
    TIMEOUT = "timeout"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


class Failure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a visit, a body or an execution failed; it keeps the place where it arose while it rises."""

    kind: FailureKind
    code: str
    message: str
    path: Path | None = None
    attempt: int | None = None


class AttemptError(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    code: str
    message: str


class AttemptOutcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"
    LOST = "lost"


class Attempt(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One try of an activity, ended or (outcome None) in flight."""

    number: int
    started_at: Instant
    ended_at: Instant | None = None
    outcome: AttemptOutcome | None = None
    error: AttemptError | None = None
    http_status: int | None = None


class Activity(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The outside work that a frame asks for, over all its attempts.

    `id` is that of the newest attempt. `counted` are the attempts that count towards the limit,
    `lost` those that went with their process; `granted` are calls that an operator added.
    """

    id: ActivityId
    key: str
    request: Request
    timeout_ms: int
    number: int
    counted: int = 0
    lost: int = 0
    granted: int = 0
    attempts: tuple[Attempt, ...] = ()


class Ending(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a body ends otherwise than completed: `failure`, or (None) cancelled from above."""

    failure: Failure | None = None


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A cursor: where one branch stands.

    `node` is the node to enter (ready, `path` None) or the one it stands at. `armed` is the list of
    compensations that this body owns, newest first. `compensates` is the visit that an undo frame undoes;
    `hook` is the hook that a hook frame runs. `children` counts live child frames. `last` is the key in
    `Execution.visits` of the newest visit that was entered in this body.
    """

    id: FrameId
    parent: FrameId | None = None
    role: Role = Role.BODY
    body: str = ""
    suffix: str = ""
    phase: Phase = Phase.READY
    node: NodeId | None = None
    path: Path | None = None
    last: str | None = None
    activity: Activity | None = None
    timer: ActivityId | None = None
    wake_at: Instant | None = None
    children: int = 0
    armed: PersistentStack[Path] = PersistentStack()
    ending: Ending | None = None
    compensates: Path | None = None
    hook: str | None = None


class Response(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The answer of an HTTP activity; `body` UNSET means that it equals the visit's output."""

    status: int | None = None
    headers: dict[str, str] = {}
    body: Json | UnsetType = UNSET


class Visit(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One entry into a node. `output` UNSET: it has none (yet)."""

    path: Path
    node: NodeId
    kind: str
    number: int = 1
    status: VisitStatus = VisitStatus.RUNNING
    started_at: Instant
    ended_at: Instant | None = None
    output: Json | UnsetType = UNSET
    response: Response | None = None
    attempts: tuple[Attempt, ...] = ()
    failure: Failure | None = None
    case: str | int | None = None


class Compensation(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The undo of a visit. `request` None: it could not be rendered at arming, for `unrendered`."""

    path: Path
    node: NodeId
    seq: int
    status: CompensationStatus = CompensationStatus.REGISTERED
    request: Request | None = None
    unrendered: str | None = None
    is_unknown: bool = False
    attempts: tuple[Attempt, ...] = ()
    error: AttemptError | None = None
    reason: str | None = None


class RunWarning(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Something that went wrong and changed no outcome."""

    code: str
    message: str
    path: Path | None = None


class Pause(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    reason: str
    actor: str


class DefinitionRef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    name: str
    version: str
    digest: Digest


Frames: TypeAlias = PersistentMap[FrameId, Frame]


class Execution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The folded state. `version` is the `seq` of its last event, `updated_at` that event's instant.

    `visits` holds the newest visit of each node by `<node><suffix>`; `earlier` the older ones, by path,
    whose compensation is not settled. `outcome` is set as soon as the end of the run is decided,
    `ended_at` with the terminal event. `is_stuck` says that ExecutionStuck was recorded and nothing has
    moved since. `started_at` is None until the first node is entered.
    """

    id: ExecutionId
    namespace: Namespace
    definition: DefinitionRef
    semantics: int
    business_key: str | None = None
    priority: int = 0
    labels: dict[str, str] = {}
    input: Json = None
    vars: PersistentMap[str, Json] = PersistentMap()
    traceparent: str | None = None
    run: int = 1
    version: int
    frames: Frames = PersistentMap()
    visits: PersistentMap[str, Visit] = PersistentMap()
    earlier: PersistentMap[Path, Visit] = PersistentMap()
    compensations: PersistentMap[Path, Compensation] = PersistentMap()
    paused: Pause | None = None
    outcome: ExecutionStatus | None = None
    ended: ExecutionStatus | None = None
    is_stuck: bool = False
    reason: str | None = None
    output: Json | UnsetType = UNSET
    failure: Failure | None = None
    warnings: tuple[RunWarning, ...] = ()
    created_at: Instant
    started_at: Instant | None = None
    start_at: Instant | None = None
    updated_at: Instant
    ended_at: Instant | None = None


def is_settled(execution: Execution) -> bool:
    """Whether it ended, or is stuck until a person decides."""
    return execution.ended is not None or execution.is_stuck
