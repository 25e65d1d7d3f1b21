"""The store's contract: who takes notes, how they wait, and when they are gone."""

import pytest

from treadle.model.ids import EngineId, ExecutionId
from treadle.ports.commit import Commit, CommitResult
from treadle.testing.contracts.commits import (
    ENGINE,
    at,
    due,
    following,
    note,
    other,
    reaching,
    start,
    written_by,
)
from treadle.testing.contracts.opened import MakeStore, ViewedStore, needs
from treadle.testing.contracts.sending import NOW, TARGET, TargetCases, ended_at, note_ids, payloads, sending

NEXT = EngineId("engine-2")
COMMITTED, CONFLICT = CommitResult.COMMITTED, CommitResult.CONFLICT


class InboxCases(TargetCases):
    async def test_nothing_waits_for_a_new_or_unknown_execution(
        self, store: ViewedStore, target: Commit
    ) -> None:
        assert await payloads(store) == []
        assert await payloads(store, "ghost") == []

    async def test_notes_wait_in_the_order_of_arrival(self, store: ViewedStore, target: Commit) -> None:
        first = sending(note(TARGET, b"1"), note(TARGET, b"2"))
        await store.commit([first, reaching(start("b"), notes=[note(TARGET, b"3")])])
        await store.commit([sending(note(TARGET, b"4"), before=first)])
        assert await payloads(store) == [b"1", b"2", b"3", b"4"]
        ids = await note_ids(store)
        assert ids == sorted(set(ids))
        assert min(ids) > 0

    async def test_inbox_begins_after_the_id_that_was_seen(self, store: ViewedStore, target: Commit) -> None:
        await store.commit([sending(*(note(TARGET, b"%d" % index) for index in range(4)))])
        ids = await note_ids(store)
        assert await payloads(store, after=ids[1]) == [b"2", b"3"]
        assert await payloads(store, after=ids[3]) == []

    async def test_inboxes_are_apart(self, store: ViewedStore, target: Commit) -> None:
        await store.commit([start("b"), sending(note("b", b"for b"), note(TARGET, b"for target"))])
        assert await payloads(store) == [b"for target"]
        assert await payloads(store, "b") == [b"for b"]

    async def test_payloads_of_any_bytes_come_back(self, store: ViewedStore, target: Commit) -> None:
        sent = [b"", bytes(range(256)), b"x" * 1_000_000]
        await store.commit([sending(*(note(TARGET, payload) for payload in sent))])
        assert await payloads(store) == sent

    async def test_many_notes_keep_their_order(self, store: ViewedStore, engine: EngineId) -> None:
        targets = [start(f"e{index:02}") for index in range(30)]
        await store.commit(targets)
        sent = [note(f"e{index % 30:02}", b"%d" % index) for index in range(900)]
        await store.commit([sending(*sent)])
        for index, each in enumerate(targets):
            expected = [b"%d" % number for number in range(index, 900, 30)]
            assert await payloads(store, each.execution_id) == expected

    @pytest.mark.parametrize("has_owner", [True, False])
    async def test_ended_execution_takes_no_note(
        self, store: ViewedStore, target: Commit, has_owner: bool
    ) -> None:
        await store.commit([following(target, listed=ended_at(at(3)), is_release=not has_owner)])
        assert list(await store.commit([sending(note(TARGET))])) == [COMMITTED]
        assert await payloads(store) == []
        assert await store.next_due() is None

    async def test_unknown_execution_takes_no_note(self, store: ViewedStore, engine: EngineId) -> None:
        assert list(await store.commit([sending(note("ghost"))])) == [COMMITTED]
        await store.commit([due("ghost", at(1))])
        claimed = await store.claim(engine, ExecutionId("ghost"))
        assert claimed is not None
        assert claimed.inbox == ()

    async def test_target_that_the_same_commit_starts_takes_its_note(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        commit = reaching(start("sender"), starts=[other("child", at(0))], notes=[note("child")])
        await store.commit([commit])
        [claimed] = await store.claim_due(engine, at(0), 10)
        assert [row.payload for row in claimed.inbox] == [b"note"]

    async def test_target_that_an_earlier_commit_of_the_batch_starts_takes_the_note(
        self, store: ViewedStore, engine: EngineId
    ) -> None:
        parent = reaching(start("parent"), starts=[other("child")])
        await store.commit([parent, due("stored", at(9)), sending(note("child"), note("stored"))])
        assert await payloads(store, "child") == [b"note"]
        assert await payloads(store, "stored") == [b"note"]

    async def test_claimed_carries_what_waits(self, store: ViewedStore, engine: EngineId) -> None:
        await store.commit([due("a", at(1)), due("b", at(2)), due("c", at(3))])
        await store.commit([sending(note("a", b"1"), note("c", b"2"), note("a", b"3"))])
        claimed = await store.claim_due(engine, NOW, 10)
        assert [[row.payload for row in each.inbox] for each in claimed] == [[b"1", b"3"], [], [b"2"]]
        for each in claimed:
            assert list(each.inbox) == list(await store.inbox(each.state.execution_id, 0))

    async def test_claim_by_id_carries_what_waits(self, store: ViewedStore, engine: EngineId) -> None:
        await store.commit([due(TARGET, at(999)), sending(note(TARGET))])
        claimed = await store.claim(engine, TARGET)
        assert claimed is not None
        assert [row.payload for row in claimed.inbox] == [b"note"]

    async def test_consumed_are_rows_of_the_own_inbox_only(self, store: ViewedStore, target: Commit) -> None:
        await store.commit([start("b"), sending(note("b"), note(TARGET))])
        foreign, own = await note_ids(store, "b"), await note_ids(store)
        batch = [reaching(following(target), consumed=[*foreign, *own, 10_000])]
        assert list(await store.commit(batch)) == [COMMITTED]
        assert await note_ids(store, "b") == foreign
        assert await note_ids(store) == []

    async def test_refused_commit_uses_up_nothing(self, store: ViewedStore, target: Commit) -> None:
        await store.commit([sending(note(TARGET))])
        stale = written_by(following(target), ENGINE, 9)
        stale_end = following(following(target), listed=ended_at(at(3)))
        batch = [reaching(stale, consumed=await note_ids(store)), stale_end]
        assert list(await store.commit(batch)) == [CONFLICT, CONFLICT]
        assert await payloads(store) == [b"note"]

    async def test_id_is_never_given_again(self, store: ViewedStore, target: Commit) -> None:
        seen: list[int] = []
        sender, commit = sending(note(TARGET)), target
        for _ in range(3):
            await store.commit([sender])
            ids = await note_ids(store)
            seen.extend(ids)
            commit = reaching(following(commit), consumed=ids)
            await store.commit([commit])
            sender = sending(note(TARGET), before=sender)
        assert seen == sorted(set(seen))
        assert len(seen) == 3

    @pytest.mark.parametrize("is_release", [True, False])
    async def test_end_leaves_no_inbox(self, store: ViewedStore, target: Commit, is_release: bool) -> None:
        await store.commit([start("b"), sending(note(TARGET), note(TARGET), note("b"))])
        await store.commit([following(target, listed=ended_at(at(60)), is_release=is_release)])
        assert await payloads(store) == []
        assert await payloads(store, "b") == [b"note"]
        assert await store.next_due() is None

    @pytest.mark.parametrize("is_note_first", [True, False])
    async def test_note_and_end_in_one_batch_leave_no_inbox(
        self, store: ViewedStore, target: Commit, is_note_first: bool
    ) -> None:
        batch = [sending(note(TARGET)), following(target, listed=ended_at(at(60)), is_release=True)]
        await store.commit(batch if is_note_first else batch[::-1])
        assert await payloads(store) == []
        assert await store.next_due() is None

    @needs("single_process")
    async def test_what_waited_for_a_gone_engine_is_claimed_with_its_inbox(
        self, store: ViewedStore, target: Commit
    ) -> None:
        await store.commit([sending(note(TARGET))])
        await store.register_engine(NEXT, at(60))
        claimed = await store.claim_due(NEXT, at(60), 10)
        inboxes = {each.state.execution_id: [row.payload for row in each.inbox] for each in claimed}
        assert inboxes == {"sender": [], TARGET: [b"note"]}

    @needs("durable_across_restart")
    async def test_ids_go_on_after_reopening(
        self, store: ViewedStore, target: Commit, make_store: MakeStore
    ) -> None:
        sender = sending(note(TARGET))
        await store.commit([sender])
        used = await note_ids(store)
        await store.commit([reaching(following(target), consumed=used)])
        await store.close()
        again = await make_store()
        await again.commit([sending(note(TARGET), before=sender)])
        assert min(await note_ids(again)) > max(used)
        await again.close()
