"""A store that lost its file, or that cannot tell what stands: said in words, and not waited for."""

import asyncio
import os
from pathlib import Path

import pytest
from anyio.lowlevel import checkpoint

from tests.runtime.world import FallibleStore, program, stage, task
from tests.stores.failing_files import failing_files
from treadle.model.errors import Unavailable
from treadle.runtime.bounds import RuntimeBounds
from treadle.stores.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio

SAGA = program(task("a"))
WATCHFUL = RuntimeBounds(poll_interval_ms=1, store_silent_ms=1, stop_grace_ms=0)


async def test_an_engine_whose_file_is_gone_is_not_ready(tmp_path: Path) -> None:
    path = tmp_path / "treadle.db"
    store = SqliteStore.open(path)
    async with stage(SAGA, store=store, bounds=WATCHFUL) as on:
        assert on.engine.health() == ()
        os.unlink(path)
        while not on.engine.health():  # nobody asks for anything: it is looked at now and then
            await checkpoint()
        [told] = on.engine.health()
        assert told.startswith(f"the store cannot be reached: {path} is not the file that was opened")
        with pytest.raises(Unavailable, match="deleted, moved or replaced"):
            await on.begin(SAGA)
        assert on.engine.live_count == 0
    await store.close()


async def test_a_caller_waits_as_long_as_the_store_cannot_tell_and_the_engine_is_not_ready(
    tmp_path: Path,
) -> None:
    with failing_files() as files:
        store = SqliteStore.open(tmp_path / "treadle.db")
        async with stage(SAGA, store=store, bounds=WATCHFUL) as on:
            files.fails = lambda operation: operation == "sync"
            waiting = asyncio.ensure_future(on.begin(SAGA))
            while not on.engine.health():
                await checkpoint()
            assert "IOError" in on.engine.health()[0]
            assert not waiting.done()
            files.fails = lambda _operation: False
            with pytest.raises(Unavailable, match="IOError"):
                await waiting
            assert on.services.calls == []
            again = await on.begin(SAGA)
            await on.ended(again)
        await store.close()


async def test_a_stop_does_not_wait_for_a_store_that_answers_nothing() -> None:
    store = FallibleStore()
    async with stage(SAGA, store=store, bounds=WATCHFUL) as on:
        store.gate.clear()
        waiting = asyncio.ensure_future(on.begin(SAGA))
        while not store.seen:
            await checkpoint()
    assert not waiting.done(), "nobody knows what it came to"
    waiting.cancel()


async def test_a_stop_waits_for_a_slow_store_that_answers() -> None:
    store = FallibleStore()
    bounds = RuntimeBounds(store_silent_ms=600_000, stop_grace_ms=0)
    async with stage(SAGA, store=store, bounds=bounds) as on:
        store.gate.clear()
        waiting = asyncio.ensure_future(on.begin(SAGA))
        while not store.seen:
            await checkpoint()
        stopping = asyncio.ensure_future(on.engine.stop())
        while not on.engine.is_draining:
            await checkpoint()
        store.gate.set()
        await stopping
        assert await waiting
