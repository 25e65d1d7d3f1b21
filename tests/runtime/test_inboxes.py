"""What other executions leave for one is decided once: not twice, not never, and without looking for it."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest
from anyio.lowlevel import checkpoint
from msgspec.structs import replace

from tests.runtime.test_children import NEVER_POLLS, PART, of_branches
from tests.runtime.world import (
    NAMESPACE,
    FallibleSqliteStore,
    FallibleStore,
    Services,
    Stage,
    called,
    child_of,
    stage,
    unreachable,
)
from treadle.model.commands import CancelExecution, ResumeExecution
from treadle.model.errors import Corrupt, Unavailable
from treadle.model.events import ChildEnded, InputRefused
from treadle.model.execution import ExecutionStatus
from treadle.model.expression import Roots
from treadle.model.ids import Digest, EngineId, ExecutionId, Instant, Namespace
from treadle.model.json import Json
from treadle.model.views import StoredDefinition
from treadle.ports.commit import Claimed, Commit, CommitResult, InboxRow
from treadle.runtime.bounds import RuntimeBounds
from treadle.stores.memory.views import MemoryViews
from treadle.testing.builders import Constant, program, task
from treadle.testing.composites import child, parallel

pytestmark = pytest.mark.anyio
Store: TypeAlias = FallibleStore | FallibleSqliteStore

FAN = of_branches(1)
PAIR = called(
    "pair",
    program(
        parallel("pair", "a", "b"),
        bodies={"pair/a": [child("a", "part"), task("after")], "pair/b": [child("b", "slow")]},
    ),
)
SLOW = called("slow", program(task("slow")))


def tells_the_end(commit: Commit) -> bool:
    return b"ChildEnded" in commit.history.events


def to(execution_id: ExecutionId, rewrite: Callable[[bytes], Sequence[bytes]]) -> Callable[[Commit], Commit]:
    """Notes to that execution are other ones, or more."""

    def rewritten(commit: Commit) -> Commit:
        notes = tuple(
            replace(note, payload=payload)
            for note in commit.notes
            for payload in (rewrite(note.payload) if note.execution_id == execution_id else [note.payload])
        )
        return replace(commit, notes=notes)

    return rewritten


async def ends_of(on: Stage, execution_id: ExecutionId) -> int:
    return sum(isinstance(event, ChildEnded) for event in await on.history(execution_id))


async def refusals_of(on: Stage, execution_id: ExecutionId) -> list[tuple[str, str]]:
    history = await on.history(execution_id)
    return [(event.command, event.code) for event in history if isinstance(event, InputRefused)]


async def is_paused(on: Stage, execution_id: ExecutionId) -> None:
    while (await on.stored(execution_id)).paused is None:
        await checkpoint()


async def test_a_live_execution_takes_a_note_in_at_once_and_no_other_is_asked_for(store: Store) -> None:
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("own")
        begun = await on.begin(FAN)
        while not await ends_of(on, begun):
            await checkpoint()
        assert on.engine.live(begun) is not None
        assert set(store.fetches) == {begun}
        on.services.release("own")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert [commit.consumed for commit in store.seen if commit.consumed] == [(1,)]


async def test_no_inbox_is_read_for_an_execution_without_notes(store: Store) -> None:
    async with stage(PART, store=store, bounds=NEVER_POLLS) as on:
        for _ in range(3):
            await on.ended(await on.begin(PART))
    assert store.fetches == []


async def test_notes_that_come_together_are_fetched_together_and_used_up_in_bounded_commits(
    store: Store,
) -> None:
    fan = of_branches(13, "slow")
    few = replace(NEVER_POLLS, inbox_rows_max=5)
    async with stage(fan, PART, SLOW, store=store, bounds=few) as on:
        for name in ("own", "slow", "work"):
            on.services.hold(name)
        store.inbox_gate.clear()
        begun = await on.begin(fan)
        await on.services.until_called("slow")
        await on.services.until_called("work", 12)
        on.services.release("slow")
        while not store.under_way:
            await checkpoint()
        on.services.release("work")
        for index in range(1, 13):
            await on.ended(child_of(begun, f"c{index}"))
        store.inbox_gate.set()
        while await ends_of(on, begun) < 13:
            await checkpoint()
        assert [len(commit.consumed) for commit in store.seen if commit.consumed] == [1, 5, 5, 2]
        assert len(store.fetches) == 2, "the first, and one for all that came meanwhile"
        on.services.release("own")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


async def test_what_does_not_fit_any_more_is_recorded_and_used_up_in_the_same_commit(store: Store) -> None:
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("own")
        on.services.hold("work")
        begun = await on.begin(FAN)
        store.rewrites = to(begun, lambda payload: [payload, payload])
        await on.services.until_called("work")
        on.services.release("work")
        while not await refusals_of(on, begun):
            await checkpoint()
        assert await refusals_of(on, begun) == [("ReportChild", "activity_ended")]
        assert await ends_of(on, begun) == 1
        assert await store.inbox(begun, 0) == []
        on.services.release("own")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


@pytest.mark.parametrize(
    "garbage", [b"\x00garbage", b'{"schema":99}', b'{"schema":1,"command":"X","fields":1}']
)
async def test_what_cannot_be_read_is_recorded_as_refused_and_used_up(store: Store, garbage: bytes) -> None:
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("own")
        on.services.hold("work")
        begun = await on.begin(FAN)
        store.rewrites = to(begun, lambda payload: [garbage, payload])
        await on.services.until_called("work")
        on.services.release("work")
        while not await ends_of(on, begun):
            await checkpoint()
        assert await refusals_of(on, begun) == [("unknown", "corrupt_input")]
        assert await store.inbox(begun, 0) == []
        on.services.release("own")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


async def test_an_inbox_that_cannot_be_read_now_is_read_later(store: Store) -> None:
    faults = [Unavailable("store_unavailable", "the disk is full")] * 2
    store.inbox_fails = lambda: faults.pop() if faults else None
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("own")
        begun = await on.begin(FAN)
        while not await ends_of(on, begun):
            await checkpoint()
        assert faults == []
        on.services.release("own")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


async def test_a_note_is_decided_again_after_a_store_fault_and_stands_once(store: Store) -> None:
    failures: list[Commit] = []

    def fail_thrice(commit: Commit) -> Exception | None:
        if not tells_the_end(commit) or len(failures) >= 3:
            return None
        failures.append(commit)
        return unreachable(commit)

    store.fails = fail_thrice
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("own")
        begun = await on.begin(FAN)
        while not await ends_of(on, begun):
            await checkpoint()
        on.services.release("own")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert await ends_of(on, begun) == 1
        assert await refusals_of(on, begun) == []
    assert len({commit.consumed for commit in failures}) == 1


async def test_a_note_whose_commit_is_refused_stays_stored_and_is_decided_after_a_resume(
    store: Store,
) -> None:
    store.fails = lambda commit: Corrupt("commit_refused", "no") if tells_the_end(commit) else None
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("own")
        begun = await on.begin(FAN)
        await is_paused(on, begun)
        assert (await on.stored(begun)).reason == "commit_refused"
        assert len(await store.inbox(begun, 0)) == 1
        store.fails = lambda _commit: None
        await on.engine.submit(NAMESPACE, begun, ResumeExecution(actor="dev"))
        assert await ends_of(on, begun) == 1
        assert await store.inbox(begun, 0) == []
        on.services.release("own")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


class FailingOnce:
    """An expression with a fault of its own, at first."""

    reads: frozenset[tuple[str, ...]] = frozenset()

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, roots: Roots) -> Json:
        self.times += 1
        if self.times == 1:
            raise ZeroDivisionError
        return True


async def test_a_note_that_cannot_be_decided_stays_stored_and_is_decided_after_a_resume(store: Store) -> None:
    broken = called("broken", program(child("first", "part"), task("last", when=FailingOnce())))
    async with stage(broken, PART, store=store, bounds=NEVER_POLLS) as on:
        begun = await on.begin(broken)
        await is_paused(on, begun)
        assert (await on.stored(begun)).reason == "internal_error"
        assert len(await store.inbox(begun, 0)) == 1
        assert on.engine.live(begun) is not None, "what waits is at hand for the resume"
        await on.engine.submit(NAMESPACE, begun, ResumeExecution(actor="dev"))
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert await ends_of(on, begun) == 1


async def test_what_is_let_go_while_its_inbox_is_read_is_claimed_with_it_at_once(store: Store) -> None:
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("own")
        store.inbox_gate.clear()
        begun = await on.begin(FAN)
        while not store.fetches:
            await checkpoint()
        on.services.release("own")
        await on.services.until_called("last")
        store.inbox_gate.set()
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert await ends_of(on, begun) == 1
    assert CommitResult.CONFLICT not in store.results, "what was read for the driver before is not decided"


async def test_what_is_let_go_with_notes_in_hand_is_claimed_with_them_at_once(store: Store) -> None:
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("own")
        store.inbox_gate.clear()
        begun = await on.begin(FAN)
        while not store.under_way:
            await checkpoint()
        store.gate.clear()
        on.services.release("own")
        while not any(commit.is_release for commit in store.seen if commit.execution_id == begun):
            await checkpoint()
        store.inbox_gate.set()
        while store.under_way:
            await checkpoint()
        store.gate.set()
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert await ends_of(on, begun) == 1
        assert await refusals_of(on, begun) == []


class SlowClaims(FallibleStore):
    """What was claimed is handed over when the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.delays: Callable[[Claimed], bool] = lambda _claimed: False
        self.claimed = asyncio.Event()
        self.handed_over = asyncio.Event()

    async def claim_due(
        self, engine: EngineId, now: Instant, limit: int, bytes_max: int | None = None
    ) -> Sequence[Claimed]:
        claimed = await super().claim_due(engine, now, limit, bytes_max)
        if any(self.delays(one) for one in claimed):
            self.claimed.set()
            await self.handed_over.wait()
        return claimed


async def test_a_note_that_comes_while_its_execution_is_being_claimed_is_fetched_after_it() -> None:
    store = SlowClaims()
    async with stage(PAIR, PART, SLOW, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("slow")
        on.services.hold("work")
        begun = await on.begin(PAIR)
        await on.services.until_called("slow")
        await on.services.until_called("work")
        store.delays = lambda one: one.state.execution_id == begun
        on.services.release("work")
        await store.claimed.wait()
        on.services.release("slow")
        await on.ended_when_there(child_of(begun, "b"))
        on.services.hold("after")
        store.handed_over.set()
        while await ends_of(on, begun) < 2:
            await checkpoint()
        assert store.fetches == [begun]
        on.services.release("after")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


class Unreadable(MemoryViews):
    """The document of `PAIR` cannot be read for a while."""

    is_open = False
    asked = 0

    async def document(self, namespace: Namespace, digest: Digest) -> StoredDefinition | None:
        if digest == PAIR.digest and not self.is_open:
            self.asked += 1
            raise Unavailable("store_unavailable", "the file cannot be read")
        return await super().document(namespace, digest)


async def test_a_note_that_comes_while_an_adoption_is_put_off_is_fetched_after_it() -> None:
    store, first = FallibleStore(), Services()
    first.hold("slow")
    first.hold("work")
    soon = replace(NEVER_POLLS, stop_grace_ms=0)
    async with stage(PAIR, PART, SLOW, store=store, services=first, bounds=soon) as on:
        begun = await on.begin(PAIR)
        await first.until_called("slow")
        await first.until_called("work")
    store.views = views = Unreadable(store._tables)
    second = Services()
    for name in ("slow", "work", "after"):
        second.hold(name)
    async with stage(PART, SLOW, PAIR, store=store, services=second, bounds=NEVER_POLLS) as on:
        second.release("work")
        while not views.asked:
            await checkpoint()
        second.release("slow")
        await on.ended_when_there(child_of(begun, "b"))
        views.is_open = True
        while await ends_of(on, begun) < 2:
            await checkpoint()
        second.release("after")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


async def test_an_engine_that_lost_an_execution_decides_none_of_its_notes(store: Store) -> None:
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as old:
        old.services.hold("own")
        old.services.hold("work")
        begun = await old.begin(FAN)
        await old.services.until_called("own")
        await old.services.until_called("work")
        async with stage(FAN, PART, store=store, services=Services(), bounds=NEVER_POLLS) as new:
            assert (await new.ended(begun)).ended is ExecutionStatus.COMPLETED
            old.services.release("work")
            old.services.release("own")
            while old.engine.live_count:
                await checkpoint()
            assert await ends_of(new, begun) == 1
            assert await refusals_of(new, begun) == []


async def test_a_stop_leaves_what_was_not_fetched_to_the_next_engine(store: Store) -> None:
    store.inbox_gate.clear()
    soon = RuntimeBounds(poll_interval_ms=600_000, stop_grace_ms=0)
    async with stage(FAN, PART, store=store, bounds=soon) as on:
        on.services.hold("own")
        begun = await on.begin(FAN)
        while not store.fetches:
            await checkpoint()
    store.inbox_gate.set()
    rows: Sequence[InboxRow] = await store.inbox(begun, 0)
    assert len(rows) == 1
    async with stage(FAN, PART, store=store, bounds=NEVER_POLLS) as on:
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        assert await ends_of(on, begun) == 1


async def test_a_cancel_that_waits_is_decided_before_what_was_lost_is_sent_again(store: Store) -> None:
    """The child of a cancelled parent comes back with the word to stop in its inbox."""
    whole = called("whole", program(child("first", "part"), task("last")))
    soon = RuntimeBounds(poll_interval_ms=600_000, stop_grace_ms=0, keep_waiting_ms=0)
    first = Services()
    first.hold("work")
    store.inbox_gate.clear()
    async with stage(whole, PART, store=store, services=first, bounds=soon) as on:
        begun = await on.begin(whole)
        await first.until_called("work")
        await on.engine.submit(NAMESPACE, begun, CancelExecution(actor="dev"))
    store.inbox_gate.set()
    async with stage(whole, PART, store=store, bounds=NEVER_POLLS) as on:
        assert (await on.ended(begun)).ended is ExecutionStatus.CANCELLED
    assert on.services.names() == []


async def test_what_is_written_for_others_counts_towards_the_bytes_of_a_batch() -> None:
    store = FallibleStore()
    bodies = {"fan/a": [child("a", "part", input=Constant({"text": "x" * 4_000}))], "fan/own": [task("own")]}
    heavy = called("heavy", program(parallel("fan", "a", "own"), bodies=bodies))
    small = RuntimeBounds(batch_bytes_max=6_000, poll_interval_ms=600_000)
    async with stage(heavy, PART, store=store, bounds=small) as on:
        on.services.definitions.clear()
        on.services.hold("own")
        begun = [await on.begin(heavy) for _ in range(8)]
        while on.services.found < 8:
            await checkpoint()
        on.services.definitions.set()
        await on.services.until_called("work", 8)
        on.services.release("own")
        for one in begun:
            assert (await on.ended(one)).ended is ExecutionStatus.COMPLETED
    weights = [sum(len(new.history.events) for new in commit.starts) for commit in store.seen]
    assert max(weights) > 4_000
    with_starts = [sum(bool(commit.starts) for commit in batch) for batch in store.batches]
    assert max(with_starts) == 1
