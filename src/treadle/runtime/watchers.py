"""Those who wait for an execution to end."""

import asyncio
from collections import defaultdict

from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId


def give_up(waiting: "asyncio.Future[Execution | None]") -> None:
    """The time is over: it was not settled."""
    if not waiting.done():
        waiting.set_result(None)


class Watchers:
    """Futures by execution; a future is resolved with the first durable state that is settled, or None."""

    def __init__(self) -> None:
        self._waiting: defaultdict[ExecutionId, set[asyncio.Future[Execution | None]]] = defaultdict(set)

    def observe(self, execution: Execution) -> None:
        """Wake those who wait: this state is settled."""
        for future in self._waiting.pop(execution.id, ()):
            if not future.done():
                future.set_result(execution)

    def add(self, execution_id: ExecutionId) -> "asyncio.Future[Execution | None]":
        """A future that the first settled state resolves."""
        future: asyncio.Future[Execution | None] = asyncio.get_running_loop().create_future()
        self._waiting[execution_id].add(future)
        return future

    def remove(self, execution_id: ExecutionId, future: "asyncio.Future[Execution | None]") -> None:
        """Whoever waited has gone."""
        waiting = self._waiting.get(execution_id)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._waiting[execution_id]

    def release(self) -> None:
        """Let everybody go who waits now: what they wait for is not settled yet."""
        for futures in self._waiting.values():
            for future in futures:
                give_up(future)

    def close(self) -> None:
        """Let everybody go: the engine stops."""
        for futures in self._waiting.values():
            for future in futures:
                future.cancel()
        self._waiting.clear()
