"""One durable instance of a definition, as the fold of its history: a tree of frames."""

from enum import StrEnum

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.ids import ActivityId, Digest, ExecutionId, FrameId, Instant, Namespace, NodeId, Path
from treadle.model.json import Json
from treadle.model.persistent import PersistentMap, PersistentStack
from treadle.model.requests import Request
from treadle.model.waiting import AwaitedChild, KeptSignal, ParentRef, UsedKey, Wait


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
    """What a frame runs: the nodes of a body, one compensation, a hook, or the question what was done.

    call: nothing but the end of a call that is out still, though its visit is over.
    """

    BODY = "body"
    UNDO = "undo"
    HOOK = "hook"
    PROBE = "probe"
    CALL = "call"


class VisitStatus(StrEnum):
    RUNNING = "running"
    UNKNOWN = "unknown"
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
    """One try of an activity, ended or (outcome None) open.

    `activity` is the id that its answer has to carry; `is_callback`: a callback ended it. `retry_after_ms`
    is what came with an end that is unknown.
    """

    number: int
    activity: ActivityId = ActivityId(0)
    started_at: Instant
    ended_at: Instant | None = None
    outcome: AttemptOutcome | None = None
    error: AttemptError | None = None
    http_status: int | None = None
    is_callback: bool = False
    retry_after_ms: int | None = None


class Activity(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The outside work that a frame asks for, over all its attempts.

    `id` is that of the newest attempt. `counted` are the attempts that count towards the limit,
    `lost` those that went with their process; `granted` are calls that an operator added.
    `callback_until` is when the wait for the newest attempt's callback is over, None if none is awaited;
    `accepted` is the answer of its trigger call, from when on only the callback is awaited;
    `answered` are those of the attempts before it, by number.
    """

    id: ActivityId
    attempts: tuple[Attempt, ...] = ()
    counted: int = 0
    key: str
    request: Request
    timeout_ms: int
    number: int
    lost: int = 0
    granted: int = 0
    callback_until: Instant | None = None
    accepted: "Response | None" = None
    answered: "dict[int, Response]" = {}


class Ending(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Why a body ends before its last node: `failure`, or (None) stopped from above.

    `is_completing`: an `end` node has completed the execution; nothing is undone. `output` is that node's.
    """

    failure: Failure | None = None
    is_completing: bool = False
    output: Json | UnsetType = UNSET


class Joining(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a composite visit knows of its child frames.

    `failure` is that of the newest branch that failed; `is_stopping`: it fails the visit, and the other
    branches are told to stop. `opened` counts the items or turns opened. `results` are the outputs kept
    so far, by name of branch or by index; `ended` counts the items and turns that left. `numbers` are
    those of the execution when the first of them was opened. `since` is the `seq` of the
    event that ended the visit, when it stands for a later run.
    """

    failure: Failure | None = None
    is_stopping: bool = False
    opened: int = 0
    ended: int = 0
    since: int = 0
    numbers: PersistentMap[str, int] = {}
    results: PersistentMap[str, Json] = {}


class Frame(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A cursor: where one branch stands.

    `node` is the node to enter (ready, `path` None) or the one it stands at. `armed` is the list of
    compensations that this body owns, newest first. `compensates` is the visit that an undo frame undoes;
    `hook` is the hook that a hook frame runs; a probe frame asks about the visit `opener`. `last` is the
    key in `Execution.visits` of the newest visit that was entered in this body.

    `children` counts live child frames, `trailing` those of them that lost a race and that nobody waits
    for but the end of this body. `opener` is the visit that opened this frame; `index` and `item` are
    those of the iteration that it is, `failure` what a `catch` has caught. Of an earlier run only what was
    begun after the event `after` can stand in this body. A cancel does not reach a
    frame that `is_shielded`. `deadline_at` is that of the visit at which the frame stands, and so are
    `joining`, `wait` and `child`.
    """

    id: FrameId
    phase: Phase = Phase.READY
    node: NodeId | None = None
    path: Path | None = None
    last: str | None = None
    activity: Activity | None = None
    wake_at: Instant | None = None
    ending: Ending | None = None
    deadline_at: Instant | None = None
    armed: PersistentStack[Path] = PersistentStack()
    timer: ActivityId | None = None
    joining: Joining | None = None
    wait: Wait | None = None
    child: AwaitedChild | None = None
    children: int = 0
    after: int = 0
    parent: FrameId | None = None
    role: Role = Role.BODY
    body: str = ""
    suffix: str = ""
    compensates: Path | None = None
    hook: str | None = None
    opener: Path | None = None
    trailing: int = 0
    is_trailing: bool = False
    is_shielded: bool = False
    index: int | None = None
    item: Json | UnsetType = UNSET
    failure: Failure | None = None


class Response(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The answer of an HTTP activity; `body` UNSET means that it equals the visit's output."""

    status: int | None = None
    headers: dict[str, str] = {}
    body: Json | UnsetType = UNSET


class Visit(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One entry into a node. `output` UNSET: it has none (yet).

    `seq` is that of the event that entered it, `closed` of the one that completed it; `since` is that of the
    event that entered the first visit, of an earlier run, which it does again (0: it does none again). `run`
    is the run that entered it, or that took its result over. `keyed_as` is the earlier visit under
    whose key its activity is asked, None for its own. `items` are those of an `each`; `standing` is what a
    composite visit had of its children, for a later run: one that did not complete, or of whose iterations
    some may be undone.
    """

    path: Path
    status: VisitStatus = VisitStatus.RUNNING
    output: Json | UnsetType = UNSET
    ended_at: Instant | None = None
    attempts: tuple[Attempt, ...] = ()
    closed: int = 0
    response: Response | None = None
    items: tuple[Json, ...] | None = None
    standing: Joining | None = None
    node: NodeId
    kind: str
    number: int = 1
    started_at: Instant
    failure: Failure | None = None
    case: str | int | None = None
    seq: int = 0
    since: int = 0
    run: int = 1
    keyed_as: Path | None = None


class Compensation(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The undo of a visit. `request` None: it could not be rendered at arming, for `unrendered`.

    `seq` is that of the event that registered or armed it, `settled` of the one that ended it (0: none has).
    `keyed_as` is that of the visit.
    """

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
    settled: int = 0
    keyed_as: Path | None = None


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


class Execution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The folded state. `version` is the `seq` of its last event, `updated_at` that event's instant.

    `visits` holds the newest visit of each node by `<node><suffix>`; `earlier` the older ones, by path,
    whose compensation is not settled. `outcome` is set as soon as the end of the run is decided,
    `ended_at` with the terminal event. `is_stuck` says that ExecutionStuck was recorded and nothing has
    moved since. `started_at` is None until the first node is entered.

    `signals` are those kept, by the `seq` of the event that kept them; `signal_keys` are the newest of the
    keys under which signals came. `numbers` are the highest numbers
    of visits that have left the state with their iteration, by `<node><suffix outside the iteration>`.
    `deadline_ms` is the duration that a later run has anew. `depth` counts the executions above this one.

    Here and in what it holds the fields that most events change stand first: the library walks up to each
    that it replaces.
    """

    id: ExecutionId
    version: int
    updated_at: Instant
    frames: PersistentMap[FrameId, Frame] = {}
    visits: PersistentMap[str, Visit] = {}
    compensations: PersistentMap[Path, Compensation] = {}
    namespace: Namespace
    definition: DefinitionRef
    semantics: int
    business_key: str | None = None
    priority: int = 0
    labels: dict[str, str] = {}
    input: Json = None
    vars: PersistentMap[str, Json] = {}
    traceparent: str | None = None
    run: int = 1
    earlier: PersistentMap[Path, Visit] = {}
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
    ended_at: Instant | None = None
    signals: PersistentMap[int, KeptSignal] = {}
    signal_keys: PersistentMap[str, UsedKey] = {}
    numbers: PersistentMap[str, int] = {}
    deadline_at: Instant | None = None
    deadline_ms: int | None = None
    parent: ParentRef | None = None
    depth: int = 0


def is_settled(execution: Execution) -> bool:
    """Whether it ended, or is stuck until a person decides."""
    return execution.ended is not None or execution.is_stuck
