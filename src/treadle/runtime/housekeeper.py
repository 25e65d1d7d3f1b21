"""Clears the store of what is kept for a time only: a little at a time, beside all else that writes."""

import structlog

from treadle.model.errors import TreadleError
from treadle.ports.clock import Clock
from treadle.ports.store import Store
from treadle.runtime.bounds import RuntimeBounds

log = structlog.get_logger(__name__)


class Housekeeper:
    """Forgets the idempotency keys of starts whose time is over.

    Each transaction is a small one of its own, and others write between two of them: no commit waits for
    more than that.
    """

    def __init__(self, store: Store, clock: Clock, bounds: RuntimeBounds) -> None:
        self._store = store
        self._clock = clock
        self._bounds = bounds
        self.forgotten = 0

    async def run(self) -> None:
        """Clear until cancelled."""
        while True:
            is_more = await self.clear_once()
            pause_ms = self._bounds.clear_pause_ms if is_more else self._bounds.clear_interval_ms
            await self._clock.sleep(pause_ms)

    async def clear_once(self) -> bool:
        """Forget `clear_max` keys at most; whether there may be more."""
        try:
            forgotten = await self._store.forget_idempotency(self._clock.now(), self._bounds.clear_max)
        except TreadleError as fault:
            log.warning("store cannot be cleared", code=fault.code, message=fault.message)
            return False
        self.forgotten += forgotten
        return forgotten >= self._bounds.clear_max
