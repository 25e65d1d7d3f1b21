"""The Store port over a SQLite file."""

from collections.abc import Sequence
from pathlib import Path

import apsw

from treadle.model.ids import EngineId, ExecutionId, Instant
from treadle.model.views import StoredDefinition, StoredKey
from treadle.ports.commit import Claimed, Commit, CommitResult, InboxRow
from treadle.stores.sqlite.api_keys import SqliteApiKeys
from treadle.stores.sqlite.bulk_acts import SqliteBulkActs
from treadle.stores.sqlite.claims import Claims
from treadle.stores.sqlite.commits import BatchWriter
from treadle.stores.sqlite.connections import closed_if_it_fails, connect_writer
from treadle.stores.sqlite.definitions import Definitions
from treadle.stores.sqlite.facts import StoreFacts, read_facts
from treadle.stores.sqlite.faults import told_as_ours
from treadle.stores.sqlite.file_writer import FileWriter
from treadle.stores.sqlite.idempotency import IdempotencyKeys
from treadle.stores.sqlite.key_rotation import SqliteKeyRotation
from treadle.stores.sqlite.keys import CallbackKeys
from treadle.stores.sqlite.lock import FileLock
from treadle.stores.sqlite.migrate import migrate
from treadle.stores.sqlite.shared_claims import SharedClaims
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.views import SqliteViews


class SqliteStore:
    """Everything that writes runs in one thread, in the order in which it was asked for."""

    def __init__(self, path: Path, connection: apsw.Connection, lock: FileLock) -> None:
        """Use `open` instead: it says what must be done before."""
        statements = Statements()
        self._path = path
        self._connection = connection
        self._lock = lock
        self._writer = FileWriter(path, connection, lock)
        self._batches = BatchWriter(connection, statements)
        self._claims = Claims(connection, statements)
        self._shared_claims = SharedClaims(self._claims, self._writer.run)
        self._definitions = Definitions(connection, statements)
        self._idempotency = IdempotencyKeys(connection, statements)
        self._keys = CallbackKeys(connection, statements)
        self._facts = read_facts(connection, path)
        self._is_closed = False
        self.views = SqliteViews(path, statements)
        self.bulk_acts = SqliteBulkActs(connection, statements, self._writer.accept)

    @classmethod
    def open(cls, path: Path) -> "SqliteStore":
        """The store at `path`, made or migrated if need be; it is this process's alone until `close`.

        Raises:
            Unavailable: `store_in_use`, another process has it; `store_too_new`, a newer Treadle migrated
                it; `store_unavailable`, the file cannot be used.
            Corrupt: `migration_changed`.
        """
        lock = FileLock(path)
        try:
            with told_as_ours(path), closed_if_it_fails(connect_writer(path)) as connection:
                migrate(connection)
                lock.watch_store()
                return cls(path, connection, lock)
        except BaseException:
            lock.release()
            raise

    async def commit(self, batch: Sequence[Commit]) -> Sequence[CommitResult]:
        return await self._writer.accept(lambda: self._batches.write(batch))

    async def claim_due(
        self, engine: EngineId, now: Instant, limit: int, bytes_max: int | None = None
    ) -> Sequence[Claimed]:
        return await self._writer.run(lambda: self._claims.claim_due(engine, now, limit, bytes_max))

    async def claim(self, engine: EngineId, execution_id: ExecutionId) -> Claimed | None:
        return await self._shared_claims.claim(engine, execution_id)

    async def release(
        self, engine: EngineId, execution_id: ExecutionId, fence: int, due_at: Instant | None
    ) -> bool:
        return await self._writer.run(lambda: self._claims.release(engine, execution_id, fence, due_at))

    async def inbox(self, execution_id: ExecutionId, after: int) -> Sequence[InboxRow]:
        return await self._writer.run(lambda: self._claims.inbox(execution_id, after))

    async def next_due(self) -> Instant | None:
        return await self._writer.run(self._claims.next_due)

    async def register_engine(self, engine: EngineId, now: Instant) -> None:
        await self._writer.run(lambda: self._claims.register(engine, now))

    async def put_definition(self, definition: StoredDefinition) -> StoredDefinition:
        return await self._writer.accept(lambda: self._definitions.put(definition))

    async def delete_definition(self, namespace: str, name: str, version: str, now: Instant) -> bool:
        return await self._writer.accept(lambda: self._definitions.delete(namespace, name, version, now))

    async def forget_idempotency(self, now: Instant, limit: int) -> int:
        return await self._writer.run(lambda: self._idempotency.forget(now, limit))

    def api_keys(self) -> SqliteApiKeys:
        """The keys of its callers, over a connection of their own."""
        return SqliteApiKeys.open(self._path)

    def key_rotation(self) -> SqliteKeyRotation:
        """The keys of callbacks, over a connection of their own."""
        return SqliteKeyRotation.open(self._path)

    async def callback_keys(self, fresh: StoredKey) -> Sequence[StoredKey]:
        return await self._writer.run(lambda: self._keys.newest(fresh))

    def facts(self) -> StoreFacts:
        """How durable and where it is, as read from the open connection."""
        return self._facts

    async def close(self) -> None:
        """Finish what is under way, put the log back into the file, and let another process have it."""
        if self._is_closed:
            return
        self._is_closed = True
        await self.views.close()
        await self._writer.close()
        try:
            with told_as_ours(self._path):
                self._connection.close()
        finally:
            self._lock.release()
