"""Executions as they are read: one, a list, a history; and waiting for an end."""

from collections.abc import Sequence
from itertools import chain, islice
from typing import Final

import msgspec

from treadle.codec.events import decode_events
from treadle.core.evolve import fold
from treadle.model.errors import Rejected, Unavailable
from treadle.model.events import ExecutionStarted
from treadle.model.execution import Execution, is_settled
from treadle.model.ids import ExecutionId, Namespace
from treadle.ports.commit import HistoryRow, StoredState
from treadle.runtime.recording import restore
from treadle.service.history import HistoryItem, history_items
from treadle.service.parts import ServiceParts
from treadle.service.workload import worked

STATE_AT_ONCE_BYTES_MAX: Final = 65_536
"""Stored states up to this are decoded in the loop: some hundred microseconds."""
FOLDED_EVENTS_MAX: Final = 1_000
"""Events of a history that are read and folded at a time."""


class HistoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is what `after` has to be for what follows, None at the end."""

    items: tuple[HistoryItem, ...]
    next: str | None


class Executions:
    """Reads what is durable: from memory what this engine drives, else from the store."""

    def __init__(self, parts: ServiceParts) -> None:
        self._engine = parts.engine
        self._views = parts.views
        self._is_closing = False

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
            raise _not_found(execution_id)
        return await worked(_size(stored), lambda: restore(stored)[0], STATE_AT_ONCE_BYTES_MAX)

    async def at(self, namespace: Namespace, execution_id: ExecutionId, seq: int) -> Execution:
        """The state as it was after the event `seq`, folded from the history.

        Raises:
            Rejected: `execution_not_found`, or `invalid_parameter` if there is no such event.
        """
        if not await self._is_there(namespace, execution_id):
            raise _not_found(execution_id)
        state = await self._further(execution_id, None, seq)
        while state.version < seq:
            state = await self._further(execution_id, state, seq)
        return state

    async def _further(self, execution_id: ExecutionId, state: Execution | None, seq: int) -> Execution:
        """The state with the next events of the history, FOLDED_EVENTS_MAX at most, up to the event `seq`.

        Raises:
            Rejected: `invalid_parameter`, there are none.
        """
        done = 0 if state is None else state.version
        rows = await self._views.history(execution_id, done, min(seq - done, FOLDED_EVENTS_MAX))
        further = await worked(_bytes(rows), lambda: _folded(state, rows, seq), STATE_AT_ONCE_BYTES_MAX)
        if further is None or further.version == done:
            raise Rejected("invalid_parameter", f"`at` is {seq}, and the last event of the history is {done}")
        return further

    async def namespace_of(self, execution_id: ExecutionId) -> Namespace | None:
        """Where the execution is, for one who has proved otherwise that it is the right one; None if nowhere.

        A live one is asked; of any other the first event says it.
        """
        live = self._engine.live(execution_id)
        if live is not None:
            return live.namespace
        rows = await self._views.history(execution_id, 0, 1)
        first = decode_events(rows[0].events)[0] if rows else None
        return first.namespace if isinstance(first, ExecutionStarted) else None

    async def history(
        self, namespace: Namespace, execution_id: ExecutionId, after_seq: int, limit: int
    ) -> HistoryPage:
        """Oldest first, from the event after `after_seq`.

        Raises:
            Rejected: `execution_not_found`.
        """
        if not await self._is_there(namespace, execution_id):
            raise _not_found(execution_id)
        rows = await self._views.history(execution_id, after_seq, limit + 1)
        items = await worked(
            _bytes(rows), lambda: list(history_items(rows, after_seq)), STATE_AT_ONCE_BYTES_MAX
        )
        shown = items[:limit]
        return HistoryPage(items=tuple(shown), next=str(shown[-1].seq) if len(items) > limit else None)

    async def settled(self, execution: Execution, timeout_ms: int) -> Execution:
        """The state once the execution has ended or is stuck, or as it is when the time is up or on `close`.

        It never raises for the store: what was durable before the wait is told instead.
        """
        if is_settled(execution) or self._is_closing:
            return execution
        try:
            settled = await self._engine.until_settled(execution.namespace, execution.id, timeout_ms)
            return settled or await self.get(execution.namespace, execution.id)
        except Unavailable:
            return execution

    def close(self) -> None:
        """Let everybody go who waits for an end: the process stops."""
        self._is_closing = True
        self._engine.release_waiting()

    async def _is_there(self, namespace: Namespace, execution_id: ExecutionId) -> bool:
        live = self._engine.live(execution_id)
        if live is not None:
            return live.namespace == namespace
        return await self._views.execution(namespace, execution_id) is not None


def _size(stored: StoredState) -> int:
    return len(stored.snapshot or b"") + _bytes(stored.tail)


def _bytes(rows: Sequence[HistoryRow]) -> int:
    return sum(len(row.events) for row in rows)


def _folded(before: Execution | None, rows: Sequence[HistoryRow], seq: int) -> Execution | None:
    """The state with the events of the rows that it does not hold yet, up to the event `seq`."""
    if not rows:
        return before
    done = before.version if before is not None else 0
    events = chain.from_iterable(decode_events(row.events) for row in rows)
    return fold(before, islice(events, done + 1 - rows[0].first_seq, seq + 1 - rows[0].first_seq))


def _not_found(execution_id: ExecutionId) -> Rejected:
    return Rejected("execution_not_found", f"there is no execution {execution_id}")
