"""An event loop in a thread of its own, for programs that have none."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import suppress
from typing import Any, Final, TypeVar

T = TypeVar("T")
THREAD_NAME: Final = "treadle-client"


class LoopThread:
    """Does work for any thread that asks, until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._is_closed = False
        self._closing = threading.Lock()
        self._thread = threading.Thread(target=self._loop.run_forever, name=THREAD_NAME, daemon=True)
        self._ending = set[asyncio.Task[None]]()
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work returns or raises; it is cancelled when the one who waits is interrupted.

        Raises:
            RuntimeError: it is closed.
        """
        if self._is_closed:
            work.close()
            raise RuntimeError("the client is closed")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        finally:
            future.cancel()

    def iterate(self, items: AsyncGenerator[T, None]) -> Iterator[T]:
        """The items as they come; what makes them is closed when nobody wants more."""
        try:
            while True:
                try:
                    item = self.run(_next(items))
                except StopAsyncIteration:
                    return
                yield item
        finally:
            # Not waited for: the collector of garbage may run this in the loop's own thread.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._let_go, items)

    def _let_go(self, items: AsyncGenerator[T, None]) -> None:
        task = self._loop.create_task(_close(items))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def close(self, last: Coroutine[Any, Any, None]) -> None:
        """Run `last`, end everything that still runs, and the thread."""
        with self._closing:
            if self._is_closed:
                last.close()
                return
            self.run(last)
            self._is_closed = True
            asyncio.run_coroutine_threadsafe(_end_all(self._loop), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


async def _next(items: AsyncGenerator[T, None]) -> T:
    return await anext(items)


async def _close(items: AsyncGenerator[T, None]) -> None:
    # One that was interrupted within is being closed already.
    with suppress(RuntimeError):
        await items.aclose()


async def _end_all(loop: asyncio.AbstractEventLoop) -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await loop.shutdown_asyncgens()
