"""Durable storage, as it is read for people. The contract suite is that of the store."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from treadle.model.api_keys import ApiKey
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Digest, ExecutionId, Namespace
from treadle.model.views import Cursor, ExecutionFilter, FailureGroup, StoredDefinition, Summary
from treadle.ports.commit import HistoryRow, IdempotencyKey, StoredState


class IdempotencyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Which start a key was used for."""

    key: IdempotencyKey
    execution_id: ExecutionId


class AuditedExecution(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is kept of one execution, for a check of the one against the other.

    `snapshot_version` is the `seq` of the last event that `snapshot` holds (0 without one), and
    `snapshot_digest` the digest of that event's row. `history` holds every row, oldest first.
    """

    summary: Summary
    snapshot: bytes | None
    snapshot_version: int
    snapshot_digest: bytes
    history: tuple[HistoryRow, ...]


class Views(Protocol):
    """Reads only; sees every commit that was acknowledged before the call."""

    async def execution(self, namespace: Namespace, execution_id: ExecutionId) -> StoredState | None:
        """What the execution is folded from; None when there is none in this namespace."""
        ...

    async def executions(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> Sequence[Summary]:
        """Ordered by (created_at, id) descending; at most `limit`.

        `started_after` is inclusive and `started_before` exclusive; neither finds what has not started.
        """
        ...

    async def counts(self, where: ExecutionFilter) -> Mapping[ExecutionStatus, int]:
        """How many executions match, by status; a status without any is left out."""
        ...

    async def open_counts(self) -> Mapping[ExecutionStatus, int]:
        """How many executions of all namespaces have not ended, by status; one without any is left out."""
        ...

    async def failures(
        self, where: ExecutionFilter, after: Cursor | None, limit: int
    ) -> Sequence[FailureGroup]:
        """Those that match and have failed or are stuck, in groups.

        Ordered by (last_at, sample_id) descending, which is also the place that a cursor names.
        """
        ...

    async def history(self, execution_id: ExecutionId, after_seq: int, limit: int) -> Sequence[HistoryRow]:
        """Rows oldest first, from the one that holds `after_seq` + 1: enough for `limit` events, or all."""
        ...

    async def definition(
        self, namespace: Namespace, name: str, version: str | None
    ) -> StoredDefinition | None:
        """That version, deleted or not; without `version` the one stored last and not deleted.

        Never an inline one. What was deleted and put again keeps its place in the order.
        """
        ...

    async def document(self, namespace: Namespace, digest: Digest) -> StoredDefinition | None:
        """The definition of that digest, inline ones and deleted ones included."""
        ...

    async def definitions(
        self, namespace: Namespace, name: str | None, after: Cursor | None, limit: int
    ) -> Sequence[StoredDefinition]:
        """Newest first by (created_at, `name@version`) descending; neither deleted nor inline ones."""
        ...

    async def idempotency(self, namespace: Namespace, key: str) -> IdempotencyRecord | None:
        """What the key was used for, if it was."""
        ...

    async def api_keys(self) -> Sequence[ApiKey]:
        """Every key by which callers were ever known, of all namespaces."""
        ...

    async def audit(self, after: ExecutionId | None, limit: int) -> Sequence[AuditedExecution]:
        """Every execution of every namespace with its whole history, by id from the one after `after`."""
        ...

    async def close(self) -> None: ...
