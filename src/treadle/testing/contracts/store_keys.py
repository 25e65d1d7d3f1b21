"""The store's contract: the keys that sign callback tokens."""

from treadle.testing.contracts.commits import at, key
from treadle.testing.contracts.opened import MakeStore, StoreCases, ViewedStore, needs


class KeyCases(StoreCases):
    async def test_fresh_key_is_kept_if_there_is_none(self, store: ViewedStore) -> None:
        fresh = key("first", at(5))
        assert list(await store.callback_keys(fresh)) == [fresh]
        assert list(await store.callback_keys(fresh)) == [fresh]

    async def test_fresh_key_is_not_kept_if_there_is_one(self, store: ViewedStore) -> None:
        first = key("first", at(5))
        await store.callback_keys(first)
        for fresh in (key("newer", at(9)), key("older", at(1))):
            assert list(await store.callback_keys(fresh)) == [first]

    async def test_secret_of_any_bytes_comes_back(self, store: ViewedStore) -> None:
        fresh = key("\x00\x01\x80")
        await store.callback_keys(fresh)
        [found] = await store.callback_keys(key("other"))
        assert found.secret == fresh.secret

    @needs("durable_across_restart")
    async def test_key_is_there_after_reopening(self, store: ViewedStore, make_store: MakeStore) -> None:
        first = key("first")
        await store.callback_keys(first)
        await store.close()
        again = await make_store()
        assert list(await again.callback_keys(key("second", at(9)))) == [first]
        await again.close()
