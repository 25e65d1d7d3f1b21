"""The timer heap: one timer of the event loop for the earliest alarm of all live executions."""

import asyncio
import heapq
from collections.abc import Callable
from typing import Final

from treadle.model.ids import ExecutionId, Instant
from treadle.ports.clock import Clock

REPLACED_MIN: Final = 1_000
"""Alarms that were replaced and are not forgotten yet: so many at least, and as many as are set."""


class Alarms:
    """Calls `wake` with the id of each execution whose alarm has come; the newest alarm of an id counts."""

    def __init__(self, clock: Clock, wake: Callable[[ExecutionId], None]) -> None:
        self._clock = clock
        self._wake = wake
        self._heap: list[tuple[Instant, ExecutionId]] = []
        self._current: dict[ExecutionId, Instant] = {}
        self._timer: asyncio.TimerHandle | None = None

    def set(self, execution_id: ExecutionId, at: Instant | None) -> None:
        """Replace the alarm of this execution; None takes it away."""
        if self._current.get(execution_id) == at:
            return
        if len(self._heap) > 2 * len(self._current) + REPLACED_MIN:
            self._forget_replaced()
        if at is None:
            self._current.pop(execution_id, None)
            return
        self._current[execution_id] = at
        heapq.heappush(self._heap, (at, execution_id))
        if self._heap[0][0] == at:
            self._arm()

    @property
    def earliest(self) -> Instant | None:
        """The first alarm that has not rung, None if none is set."""
        self._drop_replaced()
        return self._heap[0][0] if self._heap else None

    def close(self) -> None:
        """Forget every alarm."""
        self._heap.clear()
        self._current.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._drop_replaced()
        if self._heap:
            delay_ms = max(0, self._heap[0][0] - self._clock.now())
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay_ms / 1_000, self._ring)

    def _forget_replaced(self) -> None:
        """Of very many far alarms, of executions that have long left, most were replaced: keep the others."""
        self._heap = [(at, execution_id) for execution_id, at in self._current.items()]
        heapq.heapify(self._heap)

    def _drop_replaced(self) -> None:
        """Forget those at the head that were replaced since."""
        while self._heap and self._current.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)

    def _ring(self) -> None:
        now = self._clock.now()
        due: list[ExecutionId] = []
        while self._heap and self._heap[0][0] <= now:
            at, execution_id = heapq.heappop(self._heap)
            if self._current.get(execution_id) == at:
                del self._current[execution_id]
                due.append(execution_id)
        self._arm()
        for execution_id in due:
            self._wake(execution_id)
