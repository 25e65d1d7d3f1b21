"""An execution that a command found, and that nothing moves, leaves memory again."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint

from tests.runtime.world import (
    NAMESPACE,
    FallibleSqliteStore,
    FallibleStore,
    Services,
    Stage,
    program,
    sleep,
    stage,
    task,
    unreachable,
)
from treadle.model.commands import PauseExecution, RetryExecution, TerminateExecution
from treadle.model.errors import Unavailable
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ExecutionId
from treadle.runtime.bounds import RuntimeBounds

pytestmark = pytest.mark.anyio
NAPPING = program(sleep("nap", 3_600_000, "work"), task("work"))
BOUNDS = RuntimeBounds(store_retry_ms=5, keep_waiting_ms=0, rest_ms=5, live_max=1)
Store = FallibleStore | FallibleSqliteStore


async def until_gone(on: Stage) -> None:
    while on.engine.live_count:
        await checkpoint()


async def refused(on: Stage, store: Store, execution_id: ExecutionId) -> None:
    """A command whose commit the store does not take, once."""
    store.fails = unreachable
    with pytest.raises(Unavailable):
        await on.engine.submit(NAMESPACE, execution_id, PauseExecution(actor="dev"))
    store.fails = lambda _commit: None


async def test_what_was_claimed_for_a_command_that_could_not_be_written_is_released(store: Store) -> None:
    async with stage(NAPPING, store=store, bounds=BOUNDS) as on:
        begun = await on.begin(NAPPING)
        due_at = await store.next_due()
        await refused(on, store, begun)
        assert on.engine.live_count == 1
        await until_gone(on)
        assert await store.next_due() == due_at, "it falls due when it did before"
        short = program(task("work"))
        assert (await on.ended(await on.begin(short))).ended is ExecutionStatus.COMPLETED


async def test_a_failed_execution_whose_retry_could_not_be_written_is_released(store: Store) -> None:
    failing, services = program(task("work")), Services()
    services.refusing.add("work")
    async with stage(failing, store=store, services=services, bounds=BOUNDS) as on:
        begun = await on.begin(failing)
        await on.ended(begun)
        store.fails = unreachable
        with pytest.raises(Unavailable):
            await on.engine.submit(NAMESPACE, begun, RetryExecution(actor="dev"))
        store.fails = lambda _commit: None
        await until_gone(on)
        assert await store.next_due() is None
        services.refusing.clear()
        await on.engine.submit(NAMESPACE, begun, RetryExecution(actor="dev"))
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


async def test_a_command_that_comes_while_it_is_released_is_decided(store: Store) -> None:
    async with stage(NAPPING, store=store, bounds=BOUNDS) as on:
        begun = await on.begin(NAPPING)
        store.release_gate.clear()
        await refused(on, store, begun)
        while not store.releasing:
            await checkpoint()
        acted = asyncio.create_task(on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev")))
        for _ in range(20):
            await checkpoint()
        assert not acted.done(), "who gives it up writes nothing more"
        store.release_gate.set()
        assert (await acted).paused is not None
        await until_gone(on)


async def test_a_release_that_fails_is_tried_again_and_holds_nothing_up(store: Store) -> None:
    async with stage(NAPPING, store=store, bounds=BOUNDS) as on:
        begun = await on.begin(NAPPING)
        store.release_fails = lambda: Unavailable("store_unavailable", "the disk is full")
        await refused(on, store, begun)
        while len(store.releasing) < 3:
            await checkpoint()
        store.release_fails = lambda: None
        await until_gone(on)
        await on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev"))


async def test_a_command_that_comes_while_a_release_fails_is_decided(store: Store) -> None:
    async with stage(NAPPING, store=store, bounds=BOUNDS) as on:
        begun = await on.begin(NAPPING)
        store.release_gate.clear()
        store.release_fails = lambda: Unavailable("store_unavailable", "the disk is full")
        await refused(on, store, begun)
        while not store.releasing:
            await checkpoint()
        acted = asyncio.create_task(on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev")))
        for _ in range(20):
            await checkpoint()
        store.release_gate.set()
        assert (await acted).paused is not None


async def test_what_has_an_attempt_out_is_kept(store: Store) -> None:
    calling, services = program(task("work")), Services()
    services.hold("work")
    async with stage(calling, store=store, services=services, bounds=BOUNDS) as on:
        begun = await on.begin(calling)
        await services.until_called("work")
        await refused(on, store, begun)
        while on.engine.readings.next_alarm is not None:
            await checkpoint()
        services.release("work")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert store.releasing == []
        assert services.names() == ["work"]


async def test_one_that_has_left_has_no_alarm_any_more(store: Store) -> None:
    async with stage(NAPPING, store=store, bounds=RuntimeBounds(keep_waiting_ms=7_200_000)) as on:
        begun = await on.begin(NAPPING)
        assert on.engine.readings.next_alarm is not None
        await on.engine.submit(NAMESPACE, begun, TerminateExecution(actor="dev"))
        assert on.engine.live_count == 0
        assert on.engine.readings.next_alarm is None
