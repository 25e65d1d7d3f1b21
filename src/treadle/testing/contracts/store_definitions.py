"""The store's contract: definitions (API, Definitions)."""

from treadle.model.ids import Digest, Namespace
from treadle.model.views import Cursor, StoredDefinition
from treadle.testing.contracts.commits import NAMESPACE, at, definition
from treadle.testing.contracts.opened import StoreCases, ViewedStore


class DefinitionCases(StoreCases):
    async def test_kept_definition_comes_back(self, store: ViewedStore) -> None:
        kept = definition()
        assert await store.put_definition(kept) == kept
        assert await store.views.definition(NAMESPACE, "checkout", "1") == kept
        assert await store.views.definition(NAMESPACE, "checkout", None) == kept
        assert await store.views.document(NAMESPACE, kept.digest) == kept

    async def test_unknown_definition_is_none(self, store: ViewedStore) -> None:
        assert await store.views.definition(NAMESPACE, "checkout", None) is None
        assert await store.views.definition(NAMESPACE, "checkout", "1") is None
        assert await store.views.document(NAMESPACE, Digest("sha256:1")) is None
        assert list(await store.views.definitions(NAMESPACE, None, None, 10)) == []

    async def test_same_digest_again_is_the_one_that_was_kept(self, store: ViewedStore) -> None:
        kept = definition(created_at=at(0))
        await store.put_definition(kept)
        assert await store.put_definition(definition(created_at=at(5))) == kept
        assert list(await store.views.definitions(NAMESPACE, None, None, 10)) == [kept]

    async def test_other_digest_changes_nothing(self, store: ViewedStore) -> None:
        kept = definition(digest="sha256:1")
        await store.put_definition(kept)
        assert await store.put_definition(definition(digest="sha256:2")) == kept
        assert await store.views.document(NAMESPACE, Digest("sha256:2")) is None

    async def test_deleted_is_no_longer_listed_or_newest(self, store: ViewedStore) -> None:
        first, second = definition(version="1"), definition(version="2", digest="sha256:2")
        await store.put_definition(first)
        await store.put_definition(second)
        assert await store.delete_definition(NAMESPACE, "checkout", "2", at(7)) is True
        assert await store.views.definition(NAMESPACE, "checkout", None) == first
        assert list(await store.views.definitions(NAMESPACE, "checkout", None, 10)) == [first]
        deleted = await store.views.definition(NAMESPACE, "checkout", "2")
        assert deleted is not None
        assert deleted.deleted_at == at(7)
        assert await store.views.document(NAMESPACE, Digest("sha256:2")) == deleted

    async def test_delete_says_whether_there_was_one(self, store: ViewedStore) -> None:
        await store.put_definition(definition())
        assert await store.delete_definition(NAMESPACE, "checkout", "9", at(1)) is False
        assert await store.delete_definition("other", "checkout", "1", at(1)) is False
        assert await store.delete_definition(NAMESPACE, "checkout", "1", at(1)) is True
        assert await store.delete_definition(NAMESPACE, "checkout", "1", at(2)) is False

    async def test_deleted_and_put_again_is_visible(self, store: ViewedStore) -> None:
        kept = definition()
        await store.put_definition(kept)
        await store.delete_definition(NAMESPACE, "checkout", "1", at(1))
        assert await store.put_definition(kept) == kept
        assert await store.views.definition(NAMESPACE, "checkout", None) == kept

    async def test_deleted_keeps_its_name_and_version(self, store: ViewedStore) -> None:
        await store.put_definition(definition(digest="sha256:1"))
        await store.delete_definition(NAMESPACE, "checkout", "1", at(1))
        answer = await store.put_definition(definition(digest="sha256:2"))
        assert (answer.digest, answer.deleted_at) == ("sha256:1", at(1))
        assert await store.views.definition(NAMESPACE, "checkout", None) is None

    async def test_newest_is_the_one_stored_last(self, store: ViewedStore) -> None:
        for version in ("2", "10", "1"):
            await store.put_definition(definition(version=version, digest=f"sha256:{version}"))
        newest = await store.views.definition(NAMESPACE, "checkout", None)
        assert newest is not None
        assert newest.version == "1"
        await store.put_definition(definition(version="2", digest="sha256:2"))
        assert await store.views.definition(NAMESPACE, "checkout", None) == newest

    async def test_inline_is_found_by_digest_only(self, store: ViewedStore) -> None:
        inline = definition(is_inline=True)
        assert await store.put_definition(inline) == inline
        assert await store.put_definition(definition(is_inline=True, created_at=at(5))) == inline
        assert await store.views.document(NAMESPACE, inline.digest) == inline
        assert await store.views.definition(NAMESPACE, "checkout", "1") is None
        assert await store.views.definition(NAMESPACE, "checkout", None) is None
        assert list(await store.views.definitions(NAMESPACE, None, None, 10)) == []
        assert await store.delete_definition(NAMESPACE, "checkout", "1", at(1)) is False

    async def test_inline_ones_share_a_name_and_version(self, store: ViewedStore) -> None:
        both = [definition(digest=f"sha256:{each}", is_inline=True) for each in "ab"]
        for inline in both:
            assert await store.put_definition(inline) == inline
        for inline in both:
            assert await store.views.document(NAMESPACE, inline.digest) == inline

    async def test_inline_does_not_take_a_version(self, store: ViewedStore) -> None:
        await store.put_definition(definition(is_inline=True))
        named = definition(digest="sha256:1")
        assert await store.put_definition(named) == named
        assert await store.views.document(NAMESPACE, named.digest) == named

    async def test_definitions_of_namespaces_are_apart(self, store: ViewedStore) -> None:
        here, there = definition(), definition(namespace=Namespace("other"), digest="sha256:2")
        await store.put_definition(here)
        assert await store.put_definition(there) == there
        assert await store.views.definition(NAMESPACE, "checkout", None) == here
        assert list(await store.views.definitions(Namespace("other"), None, None, 10)) == [there]
        assert await store.views.document(NAMESPACE, there.digest) is None

    async def test_definitions_are_paged_newest_first(self, store: ViewedStore) -> None:
        kept = [
            definition(f"n{index % 4}", str(index), f"sha256:{index}", created_at=at(index // 3))
            for index in range(12)
        ]
        for each in kept:
            await store.put_definition(each)
        order = sorted(kept, key=lambda each: (each.created_at, f"{each.name}@{each.version}"), reverse=True)
        paged: list[StoredDefinition] = []
        after = None
        while page := await store.views.definitions(NAMESPACE, None, after, 5):
            paged.extend(page)
            after = Cursor(created_at=page[-1].created_at, id=f"{page[-1].name}@{page[-1].version}")
        assert paged == order
        named = await store.views.definitions(NAMESPACE, "n1", None, 50)
        assert list(named) == [each for each in order if each.name == "n1"]
