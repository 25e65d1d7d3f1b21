"""A bulk act comes to every execution that matches, once, whatever becomes of the process."""

import asyncio
import tracemalloc
from pathlib import Path

import pytest
from anyio.lowlevel import checkpoint
from msgspec.structs import replace

from tests.runtime.bulk import WatchedActs, at_rest, bulk_act, carried_out, carrying_out, ended, times_told
from tests.runtime.world import NAMESPACE, FallibleStore, Services, Stage, program, sleep, stage, task
from treadle.model.bulk_acts import BulkAct, BulkAction, BulkStatus, BulkTarget
from treadle.model.commands import PauseExecution, WakeExecution
from treadle.model.errors import Unavailable
from treadle.model.events import ExecutionPaused, ExecutionRetried, ExecutionWoken
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ExecutionId, Instant
from treadle.model.instants import DAY_MS
from treadle.model.views import ExecutionFilter
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.bulk_acts import KEPT_DAYS
from treadle.stores.memory.store import MemoryStore
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import start

pytestmark = pytest.mark.anyio
HOUR = 3_600_000
MANY = 10_000
NAPS = program(sleep("first", HOUR, "second"), sleep("second", HOUR))
"""What is woken twice has ended."""
FAILING = program(task("a"))
SMALL = RuntimeBounds(
    store_retry_ms=5, stop_grace_ms=0, bulk_page_max=4, bulk_at_once_max=3, keep_waiting_ms=0
)
IMPATIENT = RuntimeBounds(store_retry_ms=1, stop_grace_ms=0)


async def napping(on: Stage, count: int) -> list[ExecutionId]:
    """So many executions that sleep in the store."""
    begun = [await on.begin(NAPS) for _ in range(count)]
    await at_rest(on, *begun)
    return begun


async def test_it_goes_from_page_to_page_until_all_were_acted_on(
    store: MemoryStore | SqliteStore,
) -> None:
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        begun = await napping(on, 11)
        acts = WatchedActs(store.bulk_acts)
        async with carrying_out(on, acts) as runner:
            act = bulk_act(on, BulkAction.PAUSE, reason="closed")
            assert await runner.begin(act)
            done = await ended(on, act)
        assert (done.total, done.done, done.refused, done.targets) == (11, 11, 0, ())
        assert [len(one.targets) for one in acts.saved] == [4, 0, 4, 0, 3, 0, 0]
        assert runner.endings == {"done": 11, "refused": 0}
        for execution in begun:
            assert await times_told(on, execution, ExecutionPaused) == 1
            assert (await on.stored(execution)).reason == "closed"


async def test_what_is_created_after_it_was_asked_for_is_not_acted_on(
    store: MemoryStore | SqliteStore,
) -> None:
    async with stage(NAPS, store=store) as on:
        (before,) = await napping(on, 1)
        asked_at = (await on.stored(before)).created_at
        while on.engine.clock.now() <= asked_at:
            await checkpoint()
        (after,) = await napping(on, 1)
        done = await carried_out(on, bulk_act(on, BulkAction.TERMINATE, created_at=asked_at))
        assert (done.total, done.done) == (1, 1)
        assert (await on.stored(before)).ended is ExecutionStatus.TERMINATED
        assert (await on.stored(after)).ended is None


async def test_what_no_longer_matches_when_its_page_is_read_is_passed_over(
    store: MemoryStore | SqliteStore,
) -> None:
    async with stage(NAPS, store=store) as on:
        moved, stays = await napping(on, 2)
        act = replace(bulk_act(on, BulkAction.TERMINATE, ExecutionStatus.WAITING), total=2)
        assert await store.bulk_acts.add(act, 1)
        await on.engine.submit(NAMESPACE, moved, PauseExecution(actor="somebody"))
        async with carrying_out(on):
            done = await ended(on, act)
        assert (done.total, done.done, done.refused) == (1, 1, 0)
        assert (await on.stored(stays)).ended is ExecutionStatus.TERMINATED
        assert (await on.stored(moved)).ended is None


async def test_what_was_acted_on_before_a_crash_is_not_acted_on_again(
    store: MemoryStore | SqliteStore,
) -> None:
    """Every execution of the page was woken, and the process died before that was kept.

    To wake them again would end their second sleep.
    """
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        begun = await napping(on, 4)
        act = bulk_act(on, BulkAction.WAKE)
        acts = WatchedActs(store.bulk_acts)
        async with carrying_out(on, acts) as runner:
            await runner.begin(act)
            while not acts.saved:
                await checkpoint()
            acts.gate.clear()
            await acts.is_waiting.wait()
            assert acts.saved[-1].done == 4
        kept = await store.bulk_acts.find(NAMESPACE, act.id)
        assert kept is not None
        assert (kept.done, len(kept.targets)) == (0, 4)
        async with carrying_out(on):
            done = await ended(on, act)
        assert (done.total, done.done, done.refused) == (4, 4, 0)
        for execution in begun:
            assert await times_told(on, execution, ExecutionWoken) == 1
            assert (await on.stored(execution)).ended is None


@pytest.mark.parametrize("failing", range(1, 8))
async def test_a_store_that_does_not_keep_it_for_a_while_loses_and_doubles_nothing(
    store: MemoryStore | SqliteStore, failing: int
) -> None:
    """Each of the writes of a bulk act of three pages fails once, before or after what was acted on."""
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        begun = await napping(on, 11)
        acts = WatchedActs(store.bulk_acts)
        down = Unavailable("store_unavailable", "the disk is full")
        acts.fails = lambda _act: down if len(acts.saved) == failing else None
        async with carrying_out(on, acts) as runner:
            act = bulk_act(on, BulkAction.WAKE)
            await runner.begin(act)
            done = await ended(on, act)
        assert (done.total, done.done, done.refused) == (11, 11, 0)
        assert runner.endings == {"done": 11, "refused": 0}
        for execution in begun:
            assert await times_told(on, execution, ExecutionWoken) == 1


async def test_commands_that_a_fault_of_the_store_met_are_given_again_once() -> None:
    store = FallibleStore()
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        begun = await napping(on, 6)
        down = Unavailable("store_unavailable", "the disk is full")
        left = [down, None, down, down]
        store.fails = lambda _commit: left.pop() if left else None
        done = await carried_out(on, bulk_act(on, BulkAction.WAKE))
        assert not left
        assert (done.total, done.done, done.refused) == (6, 6, 0)
        for execution in begun:
            assert await times_told(on, execution, ExecutionWoken) == 1


async def test_the_next_process_goes_on_where_one_died(store: MemoryStore | SqliteStore) -> None:
    """It dies while commands of the second page are under way; what they did is in the histories, or not."""
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        begun = await napping(on, 11)
        act = bulk_act(on, BulkAction.WAKE)
        acts = WatchedActs(store.bulk_acts)
        async with carrying_out(on, acts) as runner:
            await runner.begin(act)
            while len(acts.saved) < 3:
                await checkpoint()
    async with stage(NAPS, store=store, bounds=SMALL) as on, carrying_out(on):
        done = await ended(on, act)
        assert (done.total, done.done, done.refused) == (11, 11, 0)
        for execution in begun:
            assert await times_told(on, execution, ExecutionWoken) == 1


async def test_a_bulk_act_sets_no_more_going_than_there_is_room_for() -> None:
    """Of four places one is for others; what pauses or ends executions needs no place."""
    bounds = RuntimeBounds(stop_grace_ms=0, live_max=4, bulk_live_percent=75, bulk_at_once_max=1)
    services = Services()
    services.refusing.add("a")
    async with stage(FAILING, services=services, bounds=bounds) as on:
        begun = [await on.begin(FAILING) for _ in range(8)]
        for execution in begun:
            await on.ended_when_there(execution)
        await at_rest(on, *begun)
        services.refusing.clear()
        services.hold("a")
        retrying = bulk_act(on, BulkAction.RETRY, ExecutionStatus.FAILED)
        async with carrying_out(on) as runner:
            await runner.begin(retrying)
            await services.until_called("a", 8 + 3)
            pausing = bulk_act(on, BulkAction.PAUSE, ExecutionStatus.RUNNING)
            await runner.begin(pausing)
            assert (await ended(on, pausing)).done == 3
            assert on.engine.live_count == 3
            kept = await on.store.bulk_acts.find(NAMESPACE, retrying.id)
            assert kept is not None
            assert kept.ended_at is None
            await runner.begin(bulk_act(on, BulkAction.RESUME, ExecutionStatus.PAUSED))
            services.release("a")
            done = await ended(on, retrying)
        assert (done.total, done.done, done.refused) == (8, 8, 0)
        for execution in begun:
            await on.ended(execution)
            assert await times_told(on, execution, ExecutionRetried) == 1


async def test_one_that_is_stopped_counts_what_was_done_and_acts_on_no_more(
    store: MemoryStore | SqliteStore,
) -> None:
    """Two of the four targets that a dead process left were told; nobody else is."""
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        begun = await napping(on, 6)
        found = await store.views.executions(ExecutionFilter(namespace=NAMESPACE), None, 4)
        targets = tuple(BulkTarget(execution_id=one.id, version=one.version) for one in found)
        # Its history cannot be read any more.
        await store.commit([start("broken", events=b"unreadable", is_release=True)])
        targets = (BulkTarget(execution_id=ExecutionId("broken"), version=0), *targets)
        act = replace(bulk_act(on, BulkAction.WAKE), targets=targets, total=6)
        for target in targets[2:4]:
            await on.engine.submit(NAMESPACE, target.execution_id, WakeExecution(actor="ops"))
        await store.bulk_acts.add(act, 1)
        await store.bulk_acts.stop(NAMESPACE, act.id)
        async with carrying_out(on) as runner:
            done = await ended(on, act)
            assert runner.endings == {"done": 2, "refused": 0}
        assert (done.status, done.total, done.done, done.targets) == (BulkStatus.STOPPED, 2, 2, ())
        told = [await times_told(on, execution, ExecutionWoken) for execution in begun]
        assert sum(told) == 2


async def test_bulk_acts_take_turns(store: MemoryStore | SqliteStore) -> None:
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        await napping(on, 9)
        both = [bulk_act(on, action) for action in (BulkAction.PAUSE, BulkAction.RESUME)]
        for act in both:
            assert await store.bulk_acts.add(act, 2)
        acts = WatchedActs(store.bulk_acts)
        async with carrying_out(on, acts) as runner:
            for act in both:
                await ended(on, act)
        first, second = (act.id for act in both)
        turns = [one.id for one in acts.saved]
        assert turns == [*[first] * 2, *[second] * 2] * 3 + [first, second]
        assert runner.running == 0


async def test_no_more_commands_are_under_way_than_may_be() -> None:
    store = FallibleStore()
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        await napping(on, 8)
        store.gate.clear()
        before = len(store.seen)
        async with carrying_out(on) as runner:
            act = bulk_act(on, BulkAction.PAUSE)
            await runner.begin(act)
            while on.engine.live_count < 3:
                await checkpoint()
            for _ in range(100):
                await checkpoint()
                assert on.engine.live_count == 3
            store.gate.set()
            assert (await ended(on, act)).done == 8
        assert len(store.seen) - before == 8


async def test_an_execution_that_cannot_be_read_is_told_and_the_others_are_acted_on() -> None:
    store = FallibleStore()
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        good = await napping(on, 2)
        store.rewrites = lambda commit: replace(commit, snapshot=b"unreadable")
        (broken,) = await napping(on, 1)
        store.rewrites = lambda commit: commit
        done = await carried_out(on, bulk_act(on, BulkAction.PAUSE))
        assert (done.total, done.done, done.refused) == (3, 2, 1)
        (group,) = done.refusals
        assert [one.execution_id for one in group.last] == [broken]
        assert "unreadable" not in group.last[0].message
        for execution in good:
            assert (await on.stored(execution)).paused is not None


async def test_an_execution_that_another_owner_writes_is_told_as_that_and_the_others_are_acted_on() -> None:
    store = FallibleStore()
    async with stage(NAPS, store=store, bounds=SMALL) as on:
        (foreign, own) = await napping(on, 2)
        store.rewrites = lambda commit: (
            replace(commit, fence=commit.fence + 1) if commit.execution_id == foreign else commit
        )
        done = await carried_out(on, bulk_act(on, BulkAction.WAKE))
        assert (done.done, done.refused) == (1, 1)
        assert [group.code for group in done.refusals] == ["not_owner"]
        assert await times_told(on, foreign, ExecutionWoken) == 0
        assert await times_told(on, own, ExecutionWoken) == 1


async def test_bulk_acts_that_ended_long_ago_are_forgotten(store: MemoryStore | SqliteStore) -> None:
    async with stage(NAPS, store=store) as on:
        now = on.engine.clock.now()
        ages = {"old": KEPT_DAYS * DAY_MS + 60_000, "new": KEPT_DAYS * DAY_MS - 60_000}
        kept: dict[str, BulkAct] = {}
        for name, age_ms in ages.items():
            act = bulk_act(on, BulkAction.PAUSE)
            await store.bulk_acts.add(act, 9)
            await store.bulk_acts.save(replace(act, ended_at=Instant(now - age_ms)))
            kept[name] = act
        async with carrying_out(on):
            while await store.bulk_acts.find(NAMESPACE, kept["old"].id) is not None:
                await checkpoint()
        assert await store.bulk_acts.find(NAMESPACE, kept["new"].id) is not None


async def test_it_says_when_bulk_acts_are_carried_out_no_more() -> None:
    async with stage(NAPS, bounds=IMPATIENT) as on:
        acts = WatchedActs(on.store.bulk_acts)
        async with carrying_out(on, acts) as runner:
            assert runner.health() == ()
            broken = [RuntimeError("a fault of ours")]
            acts.fails = lambda _act: broken.pop() if broken else None
            (execution,) = await napping(on, 1)
            act = bulk_act(on, BulkAction.PAUSE)
            await runner.begin(act)
            assert (await ended(on, act)).done == 1, "a fault of ours puts it off, and no more"
            assert runner.health() == ()
            assert (await on.stored(execution)).paused is not None
        assert runner.health() == (), "it was stopped"


async def live_at_most(on: Stage, until: asyncio.Event) -> int:
    """The most executions that were live at any turn of the loop until then."""
    most = 0
    while not until.is_set():
        most = max(most, on.engine.live_count)
        await checkpoint()
    return most


@pytest.mark.slow
async def test_ten_thousand_executions_are_acted_on_a_few_at_a_time() -> None:
    """What is held at a time is a page and the commands under way, however many match."""
    bounds = RuntimeBounds(keep_waiting_ms=0)
    async with stage(NAPS, bounds=bounds) as on:
        for _ in range(MANY // 100):
            await asyncio.gather(*(on.begin(NAPS) for _ in range(100)))
        while on.engine.live_count:
            await checkpoint()
        acts = WatchedActs(on.store.bulk_acts)
        async with carrying_out(on, acts) as runner:
            act = bulk_act(on, BulkAction.PAUSE)
            await runner.begin(act)
            assert await live_at_most(on, acts.has_ended) <= bounds.bulk_at_once_max
            done = await ended(on, act)
        assert (done.total, done.done, done.refused) == (MANY, MANY, 0)
        assert max(len(one.targets) for one in acts.saved) == bounds.bulk_page_max
        assert await on.store.views.counts(act.where) == {ExecutionStatus.PAUSED: MANY}


@pytest.mark.slow
async def test_memory_does_not_grow_with_what_is_acted_on(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "treadle.db")
    async with stage(NAPS, store=store, bounds=RuntimeBounds(keep_waiting_ms=0)) as on:
        peaks = []
        for count in (100, 1_000):
            await asyncio.gather(*(on.begin(NAPS) for _ in range(count)))
            while on.engine.live_count:
                await checkpoint()
            acts = WatchedActs(store.bulk_acts)
            async with carrying_out(on, acts) as runner:
                tracemalloc.start()
                await runner.begin(bulk_act(on, BulkAction.PAUSE, ExecutionStatus.WAITING))
                await acts.has_ended.wait()
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
            assert sum(len(one.targets) for one in acts.saved) == count
        assert peaks[1] < 4 * peaks[0], "ten times as many"
    await store.close()
