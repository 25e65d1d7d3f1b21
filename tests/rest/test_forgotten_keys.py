"""The Idempotency-Key of a start is remembered for seven days, over restarts too, and then forgotten."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from tests.rest.serving import document, sleep
from tests.rest.test_stopping import over
from tests.runtime.clocks import HandClock
from tests.runtime.world import FallibleSqliteStore, FallibleStore
from treadle.model.json import Json
from treadle.runtime.bounds import RuntimeBounds

pytestmark = pytest.mark.anyio
SEVEN_DAYS_MS: Final = 7 * 24 * 60 * 60 * 1_000
BOUNDS: Final = RuntimeBounds(stop_grace_ms=0)
BODY: Final = {"definition": {"document": document(sleep("nap", "30d"))}}


@pytest.fixture(params=["memory", "sqlite"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[FallibleStore | FallibleSqliteStore]:
    if request.param == "memory":
        yield FallibleStore()
        return
    async with opened(tmp_path) as made:
        yield made


@asynccontextmanager
async def opened(directory: Path) -> AsyncIterator[FallibleSqliteStore]:
    made = FallibleSqliteStore.open(directory / "treadle.db")
    assert isinstance(made, FallibleSqliteStore)
    try:
        yield made
    finally:
        await made.close()


async def started(session: aiohttp.ClientSession, **changes: Json) -> str:
    """The id that a start under the key is answered with."""
    headers = {"Idempotency-Key": "k"}
    async with session.post("/v1/executions", json={**BODY, **changes}, headers=headers) as answer:
        assert answer.status == 202
        shown: str = (await answer.json())["id"]
        return shown


async def refused(session: aiohttp.ClientSession, **changes: Json) -> str:
    headers = {"Idempotency-Key": "k"}
    async with session.post("/v1/executions", json={**BODY, **changes}, headers=headers) as answer:
        code: str = (await answer.json(content_type="application/problem+json"))["code"]
        return code


async def test_within_seven_days_a_key_is_of_its_start(store: FallibleStore | FallibleSqliteStore) -> None:
    clock = HandClock()
    async with over(store, BOUNDS, clock) as (session, _):
        first = await started(session)
        clock.advance(SEVEN_DAYS_MS - 1)
        assert await started(session) == first
        assert await refused(session, input={"other": 1}) == "idempotency_mismatch"


async def test_after_seven_days_a_key_starts_anew_and_is_kept_again(
    store: FallibleStore | FallibleSqliteStore,
) -> None:
    clock = HandClock()
    async with over(store, BOUNDS, clock) as (session, _):
        first = await started(session)
        clock.advance(SEVEN_DAYS_MS)
        second = await started(session, input={"other": 1})
        assert second != first
        clock.advance(SEVEN_DAYS_MS - 1)
        assert await started(session, input={"other": 1}) == second
        async with session.get(f"/v1/executions/{first}") as answer:
            assert answer.status == 200


async def test_a_key_that_no_housekeeping_came_to_is_forgotten_all_the_same(
    store: FallibleStore | FallibleSqliteStore,
) -> None:
    """The housekeeper sleeps: nothing but the start itself looks at the key."""
    clock = HandClock()
    rarely = RuntimeBounds(stop_grace_ms=0, clear_interval_ms=100 * SEVEN_DAYS_MS)
    async with over(store, rarely, clock) as (session, engine):
        first = await started(session)
        await clock.until_asleep(rarely.clear_interval_ms)
        clock.advance(SEVEN_DAYS_MS)
        assert await started(session) != first
        assert engine.readings.keys_forgotten == 0


async def test_a_key_is_remembered_and_forgotten_over_a_restart(tmp_path: Path) -> None:
    clock = HandClock()
    async with opened(tmp_path) as store, over(store, BOUNDS, clock) as (session, _):
        first = await started(session)
    clock.advance(SEVEN_DAYS_MS - 1)
    async with opened(tmp_path) as store, over(store, BOUNDS, clock) as (session, _):
        assert await started(session) == first
    clock.advance(1)
    async with opened(tmp_path) as store, over(store, BOUNDS, clock) as (session, _):
        assert await started(session) != first
