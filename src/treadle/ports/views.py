"""Durable storage, as it is read for people. The contract suite is that of the store."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from treadle.model.ids import Digest, ExecutionId, Namespace
from treadle.model.views import Cursor, ExecutionFilter, StoredDefinition, Summary
from treadle.ports.commit import HistoryRow, IdempotencyKey, StoredState


class IdempotencyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Which start a key was used for."""

    key: IdempotencyKey
    execution_id: ExecutionId


class Views(Protocol):
    """Reads only; sees every commit that was acknowledged before the call."""

    async def execution(self, namespace: Namespace, execution_id: ExecutionId) -> StoredState | None:
        """What the execution is folded from; None when there is none in this namespace."""
        ...

    async def executions(self, where: ExecutionFilter, after: Cursor | None, limit: int) -> Sequence[Summary]:
        """Ordered by (created_at, id) descending; at most `limit`."""
        ...

    async def history(self, execution_id: ExecutionId, after_seq: int, limit: int) -> Sequence[HistoryRow]:
        """Rows oldest first, from the one that holds `after_seq` + 1: enough for `limit` events, or all."""
        ...

    async def definition(
        self, namespace: Namespace, name: str, version: str | None
    ) -> StoredDefinition | None:
        """That version, deleted or not; without `version` the one stored last and not deleted. Never inline."""
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

    async def close(self) -> None: ...
