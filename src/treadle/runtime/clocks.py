"""The one place that reads a clock or sleeps."""

import asyncio
import time
from collections.abc import Callable

from treadle.model.ids import Instant


class SystemClock:
    """Wall-clock milliseconds that never go back and never stand still, of two clocks of the machine.

    Both tell nanoseconds. While the wall clock is behind what was told already, as after a step backwards,
    time goes on by the steady clock: nothing that waits has to wait until the wall clock has caught up.
    """

    def __init__(
        self, wall: Callable[[], int] = time.time_ns, steady: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._told_ns = 0
        self._steady_ns = 0

    def now(self) -> Instant:
        """The present instant."""
        now_ns, steady_ns = self._wall(), self._steady()
        if now_ns < self._told_ns:
            now_ns = self._told_ns + steady_ns - self._steady_ns
        self._told_ns, self._steady_ns = now_ns, steady_ns
        return Instant(now_ns // 1_000_000)

    async def sleep(self, ms: int) -> None:
        """Return after `ms` milliseconds."""
        await asyncio.sleep(ms / 1_000)
