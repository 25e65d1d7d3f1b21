"""The store's contract: executions that a commit of another one starts."""

import msgspec
import pytest

from treadle.codec.chain import find_break
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId, ExecutionId
from treadle.model.views import ExecutionFilter
from treadle.ports.commit import Claimed, Commit, CommitResult
from treadle.testing.contracts.commits import (
    ENGINE,
    EVENTS_EACH,
    NAMESPACE,
    at,
    following,
    keyed,
    note,
    other,
    reaching,
    start,
    starting,
    written_by,
)
from treadle.testing.contracts.opened import MakeStore, StoreCases, ViewedStore, needs

COMMITTED, CONFLICT, EXISTS = CommitResult.COMMITTED, CommitResult.CONFLICT, CommitResult.EXISTS
CHILD = ExecutionId("child")
MANY = 700
"""More than any store is likely to put into one statement."""


async def claimed_by(store: ViewedStore, engine: EngineId = ENGINE) -> list[Claimed]:
    """What is due at the begin of the contract's time, all of it."""
    await store.register_engine(engine, at(0))
    return list(await store.claim_due(engine, at(0), 10_000))


class OtherCases(StoreCases):
    @pytest.fixture
    async def parent(self, store: ViewedStore) -> Commit:
        """The first commit of an execution that is owned and under way."""
        await store.register_engine(ENGINE, at(0))
        first = start("parent")
        await store.commit([first])
        return first

    async def test_started_execution_is_its_first_row(self, store: ViewedStore, parent: Commit) -> None:
        child = other("child")
        assert list(await store.commit([reaching(following(parent), starts=[child])])) == [COMMITTED]
        state = await store.views.execution(NAMESPACE, CHILD)
        assert state is not None
        assert (state.version, state.snapshot, state.snapshot_digest) == (EVENTS_EACH, None, b"")
        assert state.tail == (child.history,)
        assert state.definition == child.start.definition

    async def test_started_execution_is_audited_and_listed_like_any_other(
        self, store: ViewedStore, parent: Commit
    ) -> None:
        child = other("child", business_key="k", priority=4, labels={"a": "ü"}, created_at=at(7))
        await store.commit([reaching(following(parent), starts=[child])])
        audited = {each.summary.id: each for each in await store.views.audit(None, 10)}
        assert set(audited) == {"child", "parent"}
        found = audited[CHILD]
        assert found.history == (child.history,)
        assert find_break(found.history) is None
        for name in ("namespace", "definition", "business_key", "priority", "labels", "created_at"):
            assert getattr(found.summary, name) == getattr(child.start, name)
        assert (found.summary.status, found.summary.version) == (ExecutionStatus.PENDING, EVENTS_EACH)
        listed = await store.views.executions(
            ExecutionFilter(namespace=NAMESPACE, business_key="k"), None, 10
        )
        assert list(listed) == [found.summary]
        assert list(await store.views.history(CHILD, 0, 10)) == [child.history]

    async def test_started_execution_is_claimed_when_it_is_due(
        self, store: ViewedStore, parent: Commit
    ) -> None:
        await store.commit([reaching(following(parent), starts=[other("child", at(20))])])
        assert await store.next_due() == at(20)
        assert list(await store.claim_due(ENGINE, at(19), 10)) == []
        [claimed] = await store.claim_due(ENGINE, at(20), 10)
        assert (claimed.state.execution_id, claimed.inbox) == (CHILD, ())
        assert claimed.fence > 0
        second = written_by(following(start("child")), ENGINE, claimed.fence)
        assert list(await store.commit([second])) == [COMMITTED]

    async def test_nobody_owns_what_was_started(self, store: ViewedStore, parent: Commit) -> None:
        await store.commit([reaching(following(parent), starts=[other("child")])])
        for fence in (0, 1):
            for owner in (ENGINE, EngineId("")):
                second = written_by(following(start("child")), owner, fence)
                assert list(await store.commit([second])) == [CONFLICT]

    async def test_started_without_a_time_waits_for_a_claim_by_id(
        self, store: ViewedStore, parent: Commit
    ) -> None:
        await store.commit([reaching(following(parent), starts=[other("child", None)])])
        assert await store.next_due() is None
        assert await store.claim(ENGINE, CHILD) is not None

    async def test_first_commit_may_start_others(self, store: ViewedStore) -> None:
        first = reaching(start("parent"), starts=[other("child"), other("sibling")])
        assert list(await store.commit([first])) == [COMMITTED]
        assert [each.state.execution_id for each in await claimed_by(store)] == ["child", "sibling"]

    async def test_repeated_start_leaves_the_execution_as_it_is(
        self, store: ViewedStore, parent: Commit
    ) -> None:
        second = reaching(following(parent), starts=[other("child")])
        await store.commit([second])
        [claimed] = await store.claim_due(ENGINE, at(0), 10)
        progress = written_by(following(start("child"), snapshot=b"state"), ENGINE, claimed.fence)
        await store.commit([progress])
        before = list(await store.views.audit(None, 10))
        again = reaching(following(second), starts=[other("child", at(3), business_key="other")])
        assert list(await store.commit([again])) == [COMMITTED]
        assert await store.next_due() is None
        assert list(await store.views.audit(None, 1)) == before[:1]
        assert list(await store.commit([following(progress)])) == [COMMITTED]

    async def test_same_start_twice_in_a_batch_keeps_the_first(
        self, store: ViewedStore, parent: Commit
    ) -> None:
        twice = [other("child", business_key="first"), other("child", business_key="second")]
        batch = [reaching(following(parent), starts=twice), reaching(start("b"), starts=twice[1:])]
        assert list(await store.commit(batch)) == [COMMITTED] * 2
        audited = await store.views.audit(None, 1)
        assert audited[0].summary.id == "b"
        [found] = await store.views.audit(ExecutionId("b"), 1)
        assert found.summary.business_key == "first"
        assert len(found.history) == 1

    async def test_caller_and_parent_start_the_same_id_once(self, store: ViewedStore, parent: Commit) -> None:
        second = reaching(following(parent), starts=[other("child"), other("mine")])
        batch = [start("child", events=b"by the caller"), second]
        assert list(await store.commit(batch)) == [COMMITTED] * 2
        assert list(await store.commit([start("mine")])) == [EXISTS]
        [row] = await store.views.history(CHILD, 0, 10)
        assert row.events == b"by the caller"
        assert await store.views.execution(NAMESPACE, ExecutionId("mine")) is not None

    async def test_refused_commit_starts_and_tells_nobody(self, store: ViewedStore, parent: Commit) -> None:
        key = keyed()
        await store.commit([starting(start("keyed"), idempotency=key)])
        stale = written_by(following(parent), ENGINE, 9)
        taken = starting(start("taken"), idempotency=key)
        batch = [
            reaching(stale, starts=[other("a")], notes=[note("keyed")]),
            reaching(taken, starts=[other("b")], notes=[note("keyed")]),
            reaching(start("keyed"), starts=[other("c")], notes=[note("keyed")]),
            reaching(following(parent), starts=[other("d")], notes=[note("keyed", b"good")]),
        ]
        assert list(await store.commit(batch)) == [CONFLICT, EXISTS, EXISTS, COMMITTED]
        audited = await store.views.audit(None, 10)
        assert [each.summary.id for each in audited] == ["d", "keyed", "parent"]
        assert [row.payload for row in await store.inbox(ExecutionId("keyed"), 0)] == [b"good"]

    async def test_what_is_started_has_no_idempotency_key(self, store: ViewedStore, parent: Commit) -> None:
        key = keyed()
        await store.commit([reaching(following(parent), starts=[other("child", idempotency=key)])])
        assert await store.views.idempotency(NAMESPACE, "k") is None

    async def test_many_are_started_at_once(self, store: ViewedStore, parent: Commit) -> None:
        starts = [other(f"e{index:04}") for index in range(MANY)]
        assert list(await store.commit([reaching(following(parent), starts=starts)])) == [COMMITTED]
        claimed = await claimed_by(store)
        assert [each.state.tail for each in claimed] == [(new.history,) for new in starts]

    async def test_started_that_has_ended_is_never_due(self, store: ViewedStore, parent: Commit) -> None:
        child = other("child")
        ended = msgspec.structs.replace(child.columns, status=ExecutionStatus.COMPLETED, ended_at=at(0))
        child = msgspec.structs.replace(child, columns=ended)
        await store.commit([reaching(following(parent), starts=[child])])
        assert await store.next_due() is None
        assert await store.claim(ENGINE, CHILD) is None

    @needs("durable_across_restart")
    async def test_started_execution_is_there_after_reopening(
        self, store: ViewedStore, parent: Commit, make_store: MakeStore
    ) -> None:
        second = reaching(following(parent), starts=[other("child")], notes=[note("child"), note("parent")])
        await store.commit([second])
        await store.close()
        again = await make_store()
        claimed = await claimed_by(again, EngineId("next"))
        assert sorted(each.state.execution_id for each in claimed) == ["child", "parent"]
        assert [[row.payload for row in each.inbox] for each in claimed] == [[b"note"], [b"note"]]
        await again.close()
