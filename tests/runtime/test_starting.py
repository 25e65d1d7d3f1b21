"""While a start is being written nobody reaches what it begins, and what stands under its id is reached."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint
from msgspec.structs import replace

from tests.runtime.world import (
    NAMESPACE,
    RANDOMNESS,
    FallibleSqliteStore,
    FallibleStore,
    Services,
    Stage,
    program,
    sleep,
    stage,
    start_of,
    task,
    unreachable,
)
from treadle.model.commands import PauseExecution, TerminateExecution
from treadle.model.errors import Rejected, Unavailable
from treadle.model.execution import Execution, ExecutionStatus
from treadle.model.ids import ExecutionId, Namespace
from treadle.model.program import Program
from treadle.ports.commit import InboxNote
from treadle.runtime.bounds import RuntimeBounds

pytestmark = pytest.mark.anyio
NAPPING = program(sleep("nap", 3_600_000, "work"), task("work"))
SHORT = program(task("work"))
ELSEWHERE = Namespace("elsewhere")
IMPATIENT = RuntimeBounds(store_retry_ms=5, keep_waiting_ms=0)
Store = FallibleStore | FallibleSqliteStore


def begin(on: Stage, execution_id: ExecutionId, what: Program = NAPPING) -> "asyncio.Task[Execution]":
    command = replace(start_of(what), id=execution_id)
    return asyncio.create_task(on.engine.start_execution(command, what))


async def until_written(store: Store, times: int) -> None:
    """Return when so many commits have been handed to the store."""
    while len(store.seen) < times:
        await checkpoint()


async def some_turns() -> None:
    for _ in range(20):
        await checkpoint()


async def test_what_is_begun_in_one_namespace_is_not_found_in_another_while_it_is_being_written(
    store: Store,
) -> None:
    async with stage(NAPPING, store=store) as on:
        store.gate.clear()
        begun = begin(on, wanted := RANDOMNESS.execution_id())
        await until_written(store, 1)
        acted = asyncio.create_task(
            on.engine.submit(ELSEWHERE, wanted, TerminateExecution(actor="eve", reason="x"))
        )
        await some_turns()
        store.gate.set()
        with pytest.raises(Rejected, match="execution_not_found"):
            await acted
        assert (await begun).ended is None
        assert (await on.stored(wanted)).ended is None


async def test_a_command_waits_for_the_start_of_its_execution(store: Store) -> None:
    async with stage(NAPPING, store=store) as on:
        store.gate.clear()
        begun = begin(on, wanted := RANDOMNESS.execution_id())
        await until_written(store, 1)
        acted = asyncio.create_task(on.engine.submit(NAMESPACE, wanted, PauseExecution(actor="dev")))
        await some_turns()
        assert on.engine.live_count == 0, "nothing is live before it is durable"
        store.gate.set()
        await begun
        assert (await acted).paused is not None


async def test_a_start_under_an_id_that_is_taken_keeps_no_command_from_what_stands_there(
    store: Store,
) -> None:
    async with stage(NAPPING, store=store, bounds=IMPATIENT) as on:
        stands = await on.begin(NAPPING)
        assert on.engine.live(stands) is None
        written = len(store.seen)
        store.gate.clear()
        again = begin(on, stands)
        await until_written(store, written + 1)
        acted = asyncio.create_task(on.engine.submit(NAMESPACE, stands, PauseExecution(actor="dev")))
        await some_turns()
        store.gate.set()
        with pytest.raises(Rejected, match="execution_exists"):
            await again
        assert (await acted).paused is not None


async def test_of_two_starts_at_once_under_one_id_one_is_refused(store: Store) -> None:
    async with stage(NAPPING, store=store) as on:
        store.gate.clear()
        first = begin(on, wanted := RANDOMNESS.execution_id())
        second = begin(on, wanted)
        await until_written(store, 1)
        await some_turns()
        store.gate.set()
        assert (await first).id == wanted
        with pytest.raises(Rejected, match="execution_exists"):
            await second
        assert len(store.seen) == 1, "what is known to be taken is not asked of the store"


async def test_a_start_that_fails_is_no_reason_to_refuse_the_next_under_its_id(store: Store) -> None:
    async with stage(NAPPING, store=store) as on:
        store.gate.clear()
        store.fails = unreachable
        first = begin(on, wanted := RANDOMNESS.execution_id())
        second = begin(on, wanted)
        await until_written(store, 1)
        store.gate.set()
        with pytest.raises(Unavailable):
            await first
        store.fails = lambda _commit: None
        assert (await second).id == wanted


async def test_starts_that_are_being_written_count_as_live(store: Store) -> None:
    services = Services()
    services.hold("work")
    async with stage(SHORT, store=store, services=services, bounds=RuntimeBounds(live_max=2)) as on:
        store.gate.clear()
        begun = [begin(on, RANDOMNESS.execution_id(), SHORT) for _ in range(5)]
        await some_turns()
        store.gate.set()
        started = await asyncio.gather(*begun)
        assert sum(one.started_at is None for one in started) == 3, "they are stored for when there is room"
        services.release("work")
        for one in started:
            await on.ended(one.id)


async def test_a_note_that_is_durable_before_its_execution_is_known_to_be_is_fetched(store: Store) -> None:
    services = Services()
    services.hold("work")
    async with stage(SHORT, store=store, services=services) as on:
        store.gate.clear()
        begun = begin(on, wanted := RANDOMNESS.execution_id(), SHORT)
        await until_written(store, 1)
        note = InboxNote(execution_id=wanted, payload=b"")
        on.engine.announce(replace(store.seen[0], notes=(note,)))
        store.gate.set()
        await begun
        while wanted not in store.fetches:
            await checkpoint()
        services.release("work")
        assert (await on.ended(wanted)).ended is ExecutionStatus.COMPLETED
