"""What is written together or not at all, as values."""

from enum import StrEnum

import msgspec

from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure
from treadle.model.ids import EngineId, ExecutionId, Instant, Namespace


class HistoryRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The events of one commit, encoded; `digest` chains it to the row before (32 bytes)."""

    first_seq: int
    last_seq: int
    at: Instant
    events: bytes
    digest: bytes


class ListColumns(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What lists and claims read; written by every commit.

    `due_at`: when the execution is to be claimed; None while it is owned or ended.
    """

    status: ExecutionStatus
    reason: str | None
    run: int
    failure: Failure | None
    started_at: Instant | None
    updated_at: Instant
    ended_at: Instant | None
    due_at: Instant | None


class IdempotencyKey(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A caller's key for a start: the same key with another body is refused.

    From `expires_at` on it is forgotten: a start may take it anew.
    """

    key: str
    body_digest: bytes
    expires_at: Instant


class Start(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The columns of a new execution that never change."""

    namespace: Namespace
    definition: DefinitionRef
    business_key: str | None
    priority: int
    labels: dict[str, str]
    created_at: Instant
    idempotency: IdempotencyKey | None = None


class NewExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An execution that another one starts: its first row, due at once and owned by nobody.

    One whose id exists already is left as it is: a repeated start is harmless.
    """

    execution_id: ExecutionId
    start: Start
    history: HistoryRow
    columns: ListColumns


class InboxNote(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A command for another execution, encoded. One that has ended, or does not exist, takes none."""

    execution_id: ExecutionId
    payload: bytes


class InboxRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A note that waits for its execution; `id` grows with the order of arrival."""

    id: int
    payload: bytes


class Commit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One decision, or several of one execution in order.

    It is written only if the execution is at `expected_version`, owned by `owner` with `fence`; with
    `start` (expected_version 0) only if the id, and the idempotency key if any, are new; a key that has
    expired by the start's `created_at` is as good as new.
    `is_release`: the owner becomes null in the same write; the fence stays. One that is released, not ended,
    while notes wait for it is due at once.

    `starts` begin other executions and `notes` go to the inboxes of others, in the same transaction; a
    note makes an execution that nobody owns due at once. `consumed` are rows of the own inbox that this
    commit has used up; the commit that ends an execution leaves none.
    """

    execution_id: ExecutionId
    expected_version: int
    version: int
    owner: EngineId
    fence: int
    history: HistoryRow
    columns: ListColumns
    snapshot: bytes | None = None
    start: Start | None = None
    is_release: bool = False
    starts: tuple[NewExecution, ...] = ()
    notes: tuple[InboxNote, ...] = ()
    consumed: tuple[int, ...] = ()


class CommitResult(StrEnum):
    """conflict: version, owner or fence do not fit; exists: the id or idempotency key is taken."""

    COMMITTED = "committed"
    CONFLICT = "conflict"
    EXISTS = "exists"


class StoredState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an execution is folded from: a snapshot (or none) and the rows since.

    `snapshot_digest` is the digest of the last history row that the snapshot holds, empty without one.
    """

    execution_id: ExecutionId
    version: int
    definition: DefinitionRef
    namespace: Namespace
    snapshot: bytes | None
    tail: tuple[HistoryRow, ...]
    snapshot_digest: bytes = b""


class Claimed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An execution that this engine now owns, under a fence that no earlier owner had.

    `inbox` is what waits for it, oldest first.
    """

    fence: int
    state: StoredState
    inbox: tuple[InboxRow, ...] = ()
