"""The Views port over a SQLite file."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

import apsw

from treadle.model.api_keys import ApiKey
from treadle.model.execution import TERMINAL, ExecutionStatus
from treadle.model.ids import Digest, ExecutionId, Namespace
from treadle.model.views import (
    BoundedCounts,
    Cursor,
    ExecutionFilter,
    FailurePage,
    ListPage,
    StoredDefinition,
    StoredKey,
    Summary,
    failing,
)
from treadle.ports.commit import HistoryRow, StoredState
from treadle.ports.views import AuditedDefinition, AuditedExecution, IdempotencyRecord, Stray
from treadle.security.tokens import KEYS_VALID_MAX
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.connections import connect_reader
from treadle.stores.sqlite.faults import told_as_ours
from treadle.stores.sqlite.lists import ListBounds, Lists
from treadle.stores.sqlite.lock import check_single_name
from treadle.stores.sqlite.migrate import check_version
from treadle.stores.sqlite.readers import Readers
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.states import read_state

T = TypeVar("T")

DEFAULT_BOUNDS: Final = ListBounds()
LAST_TEXT: Final = "\U0010ffff"
"""Sorts after every id."""
OPEN_STATUSES: Final = json.dumps([status for status in ExecutionStatus if status not in TERMINAL])


class SqliteViews:
    """Reads beside the writer, in threads of its own."""

    def __init__(self, path: Path, statements: Statements, bounds: ListBounds = DEFAULT_BOUNDS) -> None:
        self._readers = Readers(path)
        self._statements = statements
        self._bounds = bounds

    async def execution(self, namespace: Namespace, execution_id: ExecutionId) -> StoredState | None:
        state = await self._readers.run(
            lambda connection: read_state(connection, self._statements, execution_id)
        )
        return state if state is not None and state.namespace == namespace else None

    async def is_taken(self, execution_id: ExecutionId) -> bool:
        return bool(await self._rows(self._statements["list_existing"], (rows.id_list([execution_id]),)))

    async def executions(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> Sequence[Summary]:
        page = await self._listed(lambda lists: lists.page(where, after, limit), None)
        return page.items

    async def page(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> ListPage:
        return await self._listed(lambda lists: lists.page(where, after, limit), self._bounds)

    async def counts(self, where: ExecutionFilter) -> Mapping[ExecutionStatus, int]:
        return (await self._listed(lambda lists: lists.counts(where), None)).by_status

    async def bounded_counts(self, where: ExecutionFilter) -> BoundedCounts:
        return await self._listed(lambda lists: lists.counts(where), self._bounds)

    async def open_counts(self) -> Mapping[ExecutionStatus, int]:
        found = await self._rows(self._statements["count_open"], (OPEN_STATUSES,))
        counts: Counter[ExecutionStatus] = Counter()
        for status, count in found:
            counts[ExecutionStatus(status)] += count
        return +counts

    async def failures(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> FailurePage:
        wanted = failing(where)
        if wanted is None:
            return FailurePage(groups=(), is_truncated=False)
        return await self._listed(lambda lists: lists.failures(wanted, after, limit), self._bounds)

    async def history(self, execution_id: ExecutionId, after_seq: int, limit: int) -> Sequence[HistoryRow]:
        found = await self._rows(
            self._statements["list_history"], (execution_id, after_seq, after_seq + limit)
        )
        return [rows.read_history(row) for row in found]

    async def definition(
        self, namespace: Namespace, name: str, version: str | None
    ) -> StoredDefinition | None:
        if version is None:
            return await self._definition("find_newest", (namespace, name))
        return await self._definition("find_version", (namespace, name, version))

    async def document(self, namespace: Namespace, digest: Digest) -> StoredDefinition | None:
        return await self._definition("find_document", (namespace, digest))

    async def definitions(
        self, namespace: Namespace, name: str | None, after: Cursor | None, limit: int
    ) -> Sequence[StoredDefinition]:
        place = (None, None) if after is None else (after.created_at, after.id)
        found = await self._rows(self._statements["list_definitions"], (namespace, name, *place, limit))
        return [rows.read_definition(row) for row in found]

    async def idempotency(self, namespace: Namespace, key: str) -> IdempotencyRecord | None:
        found = await self._rows(self._statements["find_idempotency"], (namespace, key))
        return rows.read_idempotency(found[0]) if found else None

    async def api_keys(self) -> Sequence[ApiKey]:
        return [rows.read_api_key(row) for row in await self._rows(self._statements["list_api_keys"], ())]

    async def callback_keys(self) -> Sequence[StoredKey]:
        found = await self._rows(self._statements["list_callback_keys"], (KEYS_VALID_MAX,))
        return [rows.read_key(row) for row in found]

    async def audit(self, after: ExecutionId | None, limit: int) -> Sequence[AuditedExecution]:
        def read(connection: apsw.Connection) -> list[AuditedExecution]:
            listed: list[rows.Row] = connection.execute(
                self._statements["list_audited"], (after or "", limit)
            ).fetchall()
            ids = rows.id_list([row[0] for row in listed])
            histories = rows.read_histories(connection.execute(self._statements["list_histories"], (ids,)))
            return [rows.read_audited(row, histories.get(row[0], ())) for row in listed]

        return await self._readers.run(read)

    async def audit_definitions(self, after: int, limit: int) -> Sequence[AuditedDefinition]:
        found = await self._rows(self._statements["list_audited_definitions"], (after, limit))
        return [rows.read_audited_definition(row) for row in found]

    async def strays(self, after: ExecutionId | None, until: ExecutionId | None) -> Sequence[Stray]:
        between = {"after": after or "", "until": until or LAST_TEXT}
        found = await self._readers.run(
            lambda connection: connection.execute(self._statements["list_strays"], between).fetchall()
        )
        return [rows.read_stray(row) for row in found]

    async def close(self) -> None:
        """Idempotent."""
        self._readers.close()

    async def _definition(self, name: str, values: rows.Values) -> StoredDefinition | None:
        found = await self._rows(self._statements[name], values)
        return rows.read_definition(found[0]) if found else None

    async def _listed(self, read: Callable[[Lists], T], bounds: ListBounds | None) -> T:
        return await self._readers.run(lambda connection: read(Lists(connection, self._statements, bounds)))

    async def _rows(self, statement: str, values: rows.Values) -> list[rows.Row]:
        return await self._readers.run(lambda connection: connection.execute(statement, values).fetchall())


def open_views(path: Path) -> SqliteViews:
    """Read a store without its lock: beside an engine that runs on it, or with none.

    Raises:
        Unavailable: `store_unavailable`, there is no such store; `store_too_new` or `store_too_old`,
            it is of another version of Treadle.
        Corrupt: `migration_changed`.
    """
    with told_as_ours(path):
        check_single_name(path)
        connection = connect_reader(path)
        try:
            check_version(connection)
        finally:
            connection.close()
        return SqliteViews(path, Statements())
