"""The store's contract: one execution, its history, and the audit of all."""

import pytest

from treadle.codec.chain import find_break
from treadle.model.ids import ExecutionId, Namespace
from treadle.ports.commit import Commit
from treadle.ports.views import AuditedExecution
from treadle.testing.contracts.commits import NAMESPACE, definition, following, start, starting
from treadle.testing.contracts.opened import StoreCases, ViewedStore

ROWS = 8


async def write_rows(store: ViewedStore, name: str = "a", count: int = ROWS) -> list[Commit]:
    """An execution of `count` commits, each of three events and one snapshot at the fourth."""
    commits = [start(name)]
    for index in range(1, count):
        snapshot = b"state" if index == 3 else None
        commits.append(following(commits[-1], events=b"%d" % index, snapshot=snapshot))
    for commit in commits:
        await store.commit([commit])
    return commits


class ReadCases(StoreCases):
    async def test_tail_begins_after_the_snapshot(self, store: ViewedStore) -> None:
        commits = await write_rows(store)
        state = await store.views.execution(NAMESPACE, ExecutionId("a"))
        assert state is not None
        assert state.snapshot == b"state"
        assert state.snapshot_digest == commits[3].history.digest
        assert state.tail == tuple(commit.history for commit in commits[4:])
        assert find_break(state.tail, state.snapshot_digest) is None

    async def test_newer_snapshot_replaces_the_older(self, store: ViewedStore) -> None:
        commits = await write_rows(store)
        await store.commit([following(commits[-1], snapshot=b"newer")])
        state = await store.views.execution(NAMESPACE, ExecutionId("a"))
        assert state is not None
        assert (state.snapshot, state.tail) == (b"newer", ())

    async def test_execution_of_another_namespace_is_none(self, store: ViewedStore) -> None:
        await store.commit([start()])
        assert await store.views.execution(Namespace("other"), ExecutionId("a")) is None
        assert await store.views.execution(NAMESPACE, ExecutionId("ghost")) is None

    async def test_history_of_an_unknown_execution_is_empty(self, store: ViewedStore) -> None:
        assert list(await store.views.history(ExecutionId("ghost"), 0, 10)) == []

    @pytest.mark.parametrize(
        ("after_seq", "limit", "rows"),
        [
            (0, 100, range(8)),
            (0, 1, range(1)),
            (0, 3, range(1)),
            (0, 4, range(2)),
            (2, 1, range(1)),
            (2, 2, range(2)),
            (3, 3, range(1, 2)),
            (4, 3, range(1, 3)),
            (23, 5, range(7, 8)),
            (24, 5, range(0)),
            (99, 5, range(0)),
        ],
    )
    async def test_history_page_covers_the_events_asked_for(
        self, store: ViewedStore, after_seq: int, limit: int, rows: range
    ) -> None:
        commits = await write_rows(store)
        await write_rows(store, "b", 3)
        found = await store.views.history(ExecutionId("a"), after_seq, limit)
        assert list(found) == [commits[index].history for index in rows]

    async def test_an_id_is_taken_whichever_namespace_has_it(self, store: ViewedStore) -> None:
        await store.commit([starting(start("a"), namespace=Namespace("other"))])
        taken = [await store.views.is_taken(ExecutionId(name)) for name in ("a", "b", "")]
        assert taken == [True, False, False]

    async def test_audit_of_definitions_walks_all_of_them_once(self, store: ViewedStore) -> None:
        for number in range(1, 4):
            await store.put_definition(definition(version=f"v{number}"))
        seen: list[str] = []
        position = 0
        while page := await store.views.audit_definitions(position, 2):
            seen.extend(each.definition.version for each in page)
            position = page[-1].position
        assert seen == ["v1", "v2", "v3"]
        assert list(await store.views.strays(None, None)) == []

    async def test_audit_walks_everything_once(self, store: ViewedStore) -> None:
        for name in ("c", "a", "b"):
            await write_rows(store, name, 5)
        await store.commit([starting(start("d"), namespace=Namespace("other"))])
        seen: list[AuditedExecution] = []
        after = None
        while page := await store.views.audit(after, 3):
            seen.extend(page)
            after = page[-1].summary.id
        assert [each.summary.id for each in seen] == ["a", "b", "c", "d"]
        whole, fresh = seen[0], seen[3]
        assert (whole.snapshot, whole.snapshot_version) == (b"state", 12)
        assert whole.snapshot_digest == whole.history[3].digest
        assert [row.last_seq for row in whole.history] == [3, 6, 9, 12, 15]
        assert find_break(whole.history) is None
        assert (fresh.snapshot, fresh.snapshot_version, fresh.snapshot_digest) == (None, 0, b"")
