"""The store's contract: an execution for which notes wait is due at once."""

import pytest

from treadle.model.ids import EngineId, Instant
from treadle.ports.commit import Commit, CommitResult
from treadle.testing.contracts.commits import ENGINE, at, columns, due, following, note, reaching, start
from treadle.testing.contracts.opened import ViewedStore
from treadle.testing.contracts.sending import NOW, TARGET, TargetCases, note_ids, payloads, sending

COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT


class WakeCases(TargetCases):
    @pytest.mark.parametrize(("before", "after"), [(at(999), NOW), (None, NOW), (at(20), at(20))])
    async def test_note_makes_an_unowned_execution_due_at_once(
        self, store: ViewedStore, engine: EngineId, before: Instant | None, after: Instant
    ) -> None:
        waiting = start(TARGET, listed=columns(due_at=before), is_release=True)
        await store.commit([waiting])
        await store.commit([sending(note(TARGET))])
        assert await store.next_due() == after

    async def test_earliest_of_several_senders_wakes(self, store: ViewedStore, engine: EngineId) -> None:
        await store.commit([due(TARGET, at(999))])
        senders = [start(f"s{offset}", listed=columns(updated_at=at(offset))) for offset in (70, 60, 80)]
        await store.commit([reaching(each, notes=[note(TARGET)]) for each in senders])
        assert await store.next_due() == at(60)

    async def test_note_leaves_an_owned_execution_to_its_owner(
        self, store: ViewedStore, target: Commit
    ) -> None:
        await store.commit([sending(note(TARGET))])
        assert await store.next_due() is None
        assert list(await store.claim_due(ENGINE, at(1_000), 10)) == []
        assert list(await store.commit([following(target)])) == [COMMITTED]

    @pytest.mark.parametrize("due_at", [at(999), None])
    async def test_release_while_a_note_waits_is_due_at_once(
        self, store: ViewedStore, target: Commit, due_at: Instant | None
    ) -> None:
        await store.commit([sending(note(TARGET))])
        released = following(target, listed=columns(due_at=due_at, updated_at=at(60)), is_release=True)
        await store.commit([released])
        assert await store.next_due() == at(60)

    async def test_release_that_is_due_earlier_stays_so(self, store: ViewedStore, target: Commit) -> None:
        await store.commit([sending(note(TARGET))])
        await store.commit([following(target, listed=columns(due_at=at(-5)), is_release=True)])
        assert await store.next_due() == at(-5)

    @pytest.mark.parametrize("is_note_first", [True, False])
    async def test_note_and_release_in_one_batch_are_due_at_once(
        self, store: ViewedStore, target: Commit, is_note_first: bool
    ) -> None:
        listed = columns(due_at=at(999), updated_at=at(60))
        released = following(target, listed=listed, is_release=True)
        batch = [sending(note(TARGET)), released]
        await store.commit(batch if is_note_first else batch[::-1])
        assert await store.next_due() == NOW

    @pytest.mark.parametrize("is_note_first", [True, False])
    async def test_note_and_release_beside_a_conflict_are_due_at_once(
        self, store: ViewedStore, target: Commit, is_note_first: bool
    ) -> None:
        released = following(target, listed=columns(due_at=at(999), updated_at=at(60)), is_release=True)
        batch = [sending(note(TARGET)), following(start("ghost")), released]
        results = await store.commit(batch if is_note_first else batch[::-1])
        assert list(results) == [COMMITTED, CONFLICT, COMMITTED]
        assert await store.next_due() == NOW

    async def test_release_that_has_used_up_everything_waits_for_its_time(
        self, store: ViewedStore, target: Commit
    ) -> None:
        await store.commit([sending(note(TARGET), note(TARGET))])
        released = following(target, listed=columns(due_at=at(999), updated_at=at(60)), is_release=True)
        await store.commit([reaching(released, consumed=await note_ids(store))])
        assert await payloads(store) == []
        assert await store.next_due() == at(999)

    async def test_release_that_leaves_one_is_due_at_once(self, store: ViewedStore, target: Commit) -> None:
        await store.commit([sending(note(TARGET, b"seen"), note(TARGET, b"new"))])
        seen, _ = await note_ids(store)
        released = following(target, listed=columns(due_at=at(999), updated_at=at(60)), is_release=True)
        await store.commit([reaching(released, consumed=[seen])])
        assert await payloads(store) == [b"new"]
        assert await store.next_due() == at(60)

    async def test_used_up_and_new_in_one_batch(self, store: ViewedStore, target: Commit) -> None:
        first = sending(note(TARGET, b"old"))
        await store.commit([first])
        released = following(target, listed=columns(due_at=at(999), updated_at=at(60)), is_release=True)
        released = reaching(released, consumed=await note_ids(store))
        again = sending(note(TARGET, b"new"), before=first, now=at(70))
        await store.commit([again, released])
        assert await payloads(store) == [b"new"]
        assert await store.next_due() == at(60)

    async def test_note_to_itself_waits(self, store: ViewedStore, target: Commit) -> None:
        released = following(target, listed=columns(updated_at=at(60)), is_release=True)
        await store.commit([reaching(released, notes=[note(TARGET)])])
        assert await payloads(store) == [b"note"]
        assert await store.next_due() == at(60)
