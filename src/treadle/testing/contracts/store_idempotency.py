"""The store's contract: the idempotency keys of starts, and when they are forgotten."""

from treadle.model.ids import ExecutionId, Instant, Namespace
from treadle.ports.commit import Commit, CommitResult
from treadle.testing.contracts.commits import BEGIN, ENGINE, NAMESPACE, at, following, keyed, start, starting
from treadle.testing.contracts.opened import MakeStore, StoreCases, ViewedStore, needs

COMMITTED, EXISTS = CommitResult.COMMITTED, CommitResult.EXISTS
LIMIT = 10
SOON = at(10)
"""When these keys expire."""
MANY = 700
"""More than any store is likely to put into one statement."""


def keyed_start(
    name: str, key: str = "k", *, created_at: Instant = BEGIN, expires_at: Instant = SOON
) -> Commit:
    """The first commit of an execution that was started under a key."""
    return starting(start(name), created_at=created_at, idempotency=keyed(name=key, expires_at=expires_at))


async def taken_by(store: ViewedStore, key: str = "k") -> ExecutionId | None:
    """The execution that the key is known for."""
    record = await store.views.idempotency(NAMESPACE, key)
    return None if record is None else record.execution_id


class IdempotencyCases(StoreCases):
    async def test_key_is_told_with_the_end_of_its_time(self, store: ViewedStore) -> None:
        await store.commit([keyed_start("a", expires_at=at(7))])
        record = await store.views.idempotency(NAMESPACE, "k")
        assert record is not None
        assert record.key.expires_at == at(7)

    async def test_key_is_taken_until_it_expires(self, store: ViewedStore) -> None:
        await store.commit([keyed_start("a", expires_at=at(10))])
        assert list(await store.commit([keyed_start("b", created_at=at(9))])) == [EXISTS]
        assert await taken_by(store) == "a"

    async def test_key_starts_anew_once_it_has_expired(self, store: ViewedStore) -> None:
        await store.commit([keyed_start("a", expires_at=at(10))])
        again = keyed_start("b", created_at=at(10), expires_at=at(20))
        assert list(await store.commit([again])) == [COMMITTED]
        assert await taken_by(store) == "b"
        assert list(await store.commit([keyed_start("c", created_at=at(19))])) == [EXISTS]

    async def test_expired_key_is_taken_anew_by_one_of_a_batch(self, store: ViewedStore) -> None:
        await store.commit([keyed_start("a", expires_at=at(10))])
        batch = [keyed_start(name, created_at=at(10), expires_at=at(20)) for name in "bcd"]
        assert list(await store.commit(batch)) == [COMMITTED, EXISTS, EXISTS]
        assert await taken_by(store) == "b"

    async def test_refused_start_leaves_an_expired_key_as_it_was(self, store: ViewedStore) -> None:
        await store.commit([keyed_start("a", expires_at=at(10))])
        again = keyed_start("a", created_at=at(10), expires_at=at(20))
        assert list(await store.commit([again])) == [EXISTS]
        assert await store.forget_idempotency(at(10), LIMIT) == 1

    async def test_nothing_is_forgotten_before_it_expires(self, store: ViewedStore) -> None:
        await store.commit([keyed_start("a", expires_at=at(10))])
        assert await store.forget_idempotency(at(9), LIMIT) == 0
        assert await taken_by(store) == "a"

    async def test_expired_keys_are_forgotten_and_their_executions_stay(self, store: ViewedStore) -> None:
        first, other = keyed_start("a"), keyed_start("b", "later", expires_at=at(11))
        await store.commit([first, other])
        assert await store.forget_idempotency(at(10), LIMIT) == 1
        assert (await taken_by(store), await taken_by(store, "later")) == (None, "b")
        assert list(await store.commit([following(first)])) == [COMMITTED]
        assert await store.forget_idempotency(at(10), LIMIT) == 0

    async def test_no_more_are_forgotten_at_once_than_asked_for_oldest_first(
        self, store: ViewedStore
    ) -> None:
        await store.commit([keyed_start(name, name, expires_at=at(ord(name))) for name in "dbeac"])
        assert await store.forget_idempotency(at(1_000), 2) == 2
        assert [name for name in "abcde" if await taken_by(store, name) is None] == ["a", "b"]
        assert await store.forget_idempotency(at(1_000), 2) == 2
        assert await store.forget_idempotency(at(1_000), 2) == 1

    async def test_many_are_forgotten_in_all_namespaces(self, store: ViewedStore) -> None:
        keys = [keyed_start(f"e{index:04}", f"k{index:04}") for index in range(MANY)]
        elsewhere = starting(keyed_start("other", "k0000"), namespace=Namespace("other"))
        await store.commit([*keys, elsewhere])
        assert await store.forget_idempotency(at(10), 2 * MANY) == MANY + 1

    async def test_forgetting_needs_no_engine_and_hinders_none(self, store: ViewedStore) -> None:
        await store.register_engine(ENGINE, at(0))
        assert await store.forget_idempotency(at(10), LIMIT) == 0
        assert list(await store.commit([keyed_start("a")])) == [COMMITTED]

    @needs("durable_across_restart")
    async def test_keys_and_what_was_forgotten_outlive_the_process(
        self, store: ViewedStore, make_store: MakeStore
    ) -> None:
        await store.commit([keyed_start("a", "gone"), keyed_start("b", "kept", expires_at=at(11))])
        await store.forget_idempotency(at(10), LIMIT)
        await store.close()
        again = await make_store()
        try:
            assert (await taken_by(again, "gone"), await taken_by(again, "kept")) == (None, "b")
            assert list(await again.commit([keyed_start("c", "kept", created_at=at(10))])) == [EXISTS]
        finally:
            await again.close()
