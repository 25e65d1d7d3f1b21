"""A second engine over the store of one that is gone goes on where it stood."""

import pytest
from anyio.lowlevel import checkpoint
from msgspec import UNSET

from tests.runtime.world import NAMESPACE, FallibleStore, Services, program, sleep, stage, task
from treadle.model.commands import CancelExecution, PauseExecution, ResumeExecution
from treadle.model.errors import Rejected
from treadle.model.execution import AttemptOutcome, CompensationStatus, ExecutionStatus
from treadle.runtime.bounds import RuntimeBounds

pytestmark = pytest.mark.anyio
SAGA = program(task("first", "second", undo=True), task("second", undo=True))
IMPATIENT = RuntimeBounds(stop_grace_ms=0, keep_waiting_ms=0)


async def test_an_attempt_in_flight_when_its_engine_died_is_lost_and_sent_again_under_its_key() -> None:
    store, first = FallibleStore(), Services()
    first.hold("second")
    async with stage(SAGA, store=store, services=first, bounds=IMPATIENT) as on:
        begun = await on.begin(SAGA)
        await first.until_called("second")
    async with stage(SAGA, store=store) as on:
        ended = await on.ended(begun)
    assert on.services.names() == ["second"], "what was durable is not called again"
    again, before = on.services.calls[0], first.calls[-1]
    assert again.key == before.key
    assert (before.attempt, again.attempt) == (1, 2)
    attempts = ended.visits["second"].attempts
    assert [one.outcome for one in attempts] == [AttemptOutcome.LOST, AttemptOutcome.OK]
    assert ended.ended is ExecutionStatus.COMPLETED


async def test_what_was_lost_may_have_been_done_so_its_undo_is_armed() -> None:
    store, first = FallibleStore(), Services()
    first.hold("second")
    async with stage(SAGA, store=store, services=first, bounds=IMPATIENT) as on:
        begun = await on.begin(SAGA)
        await first.until_called("second")
    second = Services()
    second.refusing.add("second")
    async with stage(SAGA, store=store, services=second) as on:
        ended = await on.ended(begun)
    assert ended.ended is ExecutionStatus.FAILED
    assert second.names() == ["second", "undo-second", "undo-first"]
    statuses = {one.path: one.status for one in ended.compensations.values()}
    assert set(statuses.values()) == {CompensationStatus.COMPLETED}


async def test_a_stop_awaits_what_is_in_flight_and_starts_nothing_new() -> None:
    store, services = FallibleStore(), Services()
    services.hold("first")
    async with stage(SAGA, store=store, services=services) as on:
        begun = await on.begin(SAGA)
        await services.until_called("first")
        on.engine.is_draining = True
        services.release("first")
        while (await on.stored(begun)).visits["first"].output is UNSET:
            await checkpoint()
        on.engine.is_draining = False
    assert services.names() == ["first"]
    async with stage(SAGA, store=store) as on:
        ended = await on.ended(begun)
    assert on.services.names() == ["second"]
    assert [one.outcome for one in ended.visits["first"].attempts] == [AttemptOutcome.OK]
    assert [one.number for one in ended.visits["second"].attempts] == [1]


async def test_an_execution_that_only_waits_leaves_memory_and_comes_back_in_time() -> None:
    napping = program(sleep("nap", 30, "work"), task("work"))
    async with stage(napping, bounds=IMPATIENT) as on:
        begun = await on.begin(napping)
        assert on.engine.live_count == 0
        ended = await on.ended(begun)
        assert on.services.names() == ["work"]
        assert ended.ended is ExecutionStatus.COMPLETED


async def test_a_command_reaches_an_execution_that_is_not_in_memory() -> None:
    napping = program(sleep("nap", 3_600_000, "work"), task("work"))
    async with stage(napping, bounds=IMPATIENT) as on:
        begun = await on.begin(napping)
        assert on.engine.live(begun) is None
        await on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev"))
        with pytest.raises(Rejected, match="invalid_transition"):
            await on.engine.submit(NAMESPACE, begun, PauseExecution(actor="dev"))
        await on.engine.submit(NAMESPACE, begun, ResumeExecution(actor="dev"))
        await on.engine.submit(NAMESPACE, begun, CancelExecution(actor="dev"))
        assert (await on.ended(begun)).ended is ExecutionStatus.CANCELLED
        assert on.engine.live_count == 0


async def test_starts_beyond_the_room_wait_in_the_store_and_all_end() -> None:
    narrow = RuntimeBounds(live_max=2)
    services = Services()
    services.hold("first")
    async with stage(SAGA, services=services, bounds=narrow) as on:
        begun = [await on.begin(SAGA) for _ in range(6)]
        await services.until_called("first", 2)
        assert on.engine.live_count == 2
        stored = [await on.stored(one) for one in begun]
        assert sum(one.started_at is None for one in stored) == 4
        services.release("first")
        for one in begun:
            assert (await on.ended(one)).ended is ExecutionStatus.COMPLETED


async def test_a_refused_attempt_is_tried_again_after_its_back_off() -> None:
    services = Services()
    services.failing_once.add("first")
    async with stage(SAGA, services=services) as on:
        ended = await on.ended(await on.begin(SAGA))
    assert services.names() == ["first", "first", "second"]
    assert len({call.key for call in services.calls[:2]}) == 1
    assert ended.ended is ExecutionStatus.COMPLETED


async def test_what_is_in_another_namespace_is_not_found() -> None:
    async with stage(SAGA) as on:
        on.services.hold("first")
        begun = await on.begin(SAGA)
        with pytest.raises(Rejected, match="execution_not_found"):
            await on.engine.submit("other", begun, PauseExecution(actor="dev"))  # type: ignore[arg-type]  # a plain name
        on.services.release("first")
        await on.ended(begun)


async def test_a_refused_command_does_not_take_the_alarm_of_what_sleeps() -> None:
    napping = program(sleep("nap", 50, "work"), task("work"))
    async with stage(napping) as on:
        begun = await on.begin(napping)
        with pytest.raises(Rejected, match="invalid_transition"):
            await on.engine.submit(NAMESPACE, begun, ResumeExecution(actor="dev"))
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
