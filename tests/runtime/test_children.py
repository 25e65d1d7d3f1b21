"""An execution starts others, waits for their end, and stops them: each in a commit of its own history."""

import asyncio
from typing import TypeAlias

import pytest
from anyio.lowlevel import checkpoint
from msgspec.structs import replace

from tests.runtime.world import (
    NAMESPACE,
    FallibleSqliteStore,
    FallibleStore,
    Services,
    Stage,
    called,
    child_of,
    stage,
    start_of,
    unreachable,
)
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.model.commands import CancelExecution, TerminateExecution
from treadle.model.events import ChildEnded, ChildStarted, ExecutionStarted, InputRefused
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ExecutionId, Namespace
from treadle.model.program import Program
from treadle.model.views import ExecutionFilter
from treadle.ports.commit import Commit
from treadle.runtime.bounds import RuntimeBounds
from treadle.testing.builders import program, task
from treadle.testing.composites import child, parallel

pytestmark = pytest.mark.anyio
Store: TypeAlias = FallibleStore | FallibleSqliteStore

NEVER_POLLS = RuntimeBounds(
    poll_interval_ms=600_000, store_retry_ms=5, keep_waiting_ms=0, stop_grace_ms=2_000
)
IMPATIENT = RuntimeBounds(poll_interval_ms=600_000, store_retry_ms=5, keep_waiting_ms=0, stop_grace_ms=0)
PART = called("part", program(task("work")))
WHOLE = called("whole", program(child("first", "part"), task("last")))
DETACHED = called("detached", program(child("first", "part", is_detached=True)))


def of_branches(count: int, first: str = "part") -> Program:
    """A parent of `count` children at once, and of a task that keeps it in memory while it is held."""
    names = [f"b{index}" for index in range(count)]
    bodies = {f"fan/{name}": [child(f"c{name[1:]}", "part")] for name in names}
    bodies["fan/b0"] = [child("c0", first)]
    bodies["fan/own"] = [task("own")]
    return called("fan", program(parallel("fan", *names, "own"), task("last"), bodies=bodies))


def starts_of(store: Store) -> list[int]:
    return [len(commit.starts) for commit in store.seen if commit.starts]


async def has_ended(on: Stage, execution_id: ExecutionId) -> None:
    while (await on.stored(execution_id)).ended is None:
        await checkpoint()


async def is_told_to_stop(on: Stage, execution_id: ExecutionId) -> None:
    while (await on.stored(execution_id)).frames[ROOT_FRAME].ending is None:
        await checkpoint()


async def is_there(on: Stage, execution_id: ExecutionId) -> None:
    while await on.store.views.execution(NAMESPACE, execution_id) is None:
        await checkpoint()


async def test_a_child_runs_and_its_parent_goes_on_with_its_output_without_a_poll(store: Store) -> None:
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        begun = await on.begin(WHOLE)
        ended = await on.ended(begun)
        assert ended.ended is ExecutionStatus.COMPLETED
        assert ended.visits["first"].output == {"by": "work"}
        assert on.services.names() == ["work", "last"]
        assert on.engine.live_count == 0
        assert await store.inbox(begun, 0) == []


async def test_a_child_is_a_whole_execution_of_its_own(store: Store) -> None:
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        begun = await on.begin(WHOLE)
        await on.ended(begun)
        first, *_ = await on.history(child_of(begun, "first"))
        listed = await store.views.executions(ExecutionFilter(namespace=NAMESPACE), None, 10)
    assert isinstance(first, ExecutionStarted)
    assert first.parent is not None
    assert (first.parent.id, first.parent.path, first.depth) == (begun, "first", 1)
    [row] = [row for row in listed if row.id == first.id]
    assert (row.definition, row.business_key, row.priority, row.labels) == (first.definition, None, 0, {})
    assert (row.created_at, row.status) == (first.at, ExecutionStatus.COMPLETED)


async def test_a_child_is_written_in_the_commit_that_says_that_it_was_started(store: Store) -> None:
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        await on.ended(await on.begin(WHOLE))
    [commit] = [commit for commit in store.seen if commit.starts]
    assert b"ChildStarted" in commit.history.events
    [new] = commit.starts
    assert new.columns.status is ExecutionStatus.PENDING
    assert (new.history.first_seq, new.history.last_seq) == (1, 1)
    assert new.columns.due_at == new.history.at == new.start.created_at


async def test_a_start_that_is_not_written_starts_nothing_and_is_decided_again(store: Store) -> None:
    failures: list[Commit] = []

    def fail_twice(commit: Commit) -> Exception | None:
        if not commit.starts or len(failures) >= 2:
            return None
        failures.append(commit)
        return unreachable(commit)

    store.fails = fail_twice
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        begun = await on.begin(WHOLE)
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        history = await on.history(begun)
    assert sum(isinstance(event, ChildStarted) for event in history) == 1
    assert on.services.names() == ["work", "last"]


async def test_everything_that_several_decisions_owe_to_others_is_in_their_one_commit(store: Store) -> None:
    fan = of_branches(3)
    async with stage(fan, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("work")
        on.services.hold("own")
        on.services.definitions.clear()
        begun = await on.begin(fan)
        while on.services.found < 3:
            await checkpoint()
        on.services.definitions.set()
        await on.services.until_called("work", 3)
        assert starts_of(store) == [1, 2], "what came while the first was written was decided together"
        await on.engine.submit(NAMESPACE, begun, CancelExecution(actor="dev"))
        [commit] = [commit for commit in store.seen if commit.notes]
        assert [note.execution_id for note in commit.notes] == [
            child_of(begun, f"c{index}") for index in range(3)
        ]
        children = [note.execution_id for note in commit.notes]
        for one in children:
            await is_told_to_stop(on, one)
        on.services.release("own")
        on.services.release("work")
        assert (await on.ended(begun)).ended is ExecutionStatus.CANCELLED
        for one in children:
            assert (await on.stored(one)).ended is ExecutionStatus.CANCELLED


async def test_a_detached_child_goes_on_after_its_parent(store: Store) -> None:
    async with stage(DETACHED, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("work")
        begun = await on.begin(DETACHED)
        ended = await on.ended(begun)
        assert ended.visits["first"].output == {"id": child_of(begun, "first")}
        await on.services.until_called("work")
        on.services.release("work")
        assert (await on.ended(child_of(begun, "first"))).ended is ExecutionStatus.COMPLETED
    assert not [commit for commit in store.seen if commit.notes]


async def test_a_parent_that_only_waits_for_its_child_takes_no_memory(store: Store) -> None:
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("work")
        begun = await on.begin(WHOLE)
        await on.services.until_called("work")
        assert on.engine.live(begun) is None
        assert on.engine.live_count == 1
        on.services.release("work")
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED


async def test_parent_and_child_take_turns_where_there_is_room_for_one(store: Store) -> None:
    narrow = RuntimeBounds(live_max=1, poll_interval_ms=600_000, keep_waiting_ms=0)
    async with stage(WHOLE, PART, store=store, bounds=narrow) as on:
        begun = [await on.begin(WHOLE) for _ in range(4)]
        for one in begun:
            assert (await on.ended(one)).ended is ExecutionStatus.COMPLETED


async def test_a_child_that_failed_fails_its_parent(store: Store) -> None:
    services = Services()
    services.refusing.add("work")
    async with stage(WHOLE, PART, store=store, services=services, bounds=NEVER_POLLS) as on:
        ended = await on.ended(await on.begin(WHOLE))
    assert ended.ended is ExecutionStatus.FAILED
    assert ended.failure is not None
    assert (ended.failure.code, ended.failure.path) == ("child_failed", "first")


async def test_a_cancel_reaches_the_child_and_the_parent_ends_after_it(store: Store) -> None:
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("work")
        begun = await on.begin(WHOLE)
        inner = child_of(begun, "first")
        await on.services.until_called("work")
        await on.engine.submit(NAMESPACE, begun, CancelExecution(actor="dev"))
        await is_told_to_stop(on, inner)
        assert (await on.stored(begun)).ended is None, "undo never overtakes do"
        on.services.release("work")
        assert (await on.ended(begun)).ended is ExecutionStatus.CANCELLED
        assert (await on.stored(inner)).ended is ExecutionStatus.CANCELLED


async def test_a_terminated_parent_takes_its_child_along_and_hears_no_more_of_it(store: Store) -> None:
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("work")
        begun = await on.begin(WHOLE)
        inner = child_of(begun, "first")
        await on.services.until_called("work")
        await on.engine.submit(NAMESPACE, begun, TerminateExecution(actor="dev"))
        await has_ended(on, inner)
        assert (await on.stored(inner)).ended is ExecutionStatus.TERMINATED
        assert (await on.stored(begun)).ended is ExecutionStatus.TERMINATED
        assert await store.inbox(begun, 0) == []
        assert await store.inbox(inner, 0) == []
        on.services.release("work")


async def test_a_child_whose_id_is_somebody_elses_fails_its_node(store: Store) -> None:
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("work")
        order = start_of(WHOLE)
        foreign = child_of(order.id, "first")
        elsewhere = replace(start_of(PART), id=foreign, namespace=Namespace("elsewhere"))
        await on.engine.start_execution(elsewhere, PART)
        await on.engine.start_execution(order, WHOLE)
        ended = await on.ended(order.id)
        assert ended.ended is ExecutionStatus.FAILED
        assert ended.failure is not None
        assert (ended.failure.code, ended.failure.path) == ("execution_exists", "first")
        assert foreign in ended.failure.message
        assert starts_of(store) == []
        on.services.release("work")


@pytest.mark.parametrize("act", [CancelExecution(actor="dev"), TerminateExecution(actor="dev")])
async def test_what_is_meant_for_a_child_does_not_reach_somebody_elses_execution(
    store: Store, act: CancelExecution | TerminateExecution
) -> None:
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        on.services.hold("work")
        on.services.definitions.clear()
        begun = await on.begin(WHOLE)
        foreign = child_of(begun, "first")
        while not on.services.found:
            await checkpoint()
        await on.engine.start_execution(replace(start_of(PART), id=foreign), PART)
        on.services.definitions.set()
        while not any(isinstance(event, ChildStarted) for event in await on.history(begun)):
            await checkpoint()
        await on.services.until_called("work")
        known = await on.history(foreign)
        await on.engine.submit(NAMESPACE, begun, act)
        while len(await on.history(foreign)) == len(known):
            await checkpoint()
        refused = [event for event in await on.history(foreign) if isinstance(event, InputRefused)]
        assert [(event.command, event.code) for event in refused] == [(type(act).__name__, "not_a_child")]
        on.services.release("work")
        assert (await on.ended(foreign)).ended is ExecutionStatus.COMPLETED


async def test_the_end_of_a_child_is_told_once_although_the_engine_died_before_it_was_taken_in(
    store: Store,
) -> None:
    store.fails = lambda commit: unreachable(commit) if b"ChildEnded" in commit.history.events else None
    async with stage(WHOLE, PART, store=store, bounds=IMPATIENT) as on:
        begun = await on.begin(WHOLE)
        await is_there(on, child_of(begun, "first"))
        await has_ended(on, child_of(begun, "first"))
        while not any(b"ChildEnded" in commit.history.events for commit in store.seen):
            await checkpoint()
    assert len(await store.inbox(begun, 0)) == 1
    store.fails = lambda _commit: None
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
        history = await on.history(begun)
    assert sum(isinstance(event, ChildEnded) for event in history) == 1
    assert not [event for event in history if isinstance(event, InputRefused)]


async def test_a_child_that_was_begun_when_its_engine_died_is_driven_by_the_next(store: Store) -> None:
    first = Services()
    first.hold("work")
    async with stage(WHOLE, PART, store=store, services=first, bounds=IMPATIENT) as on:
        begun = await on.begin(WHOLE)
        await first.until_called("work")
    async with stage(WHOLE, PART, store=store, bounds=NEVER_POLLS) as on:
        assert (await on.ended(begun)).ended is ExecutionStatus.COMPLETED
    assert on.services.names() == ["work", "last"]


async def test_a_definition_that_is_not_there_fails_the_node(store: Store) -> None:
    async with stage(WHOLE, store=store, bounds=NEVER_POLLS) as on:
        ended = await on.ended(await on.begin(WHOLE))
    assert ended.failure is not None
    assert ended.failure.code == "definition_not_found"
    assert ended.visits["first"].attempts[-1].number == 1, "it is final"


async def test_many_children_of_many_parents_all_come_home(store: Store) -> None:
    fan = of_branches(8)
    async with stage(fan, PART, store=store, bounds=NEVER_POLLS) as on:
        begun = await asyncio.gather(*(on.begin(fan) for _ in range(10)))
        for one in begun:
            assert (await on.ended(one)).ended is ExecutionStatus.COMPLETED
            ends = [event for event in await on.history(one) if isinstance(event, ChildEnded)]
            assert len({event.child for event in ends}) == len(ends) == 8
        assert on.engine.live_count == 0
    assert on.services.names().count("work") == 80
