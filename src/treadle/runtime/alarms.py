"""The timer heap: one timer of the event loop for the earliest of many alarms."""

import asyncio
import heapq
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from treadle.model.ids import ExecutionId, Instant
from treadle.ports.clock import Clock

K = TypeVar("K", bound=int | ExecutionId)

REPLACED_MIN: Final = 1_000
"""Alarms that were replaced and are not forgotten yet: so many at least, and as many as are set."""


class Alarms(Generic[K]):
    """Calls `wake` with each key whose alarm has come; the newest alarm of a key counts."""

    def __init__(self, clock: Clock, wake: Callable[[K], None]) -> None:
        self._clock = clock
        self._wake = wake
        self._heap: list[tuple[Instant, K]] = []
        self._current: dict[K, Instant] = {}
        self._timer: asyncio.TimerHandle | None = None

    def set(self, key: K, at: Instant | None) -> None:
        """Replace the alarm of this key; None takes it away."""
        if self._current.get(key) == at:
            return
        if len(self._heap) > 2 * len(self._current) + REPLACED_MIN:
            self._forget_replaced()
        if at is None:
            self._current.pop(key, None)
            return
        self._current[key] = at
        heapq.heappush(self._heap, (at, key))
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
        """Of very many far alarms, of what has long gone, most were replaced: keep the others."""
        self._heap = [(at, key) for key, at in self._current.items()]
        heapq.heapify(self._heap)

    def _drop_replaced(self) -> None:
        """Forget those at the head that were replaced since."""
        while self._heap and self._current.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)

    def _ring(self) -> None:
        now = self._clock.now()
        due: list[K] = []
        while self._heap and self._heap[0][0] <= now:
            at, key = heapq.heappop(self._heap)
            if self._current.get(key) == at:
                del self._current[key]
                due.append(key)
        self._arm()
        for key in due:
            self._wake(key)
