"""The store's contract: the keys that sign callback tokens, and those by which callers are known."""

from collections.abc import Iterator

import pytest

from treadle.model.api_keys import ApiKey, Scope
from treadle.model.ids import Namespace
from treadle.ports.api_keys import ApiKeys
from treadle.ports.key_rotation import KeyRotation
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


class KeyRotationCases(StoreCases):
    @pytest.fixture
    def rotation(self, store: ViewedStore) -> Iterator[KeyRotation]:
        opened = store.key_rotation()
        yield opened
        opened.close()

    async def test_a_store_without_keys_shows_none(self, store: ViewedStore, rotation: KeyRotation) -> None:
        assert list(rotation.all()) == list(await store.views.callback_keys()) == []

    async def test_the_first_key_may_be_made_by_a_rotation(
        self, store: ViewedStore, rotation: KeyRotation
    ) -> None:
        first = key("first", at(5))
        assert rotation.rotate(first, at(0)) == first
        assert list(await store.callback_keys(key("fresh", at(9)))) == [first]
        assert list(await store.views.callback_keys()) == [first]

    async def test_a_rotation_is_seen_by_the_engine_that_runs(
        self, store: ViewedStore, rotation: KeyRotation
    ) -> None:
        first, second = key("first", at(5)), key("second", at(7))
        await store.callback_keys(first)
        assert list(rotation.all()) == [first]
        assert rotation.rotate(second, at(0)) == second, "nothing is withdrawn, so it is never too soon"
        kept = [second, first]
        assert list(rotation.all()) == list(await store.views.callback_keys()) == kept
        assert list(await store.callback_keys(key("fresh", at(9)))) == kept

    async def test_a_second_rotation_withdraws_the_oldest_key_for_good(
        self, store: ViewedStore, rotation: KeyRotation
    ) -> None:
        for number, name in enumerate(("first", "second", "third")):
            assert rotation.rotate(key(name, at(number)), None) == key(name, at(number))
        kept = [key("third", at(2)), key("second", at(1))]
        assert list(rotation.all()) == list(await store.views.callback_keys()) == kept

    async def test_a_key_is_not_withdrawn_before_the_newest_is_old_enough(
        self, store: ViewedStore, rotation: KeyRotation
    ) -> None:
        kept = [key("second", at(7)), key("first", at(5))]
        for each in reversed(kept):
            rotation.rotate(each, None)
        assert rotation.rotate(key("third", at(9)), at(6)) is None
        assert list(rotation.all()) == list(await store.views.callback_keys()) == kept
        assert rotation.rotate(key("third", at(9)), at(7)) == key("third", at(9))

    async def test_a_new_key_is_the_newest_though_a_clock_was_put_back(
        self, store: ViewedStore, rotation: KeyRotation
    ) -> None:
        rotation.rotate(key("b", at(5)), None)
        made = rotation.rotate(key("a", at(5)), None)
        again = rotation.rotate(key("0", at(1)), None)
        assert (made, again) == (key("a", at(6)), key("0", at(7)))
        assert list(rotation.all()) == list(await store.views.callback_keys()) == [again, made]

    @needs("durable_across_restart")
    async def test_rotated_keys_are_there_after_reopening(
        self, store: ViewedStore, rotation: KeyRotation, make_store: MakeStore
    ) -> None:
        kept = [key("second", at(7)), key("first", at(5))]
        for each in reversed(kept):
            rotation.rotate(each, None)
        await store.close()
        again = await make_store()
        assert list(await again.callback_keys(key("fresh", at(9)))) == kept
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
