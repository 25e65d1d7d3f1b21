"""What a server answers, typed. Fields that a later server adds are passed over.

What may grow is text, not an enumeration: `status`, `kind`, `code` and `type` hold the words of the REST
reference, and those that a later server adds. Instants are aware datetimes in UTC.
"""

from datetime import datetime
from typing import Final, Generic, TypeVar

import msgspec

from treadle.model.errors import Fault
from treadle.model.json import Json

T = TypeVar("T")
ENDED: Final = frozenset({"completed", "failed", "cancelled", "terminated"})
STUCK: Final = "stuck"


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A part of a list; `next` leads to what follows, None at the end."""

    items: tuple[T, ...]
    next: str | None = None


class GraphNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node of a drawing; `parent` is the node that it stands in."""

    id: str
    kind: str
    label: str | None = None
    parent: str | None = None


class GraphEdge(msgspec.Struct, frozen=True, kw_only=True):
    """An arrow of a drawing."""

    source: str = msgspec.field(name="from")
    target: str = msgspec.field(name="to")
    label: str | None = None
    kind: str | None = None


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """A definition as it is drawn."""

    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()


class DefinitionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One definition in a list."""

    name: str
    version: str
    digest: str
    created_at: datetime


class Definition(DefinitionRow, frozen=True, kw_only=True):
    """A definition with its document; `warnings` comes with the answer to a put alone."""

    document: Json
    graph: Graph
    deleted_at: datetime | None = None
    warnings: tuple[Fault, ...] = ()


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to say of a document; `graph` is None when there are errors."""

    valid: bool
    errors: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    graph: Graph | None = None


class DefinitionRef(msgspec.Struct, frozen=True, kw_only=True):
    """Which definition an execution runs."""

    name: str
    version: str
    digest: str


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why an execution failed, and where."""

    kind: str
    code: str
    message: str = ""
    path: str | None = None
    attempt: int | None = None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One execution in a list."""

    id: str
    namespace: str
    definition: DefinitionRef
    status: str
    run: int
    version: int
    created_at: datetime
    updated_at: datetime
    priority: int = 0
    reason: str | None = None
    business_key: str | None = None
    labels: dict[str, str] = {}
    failure: Failure | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the run is over, well or badly."""
        return self.status in ENDED

    @property
    def is_settled(self) -> bool:
        """Whether it has ended or is stuck: nothing more happens unless a person acts."""
        return self.has_ended or self.status == STUCK


class AttemptError(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt failed."""

    code: str
    message: str = ""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One call of an activity; `outcome` is None while it is in flight."""

    number: int
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    error: AttemptError | None = None
    http_status: int | None = None


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A visit of a node."""

    kind: str
    status: str
    attempt: int | None = None
    attempts: tuple[Attempt, ...] = ()
    started_at: datetime | None = None
    ended_at: datetime | None = None
    output: Json = None
    waiting_for: Json = None
    wake_at: datetime | None = None


class NodeItem(Node, frozen=True, kw_only=True):
    """A visit in a list, with its path."""

    path: str


class Compensation(msgspec.Struct, frozen=True, kw_only=True):
    """The undo of the visit `path`."""

    path: str
    status: str
    attempt: int | None = None
    error: AttemptError | None = None
    reason: str | None = None


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong and changed no outcome."""

    code: str
    message: str = ""
    path: str | None = None


class Execution(Summary, frozen=True, kw_only=True):
    """An execution with all that it holds; `nodes` is keyed by path and holds the newest visits.

    `nodes_truncated`: there are more visits, and a list of all of them.
    """

    input: Json = None
    vars: dict[str, Json] = {}
    output: Json = None
    warnings: tuple[Warned, ...] = ()
    nodes: dict[str, Node] = {}
    nodes_truncated: bool = False
    compensations: tuple[Compensation, ...] = ()


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many executions match; a status without any is left out of `by_status`.

    Of the statuses in `at_least` there may be more than were counted.
    """

    by_status: dict[str, int]
    total: int
    at_least: tuple[str, ...] = ()


class BulkPreview(msgspec.Struct, frozen=True, kw_only=True):
    """How many executions match; of the statuses in `at_least` there may be more than were counted."""

    count: int
    by_status: dict[str, int]
    at_least: tuple[str, ...] = ()


class BulkRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """One execution that refused, in the words of the refusal."""

    execution_id: str
    message: str = ""


class BulkRefusals(msgspec.Struct, frozen=True, kw_only=True):
    """How many refused with that code, and the last of them, newest first."""

    code: str
    count: int
    last: tuple[BulkRefusal, ...] = ()


class BulkAct(msgspec.Struct, frozen=True, kw_only=True):
    """One act on many executions, and how far it has come; `filter` is as it was written.

    `total` is how many matched when it was asked for, of very many at least so many; once it is done, how
    many were acted on.
    """

    bulk_id: str
    status: str
    action: str
    total: int
    done: int
    refused: int
    created_at: datetime
    filter: dict[str, Json] = {}
    reason: str | None = None
    actor: str = ""
    ended_at: datetime | None = None
    refusals: tuple[BulkRefusals, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether it acts on no more executions: it is done, or was stopped."""
        return self.ended_at is not None


class FailureGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Executions that failed, or are stuck, alike; `sample_id` changed last, at `last_at`."""

    definition: str
    count: int
    sample_id: str
    last_at: datetime
    node: str | None = None
    kind: str | None = None
    code: str | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a history; `data` holds what is particular to its type, `seq` counts from 1."""

    seq: int
    at: datetime
    type: str
    actor: str
    path: str | None = None
    attempt: int | None = None
    data: dict[str, Json] = {}
    reason: str | None = None


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is awaited; `until` is when it is over by itself."""

    code: str
    message: str = ""
    path: str | None = None
    until: datetime | None = None
    detail: dict[str, Json] = {}


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why an execution is not moving now."""

    status: str
    reasons: tuple[Reason, ...] = ()


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A callback was taken; nothing is told of the execution."""

    status: str


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to write the store; `until` is when it ends unless it is renewed."""

    kind: str
    until: datetime | None = None


class EngineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One engine of the store; `lag` says for how many seconds something is due that is not driven."""

    id: str
    started: datetime
    lease: Lease
    live_executions: int = 0
    live_executions_max: int = 0
    lag: float = 0.0


class RoleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A duty that one engine of the store has at a time."""

    name: str
    holder: str
    since: datetime


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """What the server is."""

    version: str
    engine: str = ""
    store: dict[str, Json] = {}
    features: tuple[str, ...] = ()
