"""The Store port over dicts."""

from collections.abc import Iterator, Sequence
from heapq import nsmallest

import msgspec

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId, ExecutionId, Instant
from treadle.model.views import StoredDefinition, StoredKey
from treadle.ports.commit import Claimed, Commit, CommitResult, InboxRow, Start
from treadle.ports.views import IdempotencyRecord
from treadle.stores.memory.api_keys import MemoryApiKeys
from treadle.stores.memory.bulk_acts import MemoryBulkActs
from treadle.stores.memory.key_rotation import MemoryKeyRotation
from treadle.stores.memory.others import write_others
from treadle.stores.memory.tables import Row, Tables
from treadle.stores.memory.views import MemoryViews


class MemoryStore:
    """Every method is done when it returns: nothing here waits."""

    def __init__(self) -> None:
        self._tables = Tables()
        self.views = MemoryViews(self._tables)
        self.bulk_acts = MemoryBulkActs(self._tables)

    async def commit(self, batch: Sequence[Commit]) -> Sequence[CommitResult]:
        results = [
            self._follow(commit) if commit.start is None else self._begin(commit, commit.start)
            for commit in batch
        ]
        told = zip(batch, results, strict=True)
        write_others(self._tables, [commit for commit, result in told if result is CommitResult.COMMITTED])
        return results

    async def claim_due(
        self, engine: EngineId, now: Instant, limit: int, bytes_max: int | None = None
    ) -> Sequence[Claimed]:
        self._disown(now)
        due = [row for row in self._tables.open_rows() if row.due_at is not None and row.due_at <= now]
        due.sort(key=lambda row: (-row.start.priority, row.due_at, row.id))
        return [self._own(row, engine) for row in _fitting(due[:limit], bytes_max)]

    async def claim(self, engine: EngineId, execution_id: ExecutionId) -> Claimed | None:
        row = self._tables.executions.get(execution_id)
        if row is None or self._is_driven(row):
            return None
        if row.columns.ended_at is not None and row.columns.status is not ExecutionStatus.FAILED:
            return None
        return self._own(row, engine)

    async def release(
        self, engine: EngineId, execution_id: ExecutionId, fence: int, due_at: Instant | None
    ) -> bool:
        row = self._tables.executions.get(execution_id)
        if row is None or (row.owner, row.fence) != (engine, fence):
            return False
        row.owner = None
        is_open = row.columns.ended_at is None
        row.columns = msgspec.structs.replace(row.columns, due_at=due_at if is_open else None)
        if self._tables.inboxes.get(execution_id):
            row.wake(row.columns.updated_at)
        return True

    async def inbox(self, execution_id: ExecutionId, after: int) -> Sequence[InboxRow]:
        return [row for row in self._tables.inboxes.get(execution_id, ()) if row.id > after]

    async def next_due(self) -> Instant | None:
        return min((row.due_at for row in self._tables.open_rows() if row.due_at is not None), default=None)

    async def register_engine(self, engine: EngineId, now: Instant) -> None:
        self._tables.engine = engine
        self._disown(now)

    async def put_definition(self, definition: StoredDefinition) -> StoredDefinition:
        kept = self._tables.definitions
        for index, old in enumerate(kept):
            if _is_same_place(old, definition):
                if old.digest == definition.digest and old.deleted_at is not None:
                    kept[index] = msgspec.structs.replace(old, deleted_at=None)
                return kept[index]
        kept.append(definition)
        return definition

    async def delete_definition(self, namespace: str, name: str, version: str, now: Instant) -> bool:
        kept = self._tables.definitions
        for index, old in enumerate(kept):
            is_named = (old.namespace, old.name, old.version) == (namespace, name, version)
            if is_named and not old.is_inline and old.deleted_at is None:
                kept[index] = msgspec.structs.replace(old, deleted_at=now)
                return True
        return False

    async def forget_idempotency(self, now: Instant, limit: int) -> int:
        kept = self._tables.idempotency
        expired = ((record.key.expires_at, *place) for place, record in kept.items())
        oldest = nsmallest(limit, (one for one in expired if one[0] <= now))
        for _, namespace, key in oldest:
            del kept[namespace, key]
        return len(oldest)

    def api_keys(self) -> MemoryApiKeys:
        """The keys of its callers."""
        return MemoryApiKeys(self._tables)

    def key_rotation(self) -> MemoryKeyRotation:
        """The keys of callbacks."""
        return MemoryKeyRotation(self._tables)

    async def callback_keys(self, fresh: StoredKey) -> Sequence[StoredKey]:
        if not self._tables.callback_keys:
            self._tables.callback_keys.append(fresh)
        return list(self._tables.callback_keys)

    async def close(self) -> None:
        """Nothing is under way and there are no files."""

    def _begin(self, commit: Commit, start: Start) -> CommitResult:
        tables = self._tables
        key = start.idempotency
        if commit.execution_id in tables.executions:
            return CommitResult.EXISTS
        if key is not None:
            taken = tables.idempotency.get((start.namespace, key.key))
            if taken is not None and taken.key.expires_at > start.created_at:
                return CommitResult.EXISTS
            record = IdempotencyRecord(key=key, execution_id=commit.execution_id)
            tables.idempotency[start.namespace, key.key] = record
        row = Row(
            id=commit.execution_id,
            start=start,
            columns=commit.columns,
            version=0,
            owner=commit.owner,
            fence=commit.fence,
        )
        row.apply(commit)
        tables.executions[row.id] = row
        return CommitResult.COMMITTED

    def _follow(self, commit: Commit) -> CommitResult:
        row = self._tables.executions.get(commit.execution_id)
        wanted = (commit.expected_version, commit.owner, commit.fence)
        if row is None or (row.version, row.owner, row.fence) != wanted:
            return CommitResult.CONFLICT
        row.apply(commit)
        return CommitResult.COMMITTED

    def _own(self, row: Row, engine: EngineId) -> Claimed:
        row.owner = engine
        row.fence += 1
        row.columns = msgspec.structs.replace(row.columns, due_at=None)
        return Claimed(fence=row.fence, state=row.state(), inbox=tuple(self._tables.inboxes.get(row.id, ())))

    def _is_driven(self, row: Row) -> bool:
        return row.owner is not None and row.owner == self._tables.engine

    def _disown(self, now: Instant) -> None:
        """Executions whose engine is gone become due, from their last change on."""
        for row in self._tables.open_rows():
            if row.owner is not None and not self._is_driven(row):
                row.owner = None
                row.columns = msgspec.structs.replace(row.columns, due_at=min(row.columns.updated_at, now))


def _fitting(due: Sequence[Row], bytes_max: int | None) -> Iterator[Row]:
    """Those at the head whose states fit the bytes together; the first in any case."""
    size = 0
    for index, row in enumerate(due):
        size += row.state_bytes
        if index and bytes_max is not None and size > bytes_max:
            return
        yield row


def _is_same_place(old: StoredDefinition, new: StoredDefinition) -> bool:
    """Whether `new` would stand where `old` does: by digest if inline, else by name and version."""
    if old.namespace != new.namespace or old.is_inline != new.is_inline:
        return False
    if new.is_inline:
        return old.digest == new.digest
    return (old.name, old.version) == (new.name, new.version)
