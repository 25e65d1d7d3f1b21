"""Time as an argument."""

from typing import Protocol

from treadle.model.ids import Instant


class Clock(Protocol):
    def now(self) -> Instant:
        """The present instant; never goes back within a process."""
        ...

    async def sleep(self, ms: int) -> None:
        """Return after `ms` milliseconds."""
        ...
