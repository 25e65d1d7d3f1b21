"""What the store of dicts keeps."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from treadle.model.api_keys import ApiKey
from treadle.model.bulk_acts import BulkAct
from treadle.model.ids import BulkId, EngineId, ExecutionId, Instant, Namespace
from treadle.model.views import StoredDefinition, StoredKey
from treadle.ports.commit import Commit, HistoryRow, InboxRow, ListColumns, Start, StoredState
from treadle.ports.views import IdempotencyRecord


@dataclass(kw_only=True)
class Row:
    """One execution; changed in place by the store alone."""

    id: ExecutionId
    start: Start
    columns: ListColumns
    version: int
    owner: EngineId | None
    fence: int
    history: list[HistoryRow] = field(default_factory=list)
    snapshot: bytes | None = None
    snapshot_version: int = 0
    snapshot_digest: bytes = b""

    def apply(self, commit: Commit) -> None:
        """Take over what a commit writes."""
        self.columns = commit.columns
        self.version = commit.version
        if commit.is_release:
            self.owner = None
        self.history.append(commit.history)
        if commit.snapshot is not None:
            self.snapshot = commit.snapshot
            self.snapshot_version = commit.version
            self.snapshot_digest = commit.history.digest

    def wake(self, now: Instant) -> None:
        """Make it due by `now`, unless somebody drives it or it has ended."""
        if self.owner is None and self.columns.ended_at is None:
            due_at = now if self.columns.due_at is None else min(self.columns.due_at, now)
            self.columns = msgspec.structs.replace(self.columns, due_at=due_at)

    @property
    def due_at(self) -> Instant | None:
        """When it is to be claimed: never while it is owned or after its end."""
        return self.columns.due_at if self.owner is None and self.columns.ended_at is None else None

    @property
    def state_bytes(self) -> int:
        """What a claim reads: the snapshot and the rows since."""
        state = self.state()
        return len(state.snapshot or b"") + sum(len(row.events) for row in state.tail)

    def state(self) -> StoredState:
        return StoredState(
            execution_id=self.id,
            version=self.version,
            definition=self.start.definition,
            namespace=self.start.namespace,
            snapshot=self.snapshot,
            tail=tuple(row for row in self.history if row.first_seq > self.snapshot_version),
            snapshot_digest=self.snapshot_digest,
        )


@dataclass(kw_only=True)
class Tables:
    """`definitions` stand in the order in which they were stored; `engine` is the live one.

    `inboxes` are oldest first, `callback_keys` newest first; `last_note` is the id of the newest note that
    there ever was.
    """

    executions: dict[ExecutionId, Row] = field(default_factory=dict)
    definitions: list[StoredDefinition] = field(default_factory=list)
    idempotency: dict[tuple[Namespace, str], IdempotencyRecord] = field(default_factory=dict)
    inboxes: dict[ExecutionId, list[InboxRow]] = field(default_factory=dict)
    last_note: int = 0
    callback_keys: list[StoredKey] = field(default_factory=list)
    api_keys: dict[str, ApiKey] = field(default_factory=dict)
    bulk_acts: dict[BulkId, BulkAct] = field(default_factory=dict)
    engine: EngineId | None = None

    def open_rows(self) -> Iterable[Row]:
        """The executions that have not ended."""
        return (row for row in self.executions.values() if row.columns.ended_at is None)
