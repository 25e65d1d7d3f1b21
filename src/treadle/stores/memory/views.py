"""The Views port over dicts."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from treadle.model.api_keys import ApiKey
from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.model.ids import Digest, ExecutionId, Namespace, NodeId, node_of
from treadle.model.views import (
    BoundedCounts,
    Cursor,
    ExecutionFilter,
    FailureGroup,
    FailurePage,
    ListPage,
    StoredDefinition,
    StoredKey,
    Summary,
    failing,
)
from treadle.ports.commit import HistoryRow, StoredState
from treadle.ports.views import AuditedDefinition, AuditedExecution, IdempotencyRecord, Stray
from treadle.stores.memory.tables import Row, Tables


class MemoryViews:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def execution(self, namespace: Namespace, execution_id: ExecutionId) -> StoredState | None:
        row = self._tables.executions.get(execution_id)
        return row.state() if row is not None and row.start.namespace == namespace else None

    async def is_taken(self, execution_id: ExecutionId) -> bool:
        return execution_id in self._tables.executions

    async def executions(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> Sequence[Summary]:
        found = [row for row in self._tables.executions.values() if _matches(row, where)]
        found.sort(key=lambda row: (row.start.created_at, row.id), reverse=True)
        if after is not None:
            found = [row for row in found if (row.start.created_at, row.id) < (after.created_at, after.id)]
        return [_summary(row) for row in found[:limit]]

    async def page(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> ListPage:
        found = await self.executions(where, after, limit + 1)
        if len(found) <= limit:
            return ListPage(items=tuple(found), next=None)
        last = found[limit - 1]
        return ListPage(items=tuple(found[:limit]), next=Cursor(created_at=last.created_at, id=last.id))

    async def counts(self, where: ExecutionFilter) -> Mapping[ExecutionStatus, int]:
        return Counter(row.columns.status for row in self._tables.executions.values() if _matches(row, where))

    async def bounded_counts(self, where: ExecutionFilter) -> BoundedCounts:
        return BoundedCounts(by_status=await self.counts(where), at_least=frozenset())

    async def open_counts(self) -> Mapping[ExecutionStatus, int]:
        return Counter(row.columns.status for row in self._tables.open_rows())

    async def failures(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> FailurePage:
        wanted = failing(where)
        if wanted is None:
            return FailurePage(groups=(), is_truncated=False)
        alike: defaultdict[_Alike, list[Row]] = defaultdict(list)
        for row in self._tables.executions.values():
            if _matches(row, wanted):
                alike[_alike(row)].append(row)
        groups = [_failure_group(told, rows) for told, rows in alike.items()]
        groups.sort(key=lambda group: (group.last_at, group.sample_id), reverse=True)
        if after is not None:
            place = (after.created_at, after.id)
            groups = [group for group in groups if (group.last_at, group.sample_id) < place]
        return FailurePage(groups=tuple(groups[:limit]), is_truncated=False)

    async def history(self, execution_id: ExecutionId, after_seq: int, limit: int) -> Sequence[HistoryRow]:
        row = self._tables.executions.get(execution_id)
        last_seq = after_seq + limit
        rows = row.history if row is not None else ()
        return [kept for kept in rows if kept.last_seq > after_seq and kept.first_seq <= last_seq]

    async def definition(
        self, namespace: Namespace, name: str, version: str | None
    ) -> StoredDefinition | None:
        for kept in reversed(self._tables.definitions):
            if kept.namespace == namespace and kept.name == name and not kept.is_inline:
                if version is None and kept.deleted_at is None:
                    return kept
                if version == kept.version:
                    return kept
        return None

    async def document(self, namespace: Namespace, digest: Digest) -> StoredDefinition | None:
        found = [
            kept for kept in self._tables.definitions if (kept.namespace, kept.digest) == (namespace, digest)
        ]
        return min(found, key=lambda kept: kept.is_inline, default=None)

    async def definitions(
        self, namespace: Namespace, name: str | None, after: Cursor | None, limit: int
    ) -> Sequence[StoredDefinition]:
        found = [
            kept
            for kept in self._tables.definitions
            if kept.namespace == namespace
            and not kept.is_inline
            and kept.deleted_at is None
            and name in (None, kept.name)
        ]
        found.sort(key=_place, reverse=True)
        if after is not None:
            found = [kept for kept in found if _place(kept) < (after.created_at, after.id)]
        return found[:limit]

    async def idempotency(self, namespace: Namespace, key: str) -> IdempotencyRecord | None:
        return self._tables.idempotency.get((namespace, key))

    async def api_keys(self) -> Sequence[ApiKey]:
        return tuple(self._tables.api_keys.values())

    async def callback_keys(self) -> Sequence[StoredKey]:
        return tuple(self._tables.callback_keys)

    async def audit(self, after: ExecutionId | None, limit: int) -> Sequence[AuditedExecution]:
        ids = sorted(id_ for id_ in self._tables.executions if after is None or id_ > after)
        return [_audited(self._tables.executions[id_]) for id_ in islice(ids, limit)]

    async def audit_definitions(self, after: int, limit: int) -> Sequence[AuditedDefinition]:
        kept = enumerate(self._tables.definitions, start=1)
        return [
            AuditedDefinition(position=position, definition=definition)
            for position, definition in islice(kept, after, after + limit)
        ]

    async def strays(self, after: ExecutionId | None, until: ExecutionId | None) -> Sequence[Stray]:
        """None: all that is kept of an execution is kept in its row."""
        return ()

    async def close(self) -> None:
        """There are no connections."""


def _place(kept: StoredDefinition) -> tuple[int, str]:
    return kept.created_at, f"{kept.name}@{kept.version}"


def _matches(row: Row, where: ExecutionFilter) -> bool:
    start, columns = row.start, row.columns
    return (
        start.namespace == where.namespace
        and (not where.statuses or columns.status in where.statuses)
        and where.definition in (None, start.definition.name)
        and where.version in (None, start.definition.version)
        and where.business_key in (None, start.business_key)
        and all(start.labels.get(name) == value for name, value in where.labels)
        and _is_started_within(row, where)
    )


def _is_started_within(row: Row, where: ExecutionFilter) -> bool:
    if where.started_after is None and where.started_before is None:
        return True
    started_at = row.columns.started_at
    if started_at is None:
        return False
    is_late = where.started_after is None or started_at >= where.started_after
    return is_late and (where.started_before is None or started_at < where.started_before)


def _summary(row: Row) -> Summary:
    start, columns = row.start, row.columns
    return Summary(
        id=row.id,
        namespace=start.namespace,
        definition=start.definition,
        business_key=start.business_key,
        status=columns.status,
        reason=columns.reason,
        run=columns.run,
        priority=start.priority,
        labels=start.labels,
        failure=columns.failure,
        created_at=start.created_at,
        started_at=columns.started_at,
        updated_at=columns.updated_at,
        ended_at=columns.ended_at,
        version=row.version,
    )


_Alike: TypeAlias = tuple[str, NodeId | None, FailureKind | None, str | None]


def _alike(row: Row) -> _Alike:
    """Where and how it failed."""
    name, failure = row.start.definition.name, row.columns.failure
    if failure is None:
        return name, None, None, row.columns.reason
    return name, None if failure.path is None else node_of(failure.path), failure.kind, failure.code


def _failure_group(told: _Alike, rows: Sequence[Row]) -> FailureGroup:
    definition, node, kind, code = told
    newest = max(rows, key=lambda row: (row.columns.updated_at, row.id))
    return FailureGroup(
        definition=definition,
        node=node,
        kind=kind,
        code=code,
        count=len(rows),
        sample_id=newest.id,
        last_at=newest.columns.updated_at,
    )


def _audited(row: Row) -> AuditedExecution:
    return AuditedExecution(
        summary=_summary(row),
        snapshot=row.snapshot,
        snapshot_version=row.snapshot_version,
        snapshot_digest=row.snapshot_digest,
        history=tuple(row.history),
    )
