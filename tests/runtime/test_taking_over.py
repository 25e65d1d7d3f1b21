"""What an engine takes over, puts off or leaves behind can go on."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint
from msgspec.structs import replace

from tests.runtime.world import (
    NAMESPACE,
    RANDOMNESS,
    FallibleStore,
    Services,
    program,
    sleep,
    stage,
    start_of,
    task,
)
from treadle.model.commands import PauseExecution, ResumeExecution
from treadle.model.errors import Unavailable
from treadle.model.execution import ExecutionStatus, VisitStatus
from treadle.model.ids import Digest, EngineId, ExecutionId, Instant, Namespace
from treadle.model.views import StoredDefinition
from treadle.ports.commit import Claimed
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.clocks import SystemClock
from treadle.runtime.engine import Engine, Parts
from treadle.runtime.programs import Programs
from treadle.stores.memory.store import MemoryStore
from treadle.stores.memory.tables import Tables
from treadle.stores.memory.views import MemoryViews

pytestmark = pytest.mark.anyio
SAGA = program(task("first", "second"), task("second"))
IMPATIENT = RuntimeBounds(stop_grace_ms=0, store_retry_ms=5)


class FallibleViews(MemoryViews):
    """The first document that is asked for cannot be read."""

    faults = 1

    async def document(self, namespace: Namespace, digest: Digest) -> StoredDefinition | None:
        if self.faults:
            self.faults -= 1
            raise Unavailable("store_unavailable", "the file cannot be read")
        return await super().document(namespace, digest)


class SlowDocuments(MemoryViews):
    """The first document that is asked for is read when it is let through."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables)
        self.reading = asyncio.Event()
        self.readable = asyncio.Event()

    async def document(self, namespace: Namespace, digest: Digest) -> StoredDefinition | None:
        if not self.reading.is_set():
            self.reading.set()
            await self.readable.wait()
        return await super().document(namespace, digest)


class SlowClaims(MemoryStore):
    """A claim by id waits until it is let through."""

    def __init__(self) -> None:
        super().__init__()
        self.claiming = asyncio.Event()
        self.claimable = asyncio.Event()

    async def claim(self, engine: EngineId, execution_id: ExecutionId) -> Claimed | None:
        self.claiming.set()
        await self.claimable.wait()
        return await super().claim(engine, execution_id)


async def define_saga(store: MemoryStore) -> None:
    await store.put_definition(
        StoredDefinition(
            namespace=NAMESPACE,
            name=SAGA.name,
            version=SAGA.version,
            digest=SAGA.digest,
            document=b"",
            created_at=Instant(1),
        )
    )


def engine_over(store: MemoryStore, views: MemoryViews, services: Services) -> Engine:
    """An engine that has to read every document first."""
    return Engine(
        Parts(
            id=RANDOMNESS.engine_id(),
            store=store,
            views=views,
            invoker=services,
            programs=Programs(views, 10, lambda _document: SAGA),
            clock=SystemClock(),
            bounds=IMPATIENT,
        )
    )


async def test_an_execution_whose_document_cannot_be_read_now_is_driven_later() -> None:
    store, first = FallibleStore(), Services()
    first.hold("second")
    async with stage(SAGA, store=store, services=first, bounds=IMPATIENT) as on:
        begun = await on.begin(SAGA)
        await first.until_called("second")
    await define_saga(store)
    views = FallibleViews(store._tables)
    engine = engine_over(store, views, Services())
    await engine.start()
    try:
        assert await engine.until_ended(NAMESPACE, begun, 3_000)
    finally:
        await engine.stop()


@pytest.mark.parametrize("is_paused_before", [False, True])
async def test_a_command_for_what_is_about_to_be_taken_over_waits_until_it_is(is_paused_before: bool) -> None:
    store, services = FallibleStore(), Services()
    services.hold("second")
    async with stage(SAGA, store=store, services=services, bounds=IMPATIENT) as on:
        begun = await on.begin(SAGA)
        await services.until_called("second")
        if is_paused_before:
            await on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev"))
    await define_saga(store)
    views = SlowDocuments(store._tables)
    engine = engine_over(store, views, services)
    await engine.start()
    try:
        await views.reading.wait()
        act = ResumeExecution(actor="dev") if is_paused_before else PauseExecution(actor="dev")
        acting = asyncio.ensure_future(engine.submit(NAMESPACE, begun, act))
        await asyncio.to_thread(lambda: None)  # what has to be compiled for it is compiled in a thread
        for _ in range(100):
            await checkpoint()
        views.readable.set()
        execution = await acting
        assert (execution.paused is None) == is_paused_before
    finally:
        await engine.stop()


async def test_a_stop_awaits_a_call_whose_attempt_becomes_durable_meanwhile() -> None:
    store = FallibleStore()
    async with stage(SAGA, store=store) as on:
        store.gate.clear()
        begin = asyncio.ensure_future(on.begin(SAGA))
        while not store.seen:
            await checkpoint()
        stopping = asyncio.ensure_future(on.engine.stop())
        for _ in range(10):
            await checkpoint()
        on.services.hold("first")
        store.gate.set()
        await on.services.until_called("first")
        for _ in range(10):
            await checkpoint()
        on.services.release("first")
        await stopping
        stopped = await on.stored(await begin)
        assert on.services.names() == ["first"]
        assert stopped.visits["first"].status is VisitStatus.COMPLETED
    async with stage(SAGA, store=store) as on:
        assert (await on.ended(stopped.id)).ended is ExecutionStatus.COMPLETED
        assert on.services.names() == ["second"]


async def test_room_is_given_away_at_once_whenever_what_left_it_is_due_again() -> None:
    waits = program(task("first", "wait"), sleep("wait", 3_600_000))
    async with stage(waits, bounds=RuntimeBounds(live_max=1, poll_interval_ms=60_000)) as on:
        on.services.hold("first")
        await on.begin(waits)
        await on.begin(waits)
        await on.services.until_called("first")
        on.services.release("first")
        async with asyncio.timeout(3):
            await on.services.until_called("first", 2)


async def test_a_start_for_later_that_finds_no_room_takes_none_before_its_time() -> None:
    store = FallibleStore()
    async with stage(SAGA, store=store, bounds=RuntimeBounds(live_max=1)) as on:
        on.services.hold("first")
        await on.begin(SAGA)
        start_at = Instant(on.engine.clock.now() + 3_600_000)
        put_off = await on.engine.start_execution(replace(start_of(SAGA), start_at=start_at), SAGA)
        assert on.engine.live(put_off.id) is None
        assert await store.next_due() == start_at
        on.services.release("first")


async def test_a_command_that_arrives_while_the_engine_stops_is_refused() -> None:
    later = program(sleep("wait", 60_000))

    store = SlowClaims()
    async with stage(later, store=store) as on:
        begun = await on.begin(later)
        while on.engine.live_count:
            await checkpoint()
        pausing = asyncio.ensure_future(on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev")))
        await store.claiming.wait()
        await on.engine.stop()
        store.claimable.set()
        with pytest.raises(Unavailable, match="stopping"):
            async with asyncio.timeout(2):
                await pausing
