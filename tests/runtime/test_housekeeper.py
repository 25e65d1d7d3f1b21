"""The store is cleared of what is kept for a time only: durably, a little at a time, in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from anyio.lowlevel import checkpoint
from structlog.testing import capture_logs

from tests.runtime.clocks import HandClock
from tests.runtime.world import FallibleSqliteStore, FallibleStore, program, stage, task
from treadle.model.errors import Unavailable
from treadle.model.ids import Instant
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.housekeeper import Housekeeper
from treadle.testing.contracts.commits import BEGIN, NAMESPACE, keyed, start, starting

pytestmark = pytest.mark.anyio
ONE_STEP = program(task("only"))
BOUNDS = RuntimeBounds(clear_max=3, clear_interval_ms=60_000, clear_pause_ms=100)
LIFE_MS = 1_000
Stores = FallibleStore | FallibleSqliteStore


async def keep_keys(store: Stores, count: int) -> None:
    """That many keys which expire LIFE_MS after the begin."""
    expires_at = Instant(BEGIN + LIFE_MS)
    names = [f"k{number}" for number in range(count)]
    keys = [keyed(name=name, expires_at=expires_at) for name in names]
    await store.commit([starting(start(key.key), idempotency=key) for key in keys])


async def kept(store: Stores, count: int) -> int:
    records = [await store.views.idempotency(NAMESPACE, f"k{number}") for number in range(count)]
    return sum(record is not None for record in records)


@asynccontextmanager
async def keeping_house(store: Stores, clock: HandClock) -> AsyncIterator[Housekeeper]:
    housekeeper = Housekeeper(store, clock, BOUNDS)
    running = asyncio.create_task(housekeeper.run())
    try:
        yield housekeeper
        assert not running.done()
    finally:
        running.cancel()


async def test_keys_are_forgotten_in_pieces_with_a_pause_between(store: Stores) -> None:
    await keep_keys(store, 7)
    clock = HandClock(BEGIN + LIFE_MS)
    async with keeping_house(store, clock) as housekeeper:
        for left, forgotten in ((4, 3), (1, 6)):
            await clock.until_asleep(BOUNDS.clear_pause_ms)
            assert (await kept(store, 7), housekeeper.forgotten) == (left, forgotten)
            clock.advance(BOUNDS.clear_pause_ms)
        await clock.until_asleep(BOUNDS.clear_interval_ms)
        assert (await kept(store, 7), housekeeper.forgotten) == (0, 7)


async def test_keys_whose_time_is_not_over_stay_until_it_is(store: Stores) -> None:
    await keep_keys(store, 2)
    clock = HandClock(BEGIN)
    async with keeping_house(store, clock) as housekeeper:
        await clock.until_asleep(BOUNDS.clear_interval_ms)
        assert housekeeper.forgotten == 0
        clock.advance(BOUNDS.clear_interval_ms)
        await clock.until_asleep(BOUNDS.clear_interval_ms)
        assert (await kept(store, 2), housekeeper.forgotten) == (0, 2)


async def test_commits_are_written_between_two_pieces(store: Stores) -> None:
    await keep_keys(store, 7)
    clock = HandClock(BEGIN + LIFE_MS)
    async with keeping_house(store, clock):
        await clock.until_asleep(BOUNDS.clear_pause_ms)
        await store.commit([start("between")])
        assert await kept(store, 7) == 4


class Unreachable(FallibleStore):
    """Cannot be cleared while it is told so."""

    def __init__(self) -> None:
        super().__init__()
        self.is_away = True

    async def forget_idempotency(self, now: Instant, limit: int) -> int:
        if self.is_away:
            raise Unavailable("store_unavailable", "the disk is full")
        return await super().forget_idempotency(now, limit)


async def test_a_store_that_cannot_be_reached_is_cleared_later() -> None:
    store = Unreachable()
    await keep_keys(store, 2)
    clock = HandClock(BEGIN + LIFE_MS)
    with capture_logs() as lines:
        async with keeping_house(store, clock) as housekeeper:
            await clock.until_asleep(BOUNDS.clear_interval_ms)
            store.is_away = False
            clock.advance(BOUNDS.clear_interval_ms)
            await clock.until_asleep(BOUNDS.clear_interval_ms)
            assert housekeeper.forgotten == 2
    assert [line["code"] for line in lines] == ["store_unavailable"]


async def test_an_engine_keeps_house_as_long_as_it_runs(store: Stores) -> None:
    """These keys have expired long ago by the clock of the engine."""
    await keep_keys(store, 2)
    async with stage(ONE_STEP, store=store, bounds=BOUNDS) as on:
        await on.ended(await on.begin(ONE_STEP))
        while on.engine.readings.keys_forgotten < 2:
            await checkpoint()
        assert await kept(store, 2) == 0
        names = [role.name for role in on.engine.duties.roles()]
        assert names == ["treadle-timers", "treadle-housekeeping"]
        assert on.engine.health() == ()
    assert on.engine.duties.roles() == ()
