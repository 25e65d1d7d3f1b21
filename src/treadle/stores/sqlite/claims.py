"""Who may write: live engine, owners and fences; runs in the writer's thread."""

from collections.abc import Sequence
from contextlib import suppress

import apsw
import structlog

from treadle.model.ids import EngineId, ExecutionId, Instant
from treadle.ports.commit import Claimed, InboxRow
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.states import read_claimed, read_inbox
from treadle.stores.sqlite.transactions import reading, writing

log = structlog.get_logger(__name__)

NO_ENGINE = ""
"""Sorts before every engine's id."""


class Claims:
    def __init__(self, connection: apsw.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def register(self, engine: EngineId, now: Instant) -> None:
        """Make `engine` the live one; what others own becomes due."""
        connection, statements = self._connection, self._statements
        with writing(connection):
            connection.execute(statements["retire_engines"], (now,))
            connection.execute(statements["upsert_engine"], (engine, now))
            self._disown(now)

    def claim_due(
        self, engine: EngineId, now: Instant, limit: int, bytes_max: int | None = None
    ) -> list[Claimed]:
        try:
            with writing(self._connection):
                self._disown(now)
                return self._own(engine, self._fitting(self._due(now, limit), bytes_max))
        except apsw.CorruptError:
            return self._claim_readable(engine, now, limit, bytes_max)

    def release(
        self, engine: EngineId, execution_id: ExecutionId, fence: int, due_at: Instant | None
    ) -> bool:
        """Give it up as it is; whether it was the engine's under this fence."""
        released = (execution_id, engine, fence, due_at)
        with writing(self._connection):
            self._connection.execute(self._statements["release_execution"], released)
            return self._connection.changes() > 0

    def claim_each(self, wanted: Sequence[tuple[EngineId, ExecutionId]]) -> list[Claimed | None]:
        """What came of each claim, in the order of `wanted`; all of them are durable, or none."""
        with writing(self._connection):
            return [self._claim(engine, execution_id) for engine, execution_id in wanted]

    def _claim(self, engine: EngineId, execution_id: ExecutionId) -> Claimed | None:
        free = self._connection.execute(
            self._statements["find_claimable"], (execution_id, self._live())
        ).fetchall()
        claimed = self._own(engine, [execution_id]) if free else []
        return claimed[0] if claimed else None

    def inbox(self, execution_id: ExecutionId, after: int) -> list[InboxRow]:
        """What waits for the execution, whoever owns it."""
        return read_inbox(self._connection, self._statements, execution_id, after)

    def next_due(self) -> Instant | None:
        with reading(self._connection):
            found = (
                self._connection.execute(self._statements["find_earliest_due"], (priority,)).get
                for priority in self._priorities()
            )
            return min(found, default=None)

    def _due(self, now: Instant, limit: int) -> list[ExecutionId]:
        """Ids of what is due, by priority, then time.

        An index by priority and time is walked once for each priority in use, so what is not due yet
        costs nothing however much of it there is.
        """
        ids: list[ExecutionId] = []
        for priority in self._priorities():
            if len(ids) >= limit:
                break
            found = self._connection.execute(self._statements["list_due"], (priority, now, limit - len(ids)))
            ids.extend(execution_id for (execution_id,) in found)
        return ids

    def _fitting(self, ids: Sequence[ExecutionId], bytes_max: int | None) -> Sequence[ExecutionId]:
        """Those at the head whose states fit the bytes together; the first in any case."""
        if bytes_max is None or len(ids) < 2:
            return ids
        sizes = dict(self._connection.execute(self._statements["list_state_bytes"], (rows.id_list(ids),)))
        size = 0
        for index, execution_id in enumerate(ids):
            size += sizes[execution_id]
            if index and size > bytes_max:
                return ids[:index]
        return ids

    def _claim_readable(
        self, engine: EngineId, now: Instant, limit: int, bytes_max: int | None
    ) -> list[Claimed]:
        """A page of the file is damaged: claim one by one, and pass over what cannot be read.

        That one is owned too, and not driven, or it would be found due again and again.
        """
        with writing(self._connection):
            self._disown(now)
            ids = self._due(now, limit)
        claimed: list[Claimed] = []
        for execution_id in ids:
            if bytes_max is not None and sum(map(_size, claimed)) > bytes_max:
                break
            try:
                with writing(self._connection):
                    claimed += self._own(engine, [execution_id])
            except apsw.CorruptError as damage:
                log.error("execution cannot be read", execution=execution_id, message=str(damage))
                self._keep_still(engine, execution_id)
        return claimed

    def _keep_still(self, engine: EngineId, execution_id: ExecutionId) -> None:
        with suppress(apsw.CorruptError), writing(self._connection):
            self._connection.execute(
                self._statements["claim_executions"], (engine, rows.id_list([execution_id]))
            )

    def _own(self, engine: EngineId, ids: Sequence[ExecutionId]) -> list[Claimed]:
        if not ids:
            return []
        self._connection.execute(self._statements["claim_executions"], (engine, rows.id_list(ids)))
        return read_claimed(self._connection, self._statements, ids)

    def _disown(self, now: Instant) -> None:
        """Executions whose engine is gone become due, from their last change on."""
        self._connection.execute(self._statements["disown_executions"], (now, self._live()))

    def _live(self) -> str:
        found = self._connection.execute(self._statements["find_engine"]).fetchall()
        return str(found[0][0]) if found else NO_ENGINE

    def _priorities(self) -> list[int]:
        """Those of the executions that have a `due_at`, highest first."""
        return [priority for (priority,) in self._connection.execute(self._statements["list_due_priorities"])]


def _size(claimed: Claimed) -> int:
    state = claimed.state
    return len(state.snapshot or b"") + sum(len(row.events) for row in state.tail)
