"""The client for programs that have an event loop."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from treadle.client import act_calls, bulk_calls, definition_calls, execution_calls, start_call
from treadle.client.access import access
from treadle.client.answers import BulkAct, Event, Execution
from treadle.client.asking import Asker
from treadle.client.call import Call, PageCall
from treadle.client.following import bulk_ended, follow, settled
from treadle.client.limits import Limits
from treadle.client.methods import described

P = ParamSpec("P")
T = TypeVar("T")


def _asking(
    describe: Callable[P, Call[T]],
) -> "Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]]":
    async def ask(client: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await client._asker.answer(describe(*args, **kwargs))

    return described(ask, describe)


def _listing(
    describe: Callable[P, PageCall[T]],
) -> "Callable[Concatenate[AsyncClient, P], AsyncGenerator[T, None]]":
    async def items(client: "AsyncClient", list_: PageCall[T]) -> AsyncGenerator[T, None]:
        async with aclosing(client._asker.pages(list_)) as pages:
            async for page in pages:
                for item in page:
                    yield item

    def ask(client: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[T, None]:
        return items(client, describe(*args, **kwargs))

    return described(ask, describe)


class AsyncClient:
    """Talks to the server at `url` for one event loop: `async with AsyncClient(url) as client`.

    Every method raises ApiError, the server refused and changed nothing, or Unreachable. What passes is asked
    again within `limits`, where that does nothing twice: starts, reads, and what has an idempotency key.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        namespace: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Without `namespace` it is that of the key, or `default`.

        Raises:
            ValueError: that is not the URL of a server, or a header cannot hold the key or the namespace.
        """
        self._asker = Asker(access(url, api_key, namespace), limits or Limits())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; nothing can be asked any more."""
        await self._asker.aclose()

    info = _asking(definition_calls.info)
    engines = _listing(definition_calls.engines)
    roles = _listing(definition_calls.roles)
    put_definition = _asking(definition_calls.put_definition)
    validate = _asking(definition_calls.validate)
    definitions = _listing(definition_calls.definitions)
    definition = _asking(definition_calls.definition)
    delete_definition = _asking(definition_calls.delete_definition)

    start = _asking(start_call.start)
    execution = _asking(execution_calls.execution)
    executions = _listing(execution_calls.executions)
    counts = _asking(execution_calls.counts)
    failures = _listing(execution_calls.failures)
    nodes = _listing(execution_calls.nodes)
    history = _listing(execution_calls.history)
    explain = _asking(execution_calls.explain)
    signal = _asking(execution_calls.signal)
    callback = _asking(execution_calls.callback)

    pause = _asking(act_calls.pause)
    resume = _asking(act_calls.resume)
    cancel = _asking(act_calls.cancel)
    terminate = _asking(act_calls.terminate)
    retry = _asking(act_calls.retry)
    wake = _asking(act_calls.wake)
    resolve = _asking(act_calls.resolve)
    retry_compensation = _asking(act_calls.retry_compensation)
    skip_compensation = _asking(act_calls.skip_compensation)
    accept_compensation = _asking(act_calls.accept_compensation)

    bulk = _asking(bulk_calls.bulk)
    bulk_preview = _asking(bulk_calls.bulk_preview)
    bulk_act = _asking(bulk_calls.bulk_act)
    stop_bulk_act = _asking(bulk_calls.stop_bulk_act)
    bulk_acts = _listing(bulk_calls.bulk_acts)

    def events(self, execution_id: str, *, after: int = 0) -> AsyncGenerator[Event, None]:
        """Every event after `after` as it happens, none of them twice, to the one that ends the run.

        A connection that breaks is opened again where it broke.
        """
        return follow(self._asker, execution_id, after)

    async def wait(self, execution_id: str, *, timeout_s: float | None = None) -> Execution:
        """The execution once it has ended or is stuck.

        Raises:
            TimeoutError: that took longer than `timeout_s`.
        """
        async with asyncio.timeout(timeout_s):
            return await settled(self._asker, execution_id)

    async def wait_bulk_act(self, bulk_id: str, *, timeout_s: float | None = None) -> BulkAct:
        """The bulk act once it has ended: done, or stopped.

        Raises:
            TimeoutError: that took longer than `timeout_s`.
        """
        async with asyncio.timeout(timeout_s):
            return await bulk_ended(self._asker, bulk_id)
