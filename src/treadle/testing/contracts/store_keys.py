"""The store's contract: the keys that sign callback tokens, and those by which callers are known."""

from collections.abc import Iterator

import pytest

from treadle.model.api_keys import ApiKey, Scope
from treadle.model.ids import Namespace
from treadle.ports.api_keys import ApiKeys
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


def api_key(name: str, namespace: str = "default", *scopes: Scope) -> ApiKey:
    return ApiKey(
        name=name,
        namespace=Namespace(namespace),
        scopes=frozenset(scopes or (Scope.READ,)),
        digest=name.encode().ljust(32, b"\x00"),
        created_at=at(1),
    )


class ApiKeyCases(StoreCases):
    @pytest.fixture
    def api_keys(self, store: ViewedStore) -> Iterator[ApiKeys]:
        opened = store.api_keys()
        yield opened
        opened.close()

    async def test_keys_are_kept_beside_an_engine_that_reads_them(
        self, store: ViewedStore, api_keys: ApiKeys
    ) -> None:
        second, first = api_key("b", "other", Scope.RUN, Scope.OPERATE), api_key("a")
        assert (api_keys.add(second), api_keys.add(first)) == (True, True)
        assert list(api_keys.all()) == [first, second]
        assert sorted(await store.views.api_keys(), key=lambda key: key.name) == [first, second]

    async def test_a_name_is_never_given_twice(self, store: ViewedStore, api_keys: ApiKeys) -> None:
        first = api_key("a")
        assert api_keys.add(first)
        assert not api_keys.add(api_key("a", "other", Scope.ADMIN))
        assert list(await store.views.api_keys()) == [first]
        assert api_keys.revoke("a", at(2))
        assert not api_keys.add(first)

    async def test_a_key_is_revoked_once(self, store: ViewedStore, api_keys: ApiKeys) -> None:
        api_keys.add(api_key("a"))
        api_keys.add(api_key("b"))
        assert not api_keys.revoke("c", at(5))
        assert api_keys.revoke("a", at(5))
        assert not api_keys.revoke("a", at(6))
        found = {key.name: key.revoked_at for key in await store.views.api_keys()}
        assert found == {"a": at(5), "b": None}

    @needs("durable_across_restart")
    async def test_keys_are_there_after_reopening(
        self, store: ViewedStore, api_keys: ApiKeys, make_store: MakeStore
    ) -> None:
        api_keys.add(api_key("a"))
        await store.close()
        again = await make_store()
        assert list(await again.views.api_keys()) == [api_key("a")]
        await again.close()
