"""Handlers that are `async def`: they run in the task of their attempt, which costs no second one.

One timer of the loop keeps all their time limits: a timer a call costs more than a small handler.
"""

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from typing import Any, Final

from treadle.invokers.local.outcomes import raised, returned
from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome, Unknown

GRAIN_S: Final = 0.02
"""A time limit is kept to this precision, never early."""


class HandlerTasks:
    """The tasks of handlers that run, each with the time of the loop at which its limit is over.

    A task whose limit is over is cancelled, and is here no more. Build it inside the event loop.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ends: dict[asyncio.Task[Any], float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._kept_from = inf
        """The timer rings in time for limits that end from here on; an earlier one needs it set anew."""

    async def run(
        self,
        handler: Callable[..., Awaitable[object]],
        arguments: tuple[object, ...],
        invocation: Invocation,
    ) -> Outcome:
        """The outcome of one call, which is cancelled at the time limit of the attempt; one a task at once.

        A handler that will not be cancelled is awaited until it ends; whoever made the task gives it up.
        """
        task = asyncio.current_task(self._loop)
        if task is None:
            raise RuntimeError("a handler runs in a task")
        ends_at = self._loop.time() + invocation.timeout_ms / 1_000
        self._ends[task] = ends_at
        if ends_at < self._kept_from:
            self._keep_from(ends_at)
        try:
            result = await handler(*arguments)
        except asyncio.CancelledError as error:
            if task not in self._ends and task.uncancel() == 0:
                return _late(invocation.timeout_ms)
            if task.cancelling():
                raise
            return raised(error, invocation)
        except BaseException as error:
            # A task that lets SystemExit or KeyboardInterrupt out takes the whole loop with it.
            outcome: Outcome = raised(error, invocation)
        else:
            outcome = returned(result)
        finally:
            kept_until = self._ends.pop(task, None)
        if kept_until is None:
            task.uncancel()
            return _late(invocation.timeout_ms)
        return outcome

    def close(self) -> None:
        """Keep no time limit any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer, self._kept_from = None, inf

    def _keep_from(self, ends_at: float) -> None:
        """Set the timer to the end of the grain in which a limit is over."""
        if self._timer is not None:
            self._timer.cancel()
        self._kept_from = ends_at - ends_at % GRAIN_S
        self._timer = self._loop.call_at(self._kept_from + GRAIN_S, self._ring)

    def _ring(self) -> None:
        now = self._loop.time()
        self._timer, self._kept_from = None, inf
        for task in [task for task, ends_at in self._ends.items() if ends_at <= now]:
            del self._ends[task]
            task.cancel()
        if self._ends:
            self._keep_from(min(self._ends.values()))


def _late(timeout_ms: int) -> Unknown:
    return Unknown(code="call_timeout", message=f"the handler did not end within {timeout_ms} ms")
