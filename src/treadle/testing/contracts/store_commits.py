"""The store's contract: what a commit writes, and when it is refused."""

import msgspec
import pytest

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId, ExecutionId, Namespace
from treadle.ports.commit import CommitResult
from treadle.testing.contracts.commits import (
    ENGINE,
    NAMESPACE,
    at,
    columns,
    following,
    keyed,
    start,
    starting,
    written_by,
)
from treadle.testing.contracts.opened import MakeStore, StoreCases, ViewedStore, needs

COMMITTED, CONFLICT, EXISTS = CommitResult.COMMITTED, CommitResult.CONFLICT, CommitResult.EXISTS
PAYLOAD_BYTES_LARGE = 3_000_000


class CommitCases(StoreCases):
    async def test_empty_batch_has_no_results(self, store: ViewedStore) -> None:
        assert list(await store.commit([])) == []

    async def test_commit_writes_state_and_history(self, store: ViewedStore) -> None:
        first = start()
        second = following(first)
        assert list(await store.commit([first])) == [COMMITTED]
        assert list(await store.commit([second])) == [COMMITTED]
        state = await store.views.execution(NAMESPACE, first.execution_id)
        assert state is not None
        assert (state.version, state.snapshot, state.snapshot_digest) == (second.version, None, b"")
        assert state.tail == (first.history, second.history)
        assert first.start is not None
        assert state.definition == first.start.definition

    async def test_columns_of_the_newest_commit_are_listed(self, store: ViewedStore) -> None:
        first = start()
        ended = columns(ExecutionStatus.COMPLETED, updated_at=at(9), ended_at=at(9))
        await store.commit([first])
        await store.commit([following(first, listed=ended, is_release=True)])
        [audited] = await store.views.audit(None, 10)
        summary = audited.summary
        assert (summary.status, summary.updated_at, summary.ended_at) == (ended.status, at(9), at(9))
        assert summary.version == first.version * 2

    async def test_stale_version_is_refused_and_nothing_is_written(self, store: ViewedStore) -> None:
        first = start()
        second = following(first)
        await store.commit([first])
        await store.commit([second])
        assert list(await store.commit([second])) == [CONFLICT]
        assert await self._versions(store) == {"a": second.version}
        assert len(await store.views.history(first.execution_id, 0, 100)) == 2

    async def test_version_ahead_is_refused(self, store: ViewedStore) -> None:
        first = start()
        await store.commit([first])
        assert list(await store.commit([following(following(first))])) == [CONFLICT]

    @pytest.mark.parametrize("fence", [0, 2])
    async def test_other_fence_is_refused(self, store: ViewedStore, fence: int) -> None:
        first = start()
        await store.commit([first])
        assert list(await store.commit([written_by(following(first), ENGINE, fence)])) == [CONFLICT]
        assert await self._versions(store) == {"a": first.version}

    async def test_wrong_owner_is_refused(self, store: ViewedStore) -> None:
        first = start()
        await store.commit([first])
        assert list(await store.commit([written_by(following(first), EngineId("other"), 1)])) == [CONFLICT]

    async def test_nobody_writes_to_a_released_execution(self, store: ViewedStore) -> None:
        first = start(is_release=True)
        await store.commit([first])
        assert list(await store.commit([following(first)])) == [CONFLICT]

    async def test_commit_to_an_unknown_execution_is_refused(self, store: ViewedStore) -> None:
        assert list(await store.commit([following(start("ghost"))])) == [CONFLICT]
        assert await store.views.execution(NAMESPACE, ExecutionId("ghost")) is None

    @pytest.mark.parametrize("guilty", [0, 41, 99])
    async def test_conflict_fails_its_own_commit_only(self, store: ViewedStore, guilty: int) -> None:
        firsts = [start(f"e{index:03}") for index in range(100)]
        assert set(await store.commit(firsts)) == {COMMITTED}
        batch = [following(first) for first in firsts]
        batch[guilty] = msgspec.structs.replace(batch[guilty], fence=7, snapshot=b"never")
        results = list(await store.commit(batch))
        assert [index for index, result in enumerate(results) if result is CONFLICT] == [guilty]
        assert results.count(COMMITTED) == 99
        for index in (guilty, (guilty + 1) % 100):
            state = await store.views.execution(NAMESPACE, firsts[index].execution_id)
            assert state is not None
            assert len(state.tail) == (1 if index == guilty else 2)
            assert state.snapshot is None

    async def test_start_twice_keeps_the_first(self, store: ViewedStore) -> None:
        assert list(await store.commit([start(events=b"first")])) == [COMMITTED]
        assert list(await store.commit([start(events=b"second")])) == [EXISTS]
        [row] = await store.views.history(ExecutionId("a"), 0, 100)
        assert row.events == b"first"

    async def test_same_id_twice_in_a_batch_starts_once(self, store: ViewedStore) -> None:
        batch = [start("a", events=b"first"), start("b"), start("a", events=b"second")]
        assert list(await store.commit(batch)) == [COMMITTED, COMMITTED, EXISTS]
        [row] = await store.views.history(ExecutionId("a"), 0, 100)
        assert row.events == b"first"

    async def test_same_execution_twice_in_a_batch_is_written_once(self, store: ViewedStore) -> None:
        first = start()
        await store.commit([first])
        assert list(await store.commit([following(first), following(first)])) == [COMMITTED, CONFLICT]

    async def test_starts_and_changes_share_a_batch(self, store: ViewedStore) -> None:
        first = start("a")
        await store.commit([first])
        results = await store.commit([start("b"), following(first), start("a"), start("c")])
        assert list(results) == [COMMITTED, COMMITTED, EXISTS, COMMITTED]
        assert await self._versions(store) == {"a": 6, "b": 3, "c": 3}

    async def test_idempotency_key_starts_once(self, store: ViewedStore) -> None:
        key = keyed(b"\x00digest")
        await store.commit([starting(start("a"), idempotency=key)])
        assert list(await store.commit([starting(start("b"), idempotency=key)])) == [EXISTS]
        assert await self._versions(store) == {"a": 3}
        record = await store.views.idempotency(NAMESPACE, "k")
        assert record is not None
        assert (record.execution_id, record.key) == ("a", key)
        assert await store.views.idempotency(NAMESPACE, "other") is None

    async def test_idempotency_key_twice_in_a_batch_starts_once(self, store: ViewedStore) -> None:
        key = keyed()
        batch = [starting(start(name), idempotency=key) for name in "abc"]
        assert list(await store.commit(batch)) == [COMMITTED, EXISTS, EXISTS]
        assert await self._versions(store) == {"a": 3}

    async def test_refused_start_leaves_its_key_free(self, store: ViewedStore) -> None:
        await store.commit([start("a")])
        key = keyed()
        assert list(await store.commit([starting(start("a"), idempotency=key)])) == [EXISTS]
        assert await store.views.idempotency(NAMESPACE, "k") is None

    async def test_idempotency_keys_of_namespaces_are_apart(self, store: ViewedStore) -> None:
        key = keyed()
        other = starting(start("b"), namespace=Namespace("other"), idempotency=key)
        assert list(await store.commit([starting(start("a"), idempotency=key), other])) == [COMMITTED] * 2

    async def test_unicode_and_large_payloads_come_back(self, store: ViewedStore) -> None:
        name = "ключ-\U0001f9f5-é"
        payload = bytes(range(256)) * (PAYLOAD_BYTES_LARGE // 256)
        first = starting(
            start(name, events=payload, snapshot=payload + b"snapshot"),
            business_key="заказ \u0000 1",
            labels={"Größe": "L", 'a"b': "c'd"},
        )
        await store.commit([first])
        state = await store.views.execution(NAMESPACE, first.execution_id)
        assert state is not None
        assert state.snapshot == payload + b"snapshot"
        [audited] = await store.views.audit(None, 1)
        assert audited.history == (first.history,)
        assert first.start is not None
        assert audited.summary.labels == first.start.labels
        assert audited.summary.business_key == first.start.business_key

    async def test_a_batch_of_many_is_written_in_its_order(self, store: ViewedStore) -> None:
        batch = [start(f"e{index:04}") for index in range(1_000)]
        assert set(await store.commit(batch)) == {COMMITTED}
        assert len(await self._versions(store)) == 1_000

    @needs("durable_across_restart")
    async def test_acknowledged_is_there_after_reopening(
        self, store: ViewedStore, make_store: MakeStore
    ) -> None:
        first = start(snapshot=b"state")
        second = following(first)
        await store.register_engine(ENGINE, at(0))
        await store.commit([first])
        await store.commit([second])
        await store.close()
        again = await make_store()
        state = await again.views.execution(NAMESPACE, first.execution_id)
        assert state is not None
        assert (state.snapshot, state.tail) == (b"state", (second.history,))
        await again.register_engine(EngineId("engine-2"), at(5))
        [claimed] = await again.claim_due(EngineId("engine-2"), at(5), 10)
        assert (claimed.fence, claimed.state) == (first.fence + 1, state)
        await again.close()

    async def _versions(self, store: ViewedStore) -> dict[str, int]:
        audited = await store.views.audit(None, 10_000)
        return {each.summary.id: each.summary.version for each in audited}
