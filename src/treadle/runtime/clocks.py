"""The one place that reads a clock or sleeps."""

import asyncio
import time

from treadle.model.ids import Instant


class SystemClock:
    """Wall-clock milliseconds that never go back: a step of the system clock backwards is held."""

    def __init__(self) -> None:
        self._latest = 0

    def now(self) -> Instant:
        """The present instant."""
        now = time.time_ns() // 1_000_000
        if now > self._latest:
            self._latest = now
        return Instant(self._latest)

    async def sleep(self, ms: int) -> None:
        """Return after `ms` milliseconds."""
        await asyncio.sleep(ms / 1_000)
