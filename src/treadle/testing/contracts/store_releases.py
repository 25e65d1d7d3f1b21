"""The store's contract: an execution is given up as it is, and large ones are claimed a few at a time."""

import pytest

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId, ExecutionId, Instant
from treadle.ports.commit import CommitResult
from treadle.testing.contracts.commits import ENGINE, at, columns, due, following, note, start, written_by
from treadle.testing.contracts.opened import ViewedStore
from treadle.testing.contracts.sending import TargetCases, sending

COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT
ONE = ExecutionId("a")
STATE_BYTES = 1_000


class ReleaseCases(TargetCases):
    @pytest.mark.parametrize("due_at", [at(30), None])
    async def test_release_gives_up_and_changes_nothing_else(
        self, store: ViewedStore, engine: EngineId, due_at: Instant | None
    ) -> None:
        first = start()
        await store.commit([first])
        before = await store.views.execution(first.start.namespace if first.start else "", ONE)  # type: ignore[arg-type]  # it has a start
        assert await store.release(engine, ONE, 1, due_at)
        assert await store.next_due() == due_at
        claimed = await store.claim(engine, ONE)
        assert claimed is not None
        assert (claimed.fence, claimed.state) == (2, before)
        assert list(await store.commit([following(first)])) == [CONFLICT]
        assert list(await store.commit([written_by(following(first), engine, 2)])) == [COMMITTED]

    async def test_release_of_what_is_not_ones_own_changes_nothing(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        first = start()
        await store.commit([first])
        assert not await store.release(EngineId("engine-2"), ONE, 1, at(1))
        assert not await store.release(engine, ONE, 2, at(1))
        assert not await store.release(engine, ExecutionId("ghost"), 1, at(1))
        assert await store.next_due() is None
        assert list(await store.commit([following(first)])) == [COMMITTED]

    async def test_released_twice_is_released_once(self, store: ViewedStore, engine: EngineId) -> None:
        await store.commit([start()])
        assert await store.release(engine, ONE, 1, at(3))
        assert not await store.release(engine, ONE, 1, at(9))
        assert await store.next_due() == at(3)

    @pytest.mark.parametrize("due_at", [at(999), None])
    async def test_release_as_it_is_while_a_note_waits_is_due_at_once(
        self, store: ViewedStore, engine: EngineId, due_at: Instant | None
    ) -> None:
        await store.commit([start(listed=columns(updated_at=at(60)))])
        await store.commit([sending(note(ONE))])
        assert await store.release(engine, ONE, 1, due_at)
        assert await store.next_due() == at(60)
        [claimed] = await store.claim_due(engine, at(60), 10)
        assert len(claimed.inbox) == 1

    async def test_release_of_one_that_failed_is_never_due(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        failed = columns(ExecutionStatus.FAILED, ended_at=at(1))
        await store.commit([start(listed=failed, is_release=True)])
        claimed = await store.claim(engine, ONE)
        assert claimed is not None
        assert await store.release(engine, ONE, claimed.fence, at(5))
        assert await store.next_due() is None
        assert await store.claim(engine, ONE) is not None

    async def test_states_beyond_the_bytes_are_left_for_another_claim(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        for name in ("a", "b", "c", "d", "e"):
            first = start(name)
            released = columns(due_at=at(5))
            second = following(first, snapshot=b"s" * STATE_BYTES, listed=released, is_release=True)
            assert list(await store.commit([first])) == [COMMITTED]
            assert list(await store.commit([second])) == [COMMITTED]
        bytes_max = 2 * STATE_BYTES
        sizes = []
        while claimed := await store.claim_due(engine, at(5), 10, bytes_max):
            sizes.append(len(claimed))
        assert sizes == [2, 2, 1]

    async def test_tails_count_towards_the_bytes_of_a_claim(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        await store.commit([due(name, at(5)) for name in ("a", "b", "c")])
        sizes = []
        while claimed := await store.claim_due(ENGINE, at(5), 10, 1):
            sizes.append(len(claimed))
        assert sizes == [1, 1, 1]
