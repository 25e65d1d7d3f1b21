"""Executions as they are read: one, a list, a history; and waiting for an end."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from treadle.model.errors import Rejected, Unavailable
from treadle.model.execution import Execution, is_settled
from treadle.model.ids import ExecutionId, Namespace
from treadle.model.views import Cursor, ExecutionFilter, Summary
from treadle.ports.commit import StoredState
from treadle.runtime.recording import restore
from treadle.service.cursors import decode_cursor, encode_cursor
from treadle.service.history import HistoryItem, history_items
from treadle.service.parts import ServiceParts
from treadle.service.views import SummaryView, summary_view
from treadle.service.workload import worked

STATE_AT_ONCE_BYTES_MAX: Final = 65_536
"""Stored states up to this are decoded in the loop: some hundred microseconds."""


class SummaryPage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the cursor of what follows, None at the end."""

    items: tuple[SummaryView, ...]
    next: str | None


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is what `after` has to be for what follows, None at the end."""

    items: tuple[HistoryItem, ...]
    next: str | None


class Executions:
    """Reads what is durable: from memory what this engine drives, else from the store."""

    def __init__(self, parts: ServiceParts) -> None:
        self._engine = parts.engine
        self._views = parts.views
        self._closing = asyncio.Event()

    async def get(self, namespace: Namespace, execution_id: ExecutionId) -> Execution:
        """The state as it is now.

        Raises:
            Rejected: `execution_not_found`.
        """
        live = self._engine.live(execution_id)
        if live is not None and live.namespace == namespace:
            return live
        stored = await self._views.execution(namespace, execution_id)
        if stored is None:
            raise Rejected("execution_not_found", f"there is no execution {execution_id}")
        return await worked(_size(stored), lambda: restore(stored)[0], STATE_AT_ONCE_BYTES_MAX)

    async def list_page(self, where: ExecutionFilter, cursor: str | None, limit: int) -> SummaryPage:
        """Newest first.

        Raises:
            Rejected: `invalid_parameter`, the cursor.
        """
        after = decode_cursor(cursor) if cursor is not None else None
        found = await self._views.executions(where, after, limit + 1)
        return SummaryPage(items=tuple(map(summary_view, found[:limit])), next=_next(found, limit))

    async def history(
        self, namespace: Namespace, execution_id: ExecutionId, after_seq: int, limit: int
    ) -> HistoryPage:
        """Oldest first, from the event after `after_seq`.

        Raises:
            Rejected: `execution_not_found`.
        """
        if not await self._is_there(namespace, execution_id):
            raise Rejected("execution_not_found", f"there is no execution {execution_id}")
        rows = await self._views.history(execution_id, after_seq, limit + 1)
        size = sum(len(row.events) for row in rows)
        items = await worked(size, lambda: list(history_items(rows, after_seq)), STATE_AT_ONCE_BYTES_MAX)
        shown = items[:limit]
        return HistoryPage(items=tuple(shown), next=str(shown[-1].seq) if len(items) > limit else None)

    async def settled(self, execution: Execution, timeout_ms: int) -> Execution:
        """The state once the execution has ended or is stuck, or as it is when the time is up or on `close`.

        It never raises for the store: what was durable before the wait is told instead.
        """
        if is_settled(execution) or self._closing.is_set():
            return execution
        try:
            await self._until_ended(execution, timeout_ms)
            return await self.get(execution.namespace, execution.id)
        except Unavailable:
            return execution

    def close(self) -> None:
        """Let everybody go who waits for an end: the process stops."""
        self._closing.set()

    async def _until_ended(self, execution: Execution, timeout_ms: int) -> None:
        ended = asyncio.create_task(self._engine.until_ended(execution.namespace, execution.id, timeout_ms))
        closing = asyncio.create_task(self._closing.wait())
        try:
            await asyncio.wait((ended, closing), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                await ended
        finally:
            ended.cancel()
            closing.cancel()

    async def _is_there(self, namespace: Namespace, execution_id: ExecutionId) -> bool:
        live = self._engine.live(execution_id)
        if live is not None:
            return live.namespace == namespace
        return await self._views.execution(namespace, execution_id) is not None


def _size(stored: StoredState) -> int:
    return len(stored.snapshot or b"") + sum(len(row.events) for row in stored.tail)


def _next(found: Sequence[Summary], limit: int) -> str | None:
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    return encode_cursor(Cursor(created_at=last.created_at, id=last.id))
