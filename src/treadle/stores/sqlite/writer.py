"""The one thread that writes: what is asked of it runs in the order in which it was asked."""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class WriterThread:
    """Jobs in, futures out.

    A pool of one thread does the same with more futures and locks, which cost as much as a small commit.
    """

    def __init__(self, afterwards: Callable[[], None] = lambda: None) -> None:
        """`afterwards` runs in the thread after each job, when its end has been told; it never raises."""
        self._afterwards = afterwards
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="treadle-sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, write: Callable[[], T]) -> T:
        """What `write` returns or raises in the thread. It is carried out even if the caller goes away."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            try:
                result = write()
            except BaseException as error:
                loop.call_soon_threadsafe(_fail, done, error)
            else:
                loop.call_soon_threadsafe(_resolve, done, result)

        self._jobs.put(job)
        return await done

    async def close(self) -> None:
        """Return when everything that was asked is done; nothing may be asked any more."""
        self._jobs.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            self._afterwards()


def _resolve(done: "asyncio.Future[Any]", result: object) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: "asyncio.Future[Any]", error: BaseException) -> None:
    if not done.done():
        done.set_exception(error)
