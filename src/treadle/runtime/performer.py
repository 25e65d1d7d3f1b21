"""Carries out attempts: one task each, whose end comes back as a command."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias

import structlog

from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome, Unknown
from treadle.ports.invoker import Invoker
from treadle.runtime.bounds import RuntimeBounds

log = structlog.get_logger(__name__)

Report: TypeAlias = Callable[[Invocation, Outcome], None]


class Performer:
    """Keeps the tasks of the attempts in flight, and the attempts that outlived their time limit."""

    def __init__(self, invoker: Invoker, bounds: RuntimeBounds) -> None:
        self._invoker = invoker
        self._grace_ms = bounds.attempt_grace_ms
        self._sweep_s = bounds.attempt_sweep_ms / 1_000
        self._open: dict[asyncio.Task[None], tuple[float, Invocation, Report]] = {}
        self._outliving: set[asyncio.Task[None]] = set()
        self._sweep: asyncio.TimerHandle | None = None

    @property
    def in_flight(self) -> int:
        """Attempts that are out."""
        return len(self._open)

    @property
    def outliving(self) -> int:
        """Tasks that go on although their attempt was given up."""
        return len(self._outliving)

    def perform(self, invocation: Invocation, report: Report) -> asyncio.Task[None]:
        """Make the attempt; `report` is called once with its end, unless the task is cancelled."""
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._attempt(invocation))
        given_up_at = loop.time() + (invocation.timeout_ms + self._grace_ms) / 1_000
        self._open[task] = (given_up_at, invocation, report)
        task.add_done_callback(self._forget)
        if self._sweep is None:
            self._sweep = loop.call_later(self._sweep_s, self._give_up_late)
        return task

    async def _attempt(self, invocation: Invocation) -> None:
        try:
            outcome = await self._invoker.invoke(invocation)
        except Exception as broken:  # an invoker's own fault: nobody knows what it did
            log.error("invoker failed", execution=invocation.execution_id, exc_info=broken)
            outcome = Unknown(code="invoker_failed", message=f"{type(broken).__name__}: {broken}"[:512])
        task = asyncio.current_task()
        entry = self._open.pop(task, None) if task is not None else None
        if entry is not None:
            entry[2](invocation, outcome)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._open.pop(task, None)
        self._outliving.discard(task)

    def _give_up_late(self) -> None:
        """End the attempts whose invoker did not: their outcome is unknown, their tasks are told to stop."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        late = [task for task, (given_up_at, _, _) in self._open.items() if given_up_at < now]
        for task in late:
            _, invocation, report = self._open.pop(task)
            self._outliving.add(task)
            message = f"the call did not end within {invocation.timeout_ms} ms"
            report(invocation, Unknown(code="call_timeout", message=message))
            task.cancel()
        self._sweep = loop.call_later(self._sweep_s, self._give_up_late) if self._open else None

    async def drain(self, grace_ms: int) -> None:
        """Await what is in flight, then drop the rest: unknown, and sent again under the same key."""
        if self._open:
            await asyncio.wait(tuple(self._open), timeout=grace_ms / 1_000)
        dropped = (*self._open, *self._outliving)
        for task in dropped:
            task.cancel()
        if dropped:
            await asyncio.wait(dropped, timeout=max(0, self._grace_ms) / 1_000)
        if self._sweep is not None:
            self._sweep.cancel()
