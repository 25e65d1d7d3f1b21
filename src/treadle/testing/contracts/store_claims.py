"""The store's contract: who owns what, and what is due."""

from collections.abc import Sequence

import pytest

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId, ExecutionId
from treadle.ports.commit import Claimed, CommitResult
from treadle.testing.contracts.commits import ENGINE, at, columns, due, following, start, written_by
from treadle.testing.contracts.opened import StoreCases, ViewedStore, needs

NEXT = EngineId("engine-2")


def names(claimed: Sequence[Claimed]) -> list[str]:
    return [each.state.execution_id for each in claimed]


class ClaimCases(StoreCases):
    @pytest.fixture
    async def engine(self, store: ViewedStore) -> EngineId:
        """The live engine."""
        await store.register_engine(ENGINE, at(0))
        return ENGINE

    async def test_nothing_due_claims_nothing(self, store: ViewedStore, engine: EngineId) -> None:
        assert list(await store.claim_due(engine, at(0), 10)) == []
        assert await store.next_due() is None

    async def test_claims_come_by_priority_then_time(self, store: ViewedStore, engine: EngineId) -> None:
        await store.commit(
            [
                due("low-early", at(1), priority=-5),
                due("high-late", at(4), priority=9),
                due("mid-late", at(3)),
                due("mid-early", at(2)),
                due("high-early", at(2), priority=9),
            ]
        )
        order = ["high-early", "high-late", "mid-early", "mid-late", "low-early"]
        assert names(await store.claim_due(engine, at(9), 3)) == order[:3]
        assert names(await store.claim_due(engine, at(9), 10)) == order[3:]

    async def test_claims_are_disjoint(self, store: ViewedStore, engine: EngineId) -> None:
        await store.commit([due(f"e{index:02}", at(0)) for index in range(50)])
        claimed: list[str] = []
        while batch := await store.claim_due(engine, at(0), 7):
            claimed.extend(names(batch))
        assert sorted(claimed) == [f"e{index:02}" for index in range(50)]

    async def test_not_yet_due_is_not_claimed(self, store: ViewedStore, engine: EngineId) -> None:
        await store.commit([due("late", at(10), priority=9), due("now", at(5))])
        assert names(await store.claim_due(engine, at(5), 10)) == ["now"]
        assert list(await store.claim_due(engine, at(9), 10)) == []
        assert names(await store.claim_due(engine, at(10), 10)) == ["late"]

    async def test_next_due_is_the_earliest_unowned(self, store: ViewedStore, engine: EngineId) -> None:
        await store.commit([due("a", at(7), priority=3), due("b", at(4)), due("c", at(9), priority=5)])
        await store.commit([start("owned", listed=columns(due_at=at(1)))])
        assert await store.next_due() == at(4)
        await store.claim_due(engine, at(4), 10)
        assert await store.next_due() == at(7)

    async def test_claimed_carries_the_state_and_a_new_fence(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        first = written_by(start(), engine, 4)
        second = following(first, snapshot=b"state")
        third = following(second)
        released = following(third, listed=columns(due_at=at(20)), is_release=True)
        for commit in (first, second, third, released):
            assert list(await store.commit([commit])) == [CommitResult.COMMITTED]
        [claimed] = await store.claim_due(engine, at(20), 10)
        assert claimed.fence == 5
        assert claimed.state.version == released.version
        assert claimed.state.snapshot == b"state"
        assert claimed.state.snapshot_digest == second.history.digest
        assert claimed.state.tail == (third.history, released.history)
        assert claimed.state == await store.views.execution(claimed.state.namespace, first.execution_id)

    async def test_many_claimed_at_once_have_each_their_own_tail(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        firsts = [due(f"e{index:03}", at(0)) for index in range(120)]
        await store.commit(firsts)
        claimed = await store.claim_due(engine, at(0), 200)
        assert [each.state.tail for each in claimed] == [(first.history,) for first in firsts]

    async def test_released_execution_is_claimed_again_and_the_old_fence_is_refused(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        first = start()
        await store.commit([first])
        await store.commit([following(first, listed=columns(due_at=at(3)), is_release=True)])
        [claimed] = await store.claim_due(engine, at(3), 10)
        stale = following(following(first))
        assert list(await store.commit([stale])) == [CommitResult.CONFLICT]
        good = written_by(stale, engine, claimed.fence)
        assert list(await store.commit([good])) == [CommitResult.COMMITTED]

    async def test_released_without_a_time_waits_for_a_claim_by_id(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        await store.commit([start(is_release=True)])
        assert list(await store.claim_due(engine, at(1_000_000), 10)) == []
        assert await store.next_due() is None
        claimed = await store.claim(engine, ExecutionId("a"))
        assert claimed is not None
        assert claimed.fence == 2

    async def test_claim_by_id_takes_what_is_not_due(self, store: ViewedStore, engine: EngineId) -> None:
        first = due("a", at(1_000))
        await store.commit([first])
        claimed = await store.claim(engine, first.execution_id)
        assert claimed is not None
        assert claimed.state.tail == (first.history,)
        assert await store.next_due() is None
        assert await store.claim(engine, first.execution_id) is None

    async def test_claim_by_id_leaves_owned_ended_and_unknown(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        ended = columns(ExecutionStatus.COMPLETED, ended_at=at(1))
        await store.commit([start("owned"), start("ended", listed=ended, is_release=True)])
        for name in ("owned", "ended", "ghost"):
            assert await store.claim(engine, ExecutionId(name)) is None

    async def test_claim_by_id_takes_one_that_failed(self, store: ViewedStore, engine: EngineId) -> None:
        failed = columns(ExecutionStatus.FAILED, ended_at=at(1))
        await store.commit([start(listed=failed, is_release=True)])
        claimed = await store.claim(engine, ExecutionId("a"))
        assert claimed is not None
        assert claimed.fence == 2
        assert await store.claim(engine, ExecutionId("a")) is None

    async def test_ended_execution_is_never_due(self, store: ViewedStore, engine: EngineId) -> None:
        ended = columns(ExecutionStatus.FAILED, ended_at=at(1), due_at=at(1))
        await store.commit([start("released", listed=ended, is_release=True), start("kept", listed=ended)])
        await store.register_engine(NEXT, at(2))
        assert list(await store.claim_due(NEXT, at(99), 10)) == []

    @needs("single_process")
    async def test_executions_of_an_earlier_engine_are_claimed(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        first, other = start("a"), start("b")
        await store.commit([first, other])
        assert list(await store.claim_due(engine, at(9), 10)) == []
        await store.register_engine(NEXT, at(9))
        by_id = await store.claim(NEXT, other.execution_id)
        assert by_id is not None
        assert names(await store.claim_due(NEXT, at(9), 10)) == ["a"]
        assert list(await store.commit([following(first), following(other)])) == [CommitResult.CONFLICT] * 2
        assert list(await store.commit([written_by(following(first), NEXT, 2)])) == [CommitResult.COMMITTED]

    @needs("single_process")
    async def test_what_a_gone_engine_still_starts_is_claimed(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        await store.register_engine(NEXT, at(1))
        await store.commit([start("a", owner=engine), start("b", owner=EngineId("zz-stranger"))])
        assert names(await store.claim_due(NEXT, at(5), 10)) == ["a", "b"]
        await store.commit([start("c", owner=engine)])
        assert await store.claim(NEXT, ExecutionId("c")) is not None

    async def test_a_registered_engine_keeps_what_it_owns_when_it_registers_again(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        first = start()
        await store.commit([first])
        await store.register_engine(engine, at(4))
        assert list(await store.claim_due(engine, at(9), 10)) == []
        assert list(await store.commit([following(first)])) == [CommitResult.COMMITTED]
