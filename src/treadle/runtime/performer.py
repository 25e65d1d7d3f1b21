"""Carries out attempts: one task each, whose end comes back as a command."""

import asyncio
from collections.abc import Callable

import structlog

from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome, Unknown
from treadle.ports.invoker import Invoker

log = structlog.get_logger(__name__)


class Performer:
    """Keeps the tasks of the attempts in flight."""

    def __init__(self, invoker: Invoker) -> None:
        self._invoker = invoker
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def in_flight(self) -> int:
        """Attempts that are out."""
        return len(self._tasks)

    def perform(
        self, invocation: Invocation, report: Callable[[Invocation, Outcome], None]
    ) -> asyncio.Task[None]:
        """Make the attempt; `report` is called with its end, unless the task is cancelled."""
        task = asyncio.get_running_loop().create_task(self._attempt(invocation, report))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _attempt(self, invocation: Invocation, report: Callable[[Invocation, Outcome], None]) -> None:
        try:
            outcome = await self._invoker.invoke(invocation)
        except Exception as broken:  # an invoker's own fault: nobody knows what it did
            log.error("invoker failed", execution=invocation.execution_id, exc_info=broken)
            outcome = Unknown(code="invoker_failed", message=f"{type(broken).__name__}: {broken}"[:512])
        report(invocation, outcome)

    async def drain(self, grace_ms: int) -> None:
        """Await what is in flight, then drop the rest: unknown, and sent again under the same key."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_ms / 1_000)
        dropped = list(self._tasks)
        for task in dropped:
            task.cancel()
        await asyncio.gather(*dropped, return_exceptions=True)
