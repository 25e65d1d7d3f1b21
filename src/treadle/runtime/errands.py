"""What an engine has done beside its drivers, and that nobody waits for but a stop."""

import asyncio
from collections.abc import Coroutine


class Errands:
    """Tasks that are kept until they have ended."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, errand: Coroutine[None, None, None]) -> None:
        """Have it done."""
        task = asyncio.get_running_loop().create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ended(self, within_ms: int) -> None:
        """Return when all are done, those too that the others sent meanwhile; or when the time is over."""
        try:
            async with asyncio.timeout(within_ms / 1_000):
                while self._tasks:
                    await asyncio.wait(tuple(self._tasks))
        except TimeoutError:
            pass
