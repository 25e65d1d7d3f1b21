"""The effect of step n+1 never starts before step n is durable."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint

from tests.runtime.world import NAMESPACE, FallibleStore, program, stage, start_of, task, unreachable
from treadle.model.commands import PauseExecution, ResumeExecution
from treadle.model.errors import Rejected, Unavailable
from treadle.model.execution import ExecutionStatus
from treadle.ports.commit import Commit
from treadle.runtime.bounds import RuntimeBounds

pytestmark = pytest.mark.anyio
TWO_STEPS = program(task("first", "second"), task("second"))


async def test_no_call_leaves_before_the_start_is_durable() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store) as on:
        store.gate.clear()
        starting = asyncio.ensure_future(on.begin(TWO_STEPS))
        while not store.seen:
            await checkpoint()
        assert on.services.calls == []
        assert not starting.done()
        store.gate.set()
        await on.ended(await starting)
        assert on.services.names() == ["first", "second"]


async def test_a_start_that_is_not_written_is_refused_and_calls_nothing() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store) as on:
        store.fails = unreachable
        with pytest.raises(Unavailable, match="disk is full"):
            await on.begin(TWO_STEPS)
        assert on.services.calls == []
        assert on.engine.live_count == 0
        assert on.engine.health() == ("the store cannot be reached: the disk is full",)


async def test_an_idle_engine_is_ready_for_another_try_some_time_after_a_store_fault() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store, bounds=RuntimeBounds(fault_told_ms=0)) as on:
        store.fails = unreachable
        with pytest.raises(Unavailable, match="disk is full"):
            await on.begin(TWO_STEPS)
        assert on.engine.health() == ()


async def test_the_next_step_waits_while_the_answer_of_the_one_before_cannot_be_written() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store) as on:
        on.services.hold("first")
        begun = await on.begin(TWO_STEPS)
        await on.services.until_called("first")
        failures: list[Commit] = []

        def fail_thrice(commit: Commit) -> Exception | None:
            failures.append(commit)
            return unreachable(commit) if len(failures) <= 3 else None

        store.fails = fail_thrice
        on.services.release("first")
        await on.services.until_called("second")
        assert len(failures) >= 4
        ended = await on.ended(begun)
        assert ended.ended is ExecutionStatus.COMPLETED
        assert on.services.names() == ["first", "second"]
        assert [visit.attempts[-1].number for visit in ended.visits.values()] == [1, 1]


async def test_a_caller_whose_act_is_not_written_is_told_so_and_nothing_changed() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store) as on:
        on.services.hold("first")
        begun = await on.begin(TWO_STEPS)
        await on.services.until_called("first")
        store.fails = unreachable
        with pytest.raises(Unavailable):
            await on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev"))
        store.fails = lambda _commit: None
        on.services.release("first")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


async def test_a_commit_that_the_store_refuses_holds_its_own_execution_and_no_other() -> None:
    store = FallibleStore()
    async with stage(TWO_STEPS, store=store) as on:
        on.services.hold("first")
        guilty, innocent = await on.begin(TWO_STEPS), await on.begin(TWO_STEPS)
        await on.services.until_called("first", 2)

        def refuse_guilty(commit: Commit) -> Exception | None:
            is_answer = b"ActivityCompleted" in commit.history.events
            return ValueError("cannot be stored") if commit.execution_id == guilty and is_answer else None

        store.fails = refuse_guilty
        on.services.release("first")
        assert (await on.ended(innocent)).ended is ExecutionStatus.COMPLETED
        while (held := await on.stored(guilty)).paused is None:
            await checkpoint()
        assert held.reason == "commit_refused"
        store.fails = lambda _commit: None
        await on.engine.submit(NAMESPACE, guilty, ResumeExecution(actor="dev"))
        assert (await on.ended(guilty)).ended is ExecutionStatus.COMPLETED


async def test_an_id_is_taken_once() -> None:
    async with stage(TWO_STEPS) as on:
        start = start_of(TWO_STEPS)
        await on.engine.start_execution(start, TWO_STEPS)
        await on.ended(start.id)
        with pytest.raises(Rejected, match="execution_exists"):
            await on.engine.start_execution(start, TWO_STEPS)
        assert on.services.names() == ["first", "second"]


async def test_whoever_follows_an_execution_is_told_of_a_step_that_is_durable() -> None:
    async with stage(TWO_STEPS, store=FallibleStore()) as on:
        for name in ("first", "second"):
            on.services.hold(name)
        begun = await on.begin(TWO_STEPS)
        await on.services.until_called("first")
        progress = on.engine.followers.add(begun)
        on.services.release("first")
        await on.services.until_called("second")
        assert progress.is_set()
        on.engine.followers.remove(begun, progress)
        on.services.release("second")
        await on.ended(begun)
