"""What a scrape is answered: everything that the parts of a process count, read at that moment."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric as Family
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from treadle.config.version import VERSION
from treadle.model.errors import TreadleError
from treadle.model.execution import TERMINAL, ExecutionStatus
from treadle.ports.clock import Clock
from treadle.ports.store import Store
from treadle.ports.views import Views
from treadle.rest.admission import Admission
from treadle.rest.requests import Requests
from treadle.runtime.bulk_acts import BulkRunner
from treadle.runtime.engine import Engine
from treadle.telemetry import metrics
from treadle.telemetry.event_counts import event_families
from treadle.telemetry.metric import Metric, family

NAMES_BEGIN: Final = "treadle"
STORE_ASKED_S: Final = 10.0
"""How often the store is asked at most, however often it is scraped."""
STORE_ANSWERS_S_MAX: Final = 2.0
"""A store that takes longer is left out, this time and until it is asked again."""


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What the store said."""

    open_counts: Mapping[ExecutionStatus, int]
    due_lag_s: float


class StoreReading:
    """Asks the store how much waits in it, now and then, and gives it `answers_s_max` for that."""

    def __init__(
        self, store: Store, views: Views, clock: Clock, *, answers_s_max: float = STORE_ANSWERS_S_MAX
    ) -> None:
        self._answers_s_max = answers_s_max
        self._store = store
        self._views = views
        self._clock = clock
        self._asking = asyncio.Lock()
        self._asked_at: float | None = None
        self._said: _Stored | None = None

    async def look(self) -> None:
        """Ask, unless that was done just now; callers at the same time share one look."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if self._asked_at is not None and now - self._asked_at < STORE_ASKED_S:
                return
            self._asked_at = now
            self._said = await self._ask()

    def families(self) -> Iterator[Family]:
        """Nothing if the store did not answer."""
        if self._said is None:
            return
        counts = self._said.open_counts
        statuses = [status for status in ExecutionStatus if status not in TERMINAL]
        yield family(metrics.EXECUTIONS_OPEN, {(status,): counts.get(status, 0) for status in statuses})
        yield family(metrics.DUE_LAG, {(): self._said.due_lag_s})

    async def _ask(self) -> _Stored | None:
        try:
            async with asyncio.timeout(self._answers_s_max):
                counts = await self._views.open_counts()
                due_at = await self._store.next_due()
        except (TreadleError, TimeoutError):
            return None
        lag_ms = 0 if due_at is None else max(0, self._clock.now() - due_at)
        return _Stored(open_counts=counts, due_lag_s=lag_ms / 1_000)


class Scrapes(Collector):
    """Answers scrapes of one process."""

    def __init__(
        self,
        engine: Engine,
        bulk: BulkRunner,
        stored: StoreReading,
        requests: Requests,
        admission: Admission,
    ) -> None:
        self._engine = engine
        self._bulk = bulk
        self._stored = stored
        self._requests = requests
        self._admission = admission
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(namespace=NAMES_BEGIN, registry=self._registry)

    async def answer(self) -> bytes:
        """Every family, in OpenMetrics."""
        await self._stored.look()
        text: bytes = generate_latest(self._registry)  # type: ignore[no-untyped-call]  # the library's
        return text

    def collect(self) -> Iterator[Family]:
        """What the registry is given, and with it all that is not of the process as such."""
        readings = self._engine.readings
        yield from event_families(readings.tally)
        for metric, value in self._gauges():
            yield family(metric, {(): value})
        for counted, by_value in (
            (metrics.COMMITS, readings.commits),
            (metrics.BULK_EXECUTIONS, self._bulk.endings),
            (metrics.REQUESTS, self._requests.codes),
            (metrics.CALLBACKS, self._requests.callbacks),
        ):
            yield family(counted, {(value,): count for value, count in by_value.items()})
        for histogram in (*readings.batches, self._requests.seconds):
            yield from histogram.collect()
        yield family(metrics.KEYS_FORGOTTEN, {(): readings.keys_forgotten})
        yield family(metrics.BUILD_INFO, {(VERSION,): 1})
        yield from self._stored.families()

    def _gauges(self) -> Iterator[tuple[Metric, float]]:
        readings = self._engine.readings
        yield metrics.EXECUTIONS_LIVE, readings.live
        yield metrics.EXECUTIONS_LIVE_MAX, readings.live_max
        yield metrics.ATTEMPTS_IN_FLIGHT, readings.attempts_in_flight
        yield metrics.ATTEMPTS_OUTLIVING, readings.attempts_outliving
        yield metrics.BULK_ACTS_RUNNING, self._bulk.running
        yield metrics.COMMITS_WAITING, readings.commits_waiting
        yield metrics.COMMANDS_WAITING, readings.commands_waiting
        yield metrics.STORE_FAULTS, readings.store_faults
        yield metrics.REQUESTS_UNDER_WAY, self._admission.under_way
        yield metrics.REQUESTS_MAX, self._admission.requests_max
        yield metrics.FOLLOWERS, readings.followers
        yield metrics.ENGINE_READY, not (self._engine.health() or self._bulk.health())
