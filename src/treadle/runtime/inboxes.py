"""What other executions left for the live ones: fetched when it is said to be there, never looked for."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager

import structlog

from treadle.model.errors import TreadleError
from treadle.model.ids import ExecutionId
from treadle.ports.clock import Clock
from treadle.ports.commit import InboxNote
from treadle.ports.store import Store
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.driver import Driver
from treadle.runtime.starting import StartsUnderWay

log = structlog.get_logger(__name__)


class Inboxes:
    """At most one fetch for an execution is under way; what is noted meanwhile makes it look once more.

    `drivers` are those of the live executions, `starts` those that are about to be, as they are at any time.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        bounds: RuntimeBounds,
        *,
        drivers: Mapping[ExecutionId, Driver],
        starts: StartsUnderWay,
    ) -> None:
        self._store = store
        self._clock = clock
        self._retry_ms = bounds.store_retry_ms
        self._drivers = drivers
        self._starts = starts
        self._wanted: set[ExecutionId] = set()
        self._fetches: dict[ExecutionId, asyncio.Task[None]] = {}
        self._claims: dict[object, set[ExecutionId]] = {}
        self._is_closed = False

    def note(self, notes: Iterable[InboxNote]) -> bool:
        """These notes are durable: fetch those of live executions. Whether there are others among them."""
        noted = {note.execution_id for note in notes}
        for seen in self._claims.values():
            seen |= noted
        self._starts.note(noted)
        live = [execution_id for execution_id in noted if execution_id in self._drivers]
        for execution_id in live:
            self.fetch(execution_id)
        return len(live) < len(noted)

    @contextmanager
    def claiming(self) -> Iterator[Set[ExecutionId]]:
        """While something is claimed: whatever is noted until the end of it, which the claim may not hold."""
        claim, seen = object(), set[ExecutionId]()
        self._claims[claim] = seen
        try:
            yield seen
        finally:
            del self._claims[claim]

    def fetch(self, execution_id: ExecutionId) -> None:
        """Have a live execution decide what waits in its inbox."""
        if self._is_closed:
            return
        self._wanted.add(execution_id)
        if execution_id not in self._fetches:
            fetch = asyncio.get_running_loop().create_task(self._fetch(execution_id))
            self._fetches[execution_id] = fetch

    def is_fetching(self, execution_id: ExecutionId) -> bool:
        """Whether something waits for the execution that was not fetched yet."""
        return execution_id in self._wanted or execution_id in self._fetches

    async def close(self) -> None:
        """Fetch nothing more: what waits is claimed with its execution."""
        self._is_closed = True
        fetches = tuple(self._fetches.values())
        for fetch in fetches:
            fetch.cancel()
        await asyncio.gather(*fetches, return_exceptions=True)

    async def _fetch(self, execution_id: ExecutionId) -> None:
        try:
            while execution_id in self._wanted:
                self._wanted.discard(execution_id)
                await self._fetch_once(execution_id)
        finally:  # at once, so that nothing is noted in between
            del self._fetches[execution_id]

    async def _fetch_once(self, execution_id: ExecutionId) -> None:
        driver = self._drivers.get(execution_id)
        if driver is None:  # it was let go: whoever claims it gets its inbox with it
            return
        try:
            rows = await self._store.inbox(execution_id, driver.inbox_seen)
        except TreadleError as fault:
            log.warning(
                "inbox cannot be read", execution=execution_id, code=fault.code, message=fault.message
            )
            self._wanted.add(execution_id)
            await self._clock.sleep(self._retry_ms)
            return
        if self._drivers.get(execution_id) is driver:
            driver.receive(rows)
