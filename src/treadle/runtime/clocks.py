"""The one place that reads a clock or sleeps."""

import asyncio
import time

from treadle.model.ids import Instant


class Ascending:
    """Makes instants that never go back of what two clocks say, both in nanoseconds.

    While the wall clock is behind what was told already, as after a step backwards, time goes on by the
    steady clock: nothing that waits has to wait until the wall clock has caught up.
    """

    def __init__(self) -> None:
        self._told_ns = 0
        self._steady_ns = 0

    def at(self, wall_ns: int, steady_ns: int) -> Instant:
        """The instant of these readings, which were made together."""
        gone_on_ns = self._told_ns + steady_ns - self._steady_ns
        self._told_ns = wall_ns if wall_ns >= self._told_ns else gone_on_ns
        self._steady_ns = steady_ns
        return Instant(self._told_ns // 1_000_000)


class SystemClock:
    """Wall-clock milliseconds that never go back and never stand still."""

    def __init__(self) -> None:
        self._ascending = Ascending()

    def now(self) -> Instant:
        """The present instant."""
        return self._ascending.at(time.time_ns(), time.monotonic_ns())

    async def sleep(self, ms: int) -> None:
        """Return after `ms` milliseconds."""
        await asyncio.sleep(ms / 1_000)
