"""Time limits of many tasks by one timer of the loop: a timer a call costs more than a small handler."""

import asyncio
from typing import Any, Final

GRAIN_MS: Final = 20
"""A limit is kept to this precision, never early."""


class TimeLimit:
    """The limit of one task; `is_over` once the task was cancelled for it."""

    __slots__ = ("_task", "grain", "is_over")

    def __init__(self, task: "asyncio.Task[Any]", grain: int) -> None:
        self._task = task
        self.grain = grain
        self.is_over = False

    def end(self) -> None:
        """The time is over."""
        self.is_over = True
        self._task.cancel()


class TimeLimits:
    """The limits that are running, by the grain of time in which they end."""

    def __init__(self) -> None:
        self._by_grain: dict[int, set[TimeLimit]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._next = 0

    def start(self, task: "asyncio.Task[Any]", timeout_ms: int) -> TimeLimit:
        """Cancel `task` when `timeout_ms` are over, unless `stop` is called before."""
        loop = asyncio.get_running_loop()
        grain = int(loop.time() * 1_000 + timeout_ms) // GRAIN_MS + 1
        limit = TimeLimit(task, grain)
        limits = self._by_grain.get(grain)
        if limits is None:
            self._by_grain[grain] = {limit}
            if self._timer is None or grain < self._next:
                self._arm(loop, grain)
        else:
            limits.add(limit)
        return limit

    def stop(self, limit: TimeLimit) -> None:
        """The task has ended by itself."""
        limits = self._by_grain.get(limit.grain)
        if limits is not None:
            limits.discard(limit)
            if not limits:
                del self._by_grain[limit.grain]

    def close(self) -> None:
        """Forget them all."""
        self._by_grain.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, loop: asyncio.AbstractEventLoop, grain: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._next = grain
        self._timer = loop.call_at(grain * GRAIN_MS / 1_000, self._ring)

    def _ring(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time() * 1_000
        self._timer = None
        for grain in [grain for grain in self._by_grain if grain * GRAIN_MS <= now]:
            for limit in self._by_grain.pop(grain):
                limit.end()
        if self._by_grain:
            self._arm(loop, min(self._by_grain))
