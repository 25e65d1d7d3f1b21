"""The client for programs that have no event loop."""

import asyncio
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from treadle.client import act_calls, bulk_calls, definition_calls, execution_calls, start_call
from treadle.client.access import access
from treadle.client.answers import BulkAct, Event, Execution
from treadle.client.asking import Asker
from treadle.client.call import Call, PageCall
from treadle.client.following import bulk_ended, follow, settled
from treadle.client.limits import Limits
from treadle.client.loop_thread import LoopThread
from treadle.client.methods import described

P = ParamSpec("P")
T = TypeVar("T")


def _asking(describe: Callable[P, Call[T]]) -> "Callable[Concatenate[Client, P], T]":
    def ask(client: "Client", /, *args: P.args, **kwargs: P.kwargs) -> T:
        call = describe(*args, **kwargs)
        return client._thread.run(client._asker.answer(call))

    return described(ask, describe)


def _listing(describe: Callable[P, PageCall[T]]) -> "Callable[Concatenate[Client, P], Iterator[T]]":
    def items(client: "Client", list_: PageCall[T]) -> Iterator[T]:
        for page in client._thread.iterate(client._asker.pages(list_)):
            yield from page

    def ask(client: "Client", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return items(client, describe(*args, **kwargs))

    return described(ask, describe)


class Client:
    """Talks to the server at `url`: `with Client(url) as client`. Any thread may use it.

    It has an event loop in a thread of its own, so the program needs none. Every method raises ApiError, the
    server refused and changed nothing, or Unreachable. What passes is asked again within `limits`, where that
    does nothing twice: starts, reads, and what has an idempotency key.
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
        self._thread = LoopThread()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and end the thread; nothing can be asked any more."""
        self._thread.close(self._asker.aclose())

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

    def events(self, execution_id: str, *, after: int = 0) -> Iterator[Event]:
        """Every event after `after` as it happens, none of them twice, to the one that ends the run.

        A connection that breaks is opened again where it broke.
        """
        return self._thread.iterate(follow(self._asker, execution_id, after))

    def wait(self, execution_id: str, *, timeout_s: float | None = None) -> Execution:
        """The execution once it has ended or is stuck.

        Raises:
            TimeoutError: that took longer than `timeout_s`.
        """

        async def in_time() -> Execution:
            async with asyncio.timeout(timeout_s):
                return await settled(self._asker, execution_id)

        return self._thread.run(in_time())

    def wait_bulk_act(self, bulk_id: str, *, timeout_s: float | None = None) -> BulkAct:
        """The bulk act once it has ended: done, or stopped.

        Raises:
            TimeoutError: that took longer than `timeout_s`.
        """

        async def in_time() -> BulkAct:
            async with asyncio.timeout(timeout_s):
                return await bulk_ended(self._asker, bulk_id)

        return self._thread.run(in_time())
