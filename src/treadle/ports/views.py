"""Durable storage, as it is read for people. The contract suite is that of the store."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from treadle.model.api_keys import ApiKey
from treadle.model.execution import ExecutionStatus
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
)
from treadle.ports.commit import HistoryRow, IdempotencyKey, StoredState


class IdempotencyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Which start a key was used for."""

    key: IdempotencyKey
    execution_id: ExecutionId


class AuditedExecution(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is kept of one execution, for a check of the one against the other.

    `snapshot_version` is the `seq` of the last event that `snapshot` holds (0 without one), and
    `snapshot_digest` the digest of that event's row. `history` holds every row, oldest first.
    `unreadable` says of columns why they cannot be read: in `summary` stands something else instead.
    """

    summary: Summary
    snapshot: bytes | None
    snapshot_version: int
    snapshot_digest: bytes
    history: tuple[HistoryRow, ...]
    unreadable: dict[str, str] = {}


class AuditedDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """`position` grows with the order in which definitions were stored."""

    position: int
    definition: StoredDefinition


class StrayKind(StrEnum):
    """What of an execution is there although the execution is not."""

    HISTORY = "history"
    SNAPSHOT = "snapshot"
    NOTE = "note"


class Stray(msgspec.Struct, frozen=True, kw_only=True):
    """Something of an execution that there is not."""

    execution_id: ExecutionId
    kind: StrayKind


class Views(Protocol):
    """Reads only; sees every commit that was acknowledged before the call."""

    async def execution(self, namespace: Namespace, execution_id: ExecutionId) -> StoredState | None:
        """What the execution is folded from; None when there is none in this namespace."""
        ...

    async def is_taken(self, execution_id: ExecutionId) -> bool:
        """Whether there is an execution of that id, in whichever namespace."""
        ...

    async def executions(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> Sequence[Summary]:
        """Ordered by (created_at, id) descending; at most `limit`.

        `started_after` is inclusive and `started_before` exclusive; neither finds what has not started. No
        execution starts before it is created. It takes as long as it takes: `page` is for who must not wait.
        """
        ...

    async def page(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> ListPage:
        """The same in pages: together they hold what `executions` does, in its order.

        What one page costs does not grow with the store, so it may hold fewer than `limit`, and go on.
        """
        ...

    async def counts(self, where: ExecutionFilter) -> Mapping[ExecutionStatus, int]:
        """How many executions match, by status; a status without any is left out."""
        ...

    async def bounded_counts(self, where: ExecutionFilter) -> BoundedCounts:
        """The same as far as it can be counted at a cost that does not grow with the store."""
        ...

    async def open_counts(self) -> Mapping[ExecutionStatus, int]:
        """How many executions of all namespaces have not ended, by status; one without any is left out."""
        ...

    async def failures(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> FailurePage:
        """Those that match and have failed or are stuck, in groups; of very many those created last.

        Groups are ordered by (last_at, sample_id) descending, which is also the place that a cursor names.
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
        """What the key was used for, if it was; one that has expired may be told until it is forgotten."""
        ...

    async def api_keys(self) -> Sequence[ApiKey]:
        """Every key by which callers were ever known, of all namespaces."""
        ...

    async def callback_keys(self) -> Sequence[StoredKey]:
        """The keys that sign callback tokens, at most the two newest, newest first."""
        ...

    async def audit(self, after: ExecutionId | None, limit: int) -> Sequence[AuditedExecution]:
        """Every execution of every namespace with its whole history, by id from the one after `after`."""
        ...

    async def audit_definitions(self, after: int, limit: int) -> Sequence[AuditedDefinition]:
        """Every definition of every namespace, inline and deleted ones too, from behind that position."""
        ...

    async def strays(self, after: ExecutionId | None, until: ExecutionId | None) -> Sequence[Stray]:
        """What there is of ids that no execution has, from the one after `after` up to and with `until`."""
        ...

    async def close(self) -> None: ...
