"""A stop answers those who wait, and a store that cannot be reached is told as that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.rest.serving import document, serving, sleep, sqlite, task
from tests.runtime.world import RANDOMNESS, FallibleSqliteStore, FallibleStore, Services, unreachable
from treadle.bootstrap.metrics import Scrapes, StoreReading
from treadle.model.ids import EngineId, Instant
from treadle.model.views import StoredKey
from treadle.ports.clock import Clock
from treadle.rest.admission import Admission
from treadle.rest.edge import Callers, Edge, Info
from treadle.rest.identifying import OpenCallers
from treadle.rest.requests import Requests
from treadle.rest.server import serve
from treadle.rest.table import application
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.bulk_acting import BulkParts
from treadle.runtime.bulk_acts import BulkRunner
from treadle.runtime.callback_tokens import CallbackTokens
from treadle.runtime.clocks import SystemClock
from treadle.runtime.engine import Engine, Parts
from treadle.runtime.programs import Programs
from treadle.security.rate_limits import RateLimit
from treadle.security.tokens import SECRET_BYTES
from treadle.service.bulk import bulk_command
from treadle.service.documents import compile_stored
from treadle.service.parts import ServiceParts
from treadle.service.use_cases import UseCases

pytestmark = pytest.mark.anyio
KNOWN_KEY = StoredKey(id="k", secret=bytes(SECRET_BYTES), created_at=Instant(0))
NAP = document(sleep("nap", "1h"))
INLINE = {"definition": {"document": NAP}}


async def test_who_waits_for_an_end_is_answered_when_the_server_stops(tmp_path: Path) -> None:
    async with serving(sqlite(tmp_path)) as server:
        waiting = asyncio.create_task(server.start(document(task("a", "held"))))
        await server.handlers.until_held()
        server.application.use_cases.close()
        reply = await waiting
        assert (reply.status, reply.body["status"]) == (202, "running")


async def test_a_port_that_is_taken_is_told_and_everything_is_given_back(tmp_path: Path) -> None:
    async with serving(sqlite(tmp_path)) as server:
        port = int(server.application.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with serving(f"sqlite:///{tmp_path / 'other.db'}", port=port):
                pass
    async with serving(f"sqlite:///{tmp_path / 'other.db'}") as again:
        assert (await again.get("/readyz")).status == 200


@asynccontextmanager
async def over(
    store: FallibleStore | FallibleSqliteStore,
    bounds: RuntimeBounds,
    clock: Clock | None = None,
    rate: RateLimit | None = None,
    callers: Callers | None = None,
) -> AsyncIterator[tuple[aiohttp.ClientSession, Engine]]:
    """The REST edge over a store under the control of the test."""
    programs = Programs(store.views, 10, compile_stored)
    parts = Parts(
        id=EngineId("e"),
        store=store,
        views=store.views,
        invoker=Services(),
        programs=programs,
        clock=clock or SystemClock(),
        bounds=bounds,
    )
    await store.callback_keys(KNOWN_KEY)
    engine = Engine(parts)
    await engine.start()
    bulk = BulkRunner(BulkParts(engine=engine, views=store.views, command=bulk_command), store.bulk_acts)
    service = ServiceParts(
        engine=engine,
        bulk=bulk,
        store=store,
        views=store.views,
        programs=programs,
        clock=parts.clock,
        randomness=RANDOMNESS,
        tokens=CallbackTokens([KNOWN_KEY], store.views.callback_keys, parts.clock),
    )
    info = Info(version="0", engine=parts.id, store={}, features=())
    requests, admission = Requests(), Admission(parts.clock, rate=rate)
    scrapes = Scrapes(engine, bulk, StoreReading(store, store.views, parts.clock), requests, admission)
    edge = Edge(
        use_cases=UseCases(service),
        health=engine.health,
        callers=callers or OpenCallers(),
        admission=admission,
        info=info,
        metrics=scrapes.answer,
        requests=requests,
    )
    server = await serve(application(edge), "127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
            yield session, engine
    finally:
        await server.stop()
        await engine.stop()


async def test_a_store_fault_is_a_503_and_nothing_was_accepted() -> None:
    store = FallibleStore()
    async with over(store, RuntimeBounds(stop_grace_ms=0)) as (session, _):
        store.fails = unreachable
        async with session.post("/v1/executions", json=INLINE) as answer:
            problem = await answer.json(content_type="application/problem+json")
            assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
            assert (problem["code"], problem["retryable"]) == ("store_unavailable", True)
        async with session.get("/readyz") as answer:
            ready = await answer.json()
            assert (answer.status, ready["status"]) == (503, "not_ready")
            assert "the disk is full" in ready["faults"][0]
        store.fails = lambda _commit: None
        async with session.get("/v1/executions") as answer:
            assert (await answer.json())["items"] == []
        async with session.post("/v1/executions", json=INLINE) as answer:
            assert answer.status == 202
        async with session.get("/readyz") as answer:
            assert answer.status == 200


async def test_too_many_starts_are_told_to_come_again() -> None:
    store = FallibleStore()
    async with over(store, RuntimeBounds(commits_waiting_max=2, stop_grace_ms=0)) as (session, _):
        await (await session.post("/v1/executions", json=INLINE)).read()
        store.gate.clear()
        posts = [asyncio.create_task(session.post("/v1/executions", json=INLINE)) for _ in range(6)]
        done, waiting = await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
        refused = done.pop().result()
        problem = await refused.json(content_type="application/problem+json")
        assert (refused.status, problem["code"]) == (503, "overloaded")
        store.gate.set()
        answers = await asyncio.gather(*waiting)
        assert {answer.status for answer in answers} <= {202, 503}
        assert 202 in {answer.status for answer in answers}


async def test_an_engine_that_stops_takes_nothing_more() -> None:
    async with over(FallibleStore(), RuntimeBounds(stop_grace_ms=0)) as (session, engine):
        async with session.post("/v1/executions", json=INLINE) as answer:
            path = f"/v1/executions/{(await answer.json())['id']}/pause"
        await engine.stop()
        for asked in (session.post("/v1/executions", json=INLINE), session.post(path)):
            async with asked as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
