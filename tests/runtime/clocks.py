"""A clock that the test moves."""

import asyncio

from treadle.model.ids import Instant


class HandClock:
    """Stands until it is moved; who sleeps is woken when the time has come by then."""

    def __init__(self, at: int = 1_767_225_600_000) -> None:
        self._now = at
        self._sleepers: list[tuple[int, asyncio.Future[None]]] = []
        self._slept = asyncio.Condition()

    def now(self) -> Instant:
        return Instant(self._now)

    async def sleep(self, ms: int) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + ms, woken))
        async with self._slept:
            self._slept.notify_all()
        await woken

    def advance(self, ms: int) -> None:
        """Let that much time pass."""
        self._now += ms
        due = [sleeper for sleeper in self._sleepers if sleeper[0] <= self._now]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self._now]
        for _, woken in due:
            if not woken.done():
                woken.set_result(None)

    async def until_asleep(self, ms: int) -> None:
        """Return when somebody sleeps for so long from now on."""
        async with self._slept:
            await self._slept.wait_for(lambda: (self._now + ms) in {at for at, _ in self._sleepers})
