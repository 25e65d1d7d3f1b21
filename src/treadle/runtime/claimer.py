"""Looks for work that nobody drives: what fell due, and what an engine that is gone left behind."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from treadle.model.errors import TreadleError
from treadle.model.ids import Instant
from treadle.ports.clock import Clock
from treadle.ports.store import Store
from treadle.runtime.bounds import RuntimeBounds

log = structlog.get_logger(__name__)


class Claimer:
    """Claims as many executions as there is room for, then sleeps until the next one falls due.

    `claim` drives up to so many executions that are due, and says how many there were.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        bounds: RuntimeBounds,
        *,
        room: Callable[[], int],
        claim: Callable[[int], Awaitable[int]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._bounds = bounds
        self._room = room
        self._claim = claim
        self._wake = asyncio.Event()
        self._looks_at: Instant | None = None
        self._found = 0
        self.fault: str | None = None
        self.faults = 0

    def hint(self, due_at: Instant | None) -> None:
        """Something falls due then, or (None) there is room again: look in time."""
        if due_at is None or self._looks_at is None or due_at < self._looks_at:
            self._wake.set()

    async def run(self) -> None:
        """Claim until cancelled."""
        while True:
            try:
                is_more = await self.claim_once()
                self.fault = None
            except TreadleError as fault:
                log.error("claim failed", code=fault.code, message=fault.message)
                self._note(fault)
                is_more = False
            if not is_more:
                await self._rest()

    async def claim_once(self) -> bool:
        """Claim one batch; whether another look is worth it at once."""
        limit = min(self._room(), self._bounds.claim_max)
        if limit <= 0:
            return False
        self._found = 0
        self._found = await self._claim(limit)
        return self._found == limit

    async def _rest(self) -> None:
        """Sleep until the next execution falls due, at most `poll_interval_ms`, or until there is a hint."""
        if self._wake.is_set():
            self._wake.clear()
            return
        now = self._clock.now()
        wait_ms = self._bounds.poll_interval_ms
        if self.fault is None and self._room() > 0:
            due_at = await self._next_due()
            # What is long due and was not claimed cannot be: to look at once would be to look for ever.
            if due_at is not None and (self._found or due_at > now - wait_ms):
                wait_ms = max(0, min(wait_ms, due_at - now))
        self._looks_at = Instant(now + wait_ms)
        try:
            async with asyncio.timeout(wait_ms / 1_000):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()
        self._looks_at = None

    async def _next_due(self) -> Instant | None:
        try:
            return await self._store.next_due()
        except TreadleError as fault:
            self._note(fault)
            return None

    def _note(self, fault: TreadleError) -> None:
        self.fault = fault.message
        self.faults += 1
