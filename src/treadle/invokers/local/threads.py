"""Handlers that are plain functions: each attempt takes one of a bounded number of threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Final

from treadle.invokers.local.outcomes import raised, returned
from treadle.model.effects import Invocation
from treadle.model.outcomes import Cause, Failed, Outcome, Unknown

HANDLER_THREADS_MAX: Final = 32


class HandlerThreads:
    """The threads of plain handlers. One that outlives its attempt keeps its thread until it ends."""

    def __init__(self, threads_max: int = HANDLER_THREADS_MAX) -> None:
        self._threads_max = threads_max
        self._executor = ThreadPoolExecutor(threads_max, thread_name_prefix="treadle-handler")
        self._outliving: set[Future[Outcome]] = set()

    @property
    def outliving(self) -> int:
        """How many threads are taken by handlers whose attempt has ended."""
        return sum(not future.done() for future in self._outliving)

    async def run(
        self, handler: Callable[..., object], arguments: tuple[object, ...], invocation: Invocation
    ) -> Outcome:
        """The outcome of one call, within the attempt's time limit, the wait for a thread included."""
        timeout_ms = invocation.timeout_ms
        self._outliving = {future for future in self._outliving if not future.done()}
        # What is current in the task, such as a span, is so in the thread too.
        future = self._executor.submit(copy_context().run, _attempt, handler, arguments, invocation)
        try:
            async with asyncio.timeout(timeout_ms / 1_000):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if future.cancelled():
                return Failed(
                    code="handler_threads",
                    message=f"all {self._threads_max} threads for handlers were taken for {timeout_ms} ms",
                    cause=Cause.ERROR,
                )
            return Unknown(code="call_timeout", message=f"the handler did not end within {timeout_ms} ms")
        finally:
            if not future.done():
                self._outliving.add(future)

    def close(self) -> None:
        """Start nothing more; a thread that is still taken ends with its handler."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _attempt(
    handler: Callable[..., object], arguments: tuple[object, ...], invocation: Invocation
) -> Outcome:
    try:
        return returned(handler(*arguments))
    except BaseException as error:
        return raised(error, invocation)
