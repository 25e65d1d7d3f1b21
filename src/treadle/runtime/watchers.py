"""Those who wait for an execution to end."""

import asyncio
from collections import defaultdict
from itertools import count
from typing import TypeAlias

from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId, Instant
from treadle.ports.clock import Clock
from treadle.runtime.alarms import Alarms

Settled: TypeAlias = "asyncio.Future[Execution | None]"


class Watch:
    """Somebody who waits: `settled` is resolved with the first durable state that is settled, or None."""

    __slots__ = ("execution_id", "number", "settled")

    def __init__(self, execution_id: ExecutionId, number: int, settled: Settled) -> None:
        self.execution_id = execution_id
        self.number = number
        self.settled = settled


class Watchers:
    """All who wait, by execution. One timer keeps all their time limits: one each costs as much as a step."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: defaultdict[ExecutionId, dict[int, Watch]] = defaultdict(dict)
        self._limited: dict[int, Watch] = {}
        self._limits = Alarms[int](clock, self._give_up)
        self._numbers = count()

    def observe(self, execution: Execution) -> None:
        """Wake those who wait: this state is settled."""
        for watch in self._waiting.pop(execution.id, {}).values():
            if not watch.settled.done():
                watch.settled.set_result(execution)

    def add(self, execution_id: ExecutionId) -> Watch:
        """Somebody waits from now on; whoever adds removes it."""
        watch = Watch(execution_id, next(self._numbers), asyncio.get_running_loop().create_future())
        self._waiting[execution_id][watch.number] = watch
        return watch

    def limit(self, watch: Watch, timeout_ms: int) -> None:
        """It waits for so long at most: then it was not settled, and None is what it is told.

        The time is the engine's: a clock that is set forward ends the wait sooner.
        """
        self._limited[watch.number] = watch
        self._limits.set(watch.number, Instant(self._clock.now() + timeout_ms))

    def remove(self, watch: Watch) -> None:
        """Whoever waited has gone."""
        if self._limited.pop(watch.number, None) is not None:
            self._limits.set(watch.number, None)
        waiting = self._waiting.get(watch.execution_id)
        if waiting is not None:
            waiting.pop(watch.number, None)
            if not waiting:
                del self._waiting[watch.execution_id]

    def release(self) -> None:
        """Let everybody go who waits now: what they wait for is not settled yet."""
        for watches in self._waiting.values():
            for watch in watches.values():
                if not watch.settled.done():
                    watch.settled.set_result(None)

    def close(self) -> None:
        """Let everybody go: the engine stops."""
        for watches in self._waiting.values():
            for watch in watches.values():
                watch.settled.cancel()
        self._waiting.clear()
        self._limited.clear()
        self._limits.close()

    def _give_up(self, number: int) -> None:
        """The time is over: it was not settled."""
        watch = self._limited.pop(number)
        if not watch.settled.done():
            watch.settled.set_result(None)
