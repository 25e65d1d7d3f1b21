"""The same read asked for by many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


class SharedReads(Generic[K, T]):
    """One read at a time for each key: whoever asks while it is under way shares the next one.

    So nobody is told less than what was there when he asked. What is read is not kept.
    """

    def __init__(self, read: Callable[[K], Awaitable[T]]) -> None:
        self._read = read
        self._waiting: dict[K, asyncio.Future[T]] = {}
        self._reading: dict[K, asyncio.Task[None]] = {}

    async def get(self, key: K) -> T:
        """What a read gives that begins now or later; raises what it raises."""
        waiting = self._waiting.get(key)
        if waiting is None:
            loop = asyncio.get_running_loop()
            waiting = self._waiting[key] = loop.create_future()
            if key not in self._reading:
                self._reading[key] = loop.create_task(self._read_while_asked(key))
        return await asyncio.shield(waiting)

    async def _read_while_asked(self, key: K) -> None:
        try:
            while (asked := self._waiting.pop(key, None)) is not None:
                await self._tell(key, asked)
        finally:
            del self._reading[key]

    async def _tell(self, key: K, asked: "asyncio.Future[T]") -> None:
        try:
            asked.set_result(await self._read(key))
        except Exception as error:
            asked.set_exception(error)
            asked.exception()  # those who asked may all be gone
        finally:
            asked.cancel()
