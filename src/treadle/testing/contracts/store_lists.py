"""The store's contract: lists of executions."""

import msgspec
import pytest

from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure, FailureKind
from treadle.model.ids import Digest, Instant, Namespace, Path
from treadle.model.views import Cursor, ExecutionFilter, Summary
from treadle.ports.commit import Commit, CommitResult, ListColumns
from treadle.testing.contracts.commits import (
    NAMESPACE,
    at,
    columns,
    following,
    other,
    reaching,
    start,
    starting,
)
from treadle.testing.contracts.opened import StoreCases, ViewedStore

OTHER = DefinitionRef(name="refund", version="2", digest=Digest("sha256:2"))


class ListCases(StoreCases):
    @pytest.fixture
    async def varied(self, store: ViewedStore) -> list[Commit]:
        """Executions that differ in what a filter may ask for."""
        ended = columns(ExecutionStatus.COMPLETED, ended_at=at(50))
        waiting = columns(ExecutionStatus.WAITING, started_at=at(20))
        pending = columns(ExecutionStatus.PENDING, started_at=None)
        batch = [
            starting(start("a"), created_at=at(1), labels={"team": "x", "tier": "gold"}),
            starting(start("b", listed=ended), created_at=at(2), business_key="order-1"),
            starting(start("c", listed=waiting), created_at=at(3), definition=OTHER, labels={"team": "y"}),
            starting(start("d", listed=pending), created_at=at(3), business_key="order-1"),
            starting(start("e"), created_at=at(4), namespace=Namespace("other"), labels={"team": "x"}),
        ]
        await store.commit(batch)
        return batch

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            (ExecutionFilter(namespace=NAMESPACE), "dcba"),
            (ExecutionFilter(namespace=Namespace("other")), "e"),
            (ExecutionFilter(namespace=Namespace("none")), ""),
            (ExecutionFilter(namespace=NAMESPACE, statuses=(ExecutionStatus.WAITING,)), "c"),
            (
                ExecutionFilter(
                    namespace=NAMESPACE, statuses=(ExecutionStatus.RUNNING, ExecutionStatus.COMPLETED)
                ),
                "ba",
            ),
            (ExecutionFilter(namespace=NAMESPACE, definition="refund"), "c"),
            (ExecutionFilter(namespace=NAMESPACE, definition="checkout", version="1"), "dba"),
            (ExecutionFilter(namespace=NAMESPACE, definition="checkout", version="2"), ""),
            (ExecutionFilter(namespace=NAMESPACE, version="2"), "c"),
            (ExecutionFilter(namespace=NAMESPACE, business_key="order-1"), "db"),
            (ExecutionFilter(namespace=NAMESPACE, business_key="order"), ""),
            (ExecutionFilter(namespace=NAMESPACE, labels=(("team", "x"),)), "a"),
            (ExecutionFilter(namespace=NAMESPACE, labels=(("team", "x"), ("tier", "gold"))), "a"),
            (ExecutionFilter(namespace=NAMESPACE, labels=(("team", "x"), ("tier", "iron"))), ""),
            (ExecutionFilter(namespace=NAMESPACE, started_after=at(20)), "c"),
            (ExecutionFilter(namespace=NAMESPACE, started_before=at(20)), "ba"),
            (ExecutionFilter(namespace=NAMESPACE, started_after=at(0), started_before=at(21)), "cba"),
            (
                ExecutionFilter(
                    namespace=NAMESPACE, statuses=(ExecutionStatus.COMPLETED,), business_key="order-1"
                ),
                "b",
            ),
        ],
    )
    async def test_filter_finds_what_matches_in_order(
        self, store: ViewedStore, varied: list[Commit], where: ExecutionFilter, expected: str
    ) -> None:
        found = await store.views.executions(where, None, 50)
        assert "".join(each.id for each in found) == expected

    async def test_summary_holds_every_column(self, store: ViewedStore) -> None:
        failure = Failure(
            kind=FailureKind.TIMEOUT, code="late", message="за\nlate", path=Path("pay[1]"), attempt=3
        )
        listed = msgspec.structs.replace(
            columns(ExecutionStatus.FAILED, started_at=at(2), updated_at=at(3), ended_at=at(4)),
            reason="operator",
            run=2,
            failure=failure,
        )
        first = starting(
            start(listed=listed),
            definition=OTHER,
            business_key="k",
            priority=-3,
            labels={"a": "b"},
            created_at=at(1),
        )
        await store.commit([first])
        [found] = await store.views.executions(ExecutionFilter(namespace=NAMESPACE), None, 50)
        assert first.start is not None
        for name in ("namespace", "definition", "business_key", "priority", "labels", "created_at"):
            assert getattr(found, name) == getattr(first.start, name)
        for name in ("status", "reason", "run", "failure", "started_at", "updated_at", "ended_at"):
            assert getattr(found, name) == getattr(listed, name)
        assert (found.id, found.version) == (first.execution_id, first.version)

    async def test_pages_are_stable_while_rows_are_written(self, store: ViewedStore) -> None:
        batch = [starting(start(f"e{index:02}"), created_at=at(index // 4)) for index in range(30)]
        await store.commit(batch)
        where = ExecutionFilter(namespace=NAMESPACE)
        seen: list[str] = []
        after, page_number = None, 0
        while page := await store.views.executions(where, after, 7):
            seen.extend(each.id for each in page)
            after = Cursor(created_at=page[-1].created_at, id=page[-1].id)
            newer = starting(start(f"new{page_number}"), created_at=at(1_000 + page_number))
            changed = following(batch[page_number])
            await store.commit([newer, changed])
            page_number += 1
        assert seen == [f"e{index:02}" for index in reversed(range(30))]

    async def test_status_pages_follow_the_same_order(self, store: ViewedStore) -> None:
        batch = [starting(start(f"e{index:02}"), created_at=at(index // 4)) for index in range(20)]
        await store.commit(batch)
        where = ExecutionFilter(
            namespace=NAMESPACE, statuses=(ExecutionStatus.RUNNING, ExecutionStatus.FAILED)
        )
        first = await store.views.executions(where, None, 11)
        after = Cursor(created_at=first[-1].created_at, id=first[-1].id)
        rest = await store.views.executions(where, after, 50)
        assert [each.id for each in (*first, *rest)] == [f"e{index:02}" for index in reversed(range(20))]

    async def test_pages_hold_the_whole_list_whatever_is_asked_for(
        self, store: ViewedStore, varied: list[Commit]
    ) -> None:
        await store.commit(
            [
                starting(start(f"m{index:02}"), created_at=at(index // 3), labels={"team": "x"})
                for index in range(20)
            ]
        )
        for where in (
            ExecutionFilter(namespace=NAMESPACE),
            ExecutionFilter(namespace=NAMESPACE, labels=(("team", "x"),)),
            ExecutionFilter(namespace=NAMESPACE, version="2"),
            ExecutionFilter(namespace=NAMESPACE, definition="checkout", started_before=at(1)),
        ):
            whole = list(await store.views.executions(where, None, 100))
            for limit in (1, 3, 100):
                assert await _paged(store, where, limit) == whole

    async def test_last_page_says_that_it_is_the_last(self, store: ViewedStore) -> None:
        await store.commit([starting(start(f"e{index}"), created_at=at(index)) for index in range(4)])
        where = ExecutionFilter(namespace=NAMESPACE)
        first = await store.views.page(where, None, 2)
        assert ([one.id for one in first.items], first.next) == (
            ["e3", "e2"],
            Cursor(created_at=at(2), id="e2"),
        )
        last = await store.views.page(where, first.next, 2)
        assert ([one.id for one in last.items], last.next) == (["e1", "e0"], None)

    async def test_executions_that_started_long_after_their_creation_keep_their_place(
        self, store: ViewedStore
    ) -> None:
        hour = 3_600_000
        late = columns(ExecutionStatus.COMPLETED, started_at=at(3 * hour), ended_at=at(3 * hour))
        soon = columns(ExecutionStatus.WAITING, started_at=at(2 * hour + 5))
        await store.commit(
            [
                starting(start("a", listed=late), created_at=at(0)),
                starting(start("b", listed=columns(started_at=at(hour))), created_at=at(hour)),
                starting(start("c", listed=soon), created_at=at(2 * hour), definition=OTHER),
                starting(start("d", listed=late), created_at=at(2 * hour)),
            ]
        )
        where = ExecutionFilter(namespace=NAMESPACE, started_after=at(2 * hour))
        assert [one.id for one in (await store.views.page(where, None, 10)).items] == ["d", "c", "a"]
        completed = msgspec.structs.replace(where, statuses=(ExecutionStatus.COMPLETED,))
        assert [one.id for one in (await store.views.page(completed, None, 10)).items] == ["d", "a"]
        named = msgspec.structs.replace(where, definition="checkout", started_before=at(3 * hour))
        assert not (await store.views.page(named, None, 10)).items
        assert (await store.views.bounded_counts(where)).by_status == {
            ExecutionStatus.COMPLETED: 2,
            ExecutionStatus.WAITING: 1,
        }

    async def test_labels_of_executions_that_another_one_starts_are_found(self, store: ViewedStore) -> None:
        child = other("child", labels={"team": "z"})
        await store.commit([reaching(start("parent"), starts=[child])])
        where = ExecutionFilter(namespace=NAMESPACE, labels=(("team", "z"),))
        assert [one.id for one in (await store.views.page(where, None, 10)).items] == ["child"]

    async def test_a_refused_start_leaves_no_labels(self, store: ViewedStore) -> None:
        await store.commit([starting(start("a"), labels={"team": "x"})])
        again = starting(start("a"), labels={"team": "y"}, created_at=at(9))
        [result, _] = await store.commit([again, start("b")])
        assert result is CommitResult.EXISTS
        where = ExecutionFilter(namespace=NAMESPACE, labels=(("team", "y"),))
        assert not await store.views.executions(where, None, 10)
        assert await store.views.counts(where) == {}

    async def test_few_are_counted_in_full(self, store: ViewedStore, varied: list[Commit]) -> None:
        for where in (
            ExecutionFilter(namespace=NAMESPACE),
            ExecutionFilter(namespace=NAMESPACE, business_key="order-1"),
            ExecutionFilter(namespace=NAMESPACE, labels=(("team", "x"),)),
            ExecutionFilter(namespace=NAMESPACE, definition="checkout", version="1"),
        ):
            found = await store.views.bounded_counts(where)
            assert found.by_status == await store.views.counts(where)
            assert not found.at_least

    async def test_open_ones_are_counted_by_status_over_all_namespaces(
        self, store: ViewedStore, varied: list[Commit]
    ) -> None:
        assert len({commit.start.namespace for commit in varied if commit.start is not None}) == 2
        assert await store.views.open_counts() == {
            ExecutionStatus.RUNNING: 2,
            ExecutionStatus.WAITING: 1,
            ExecutionStatus.PENDING: 1,
        }

    async def test_an_empty_store_has_no_open_ones(self, store: ViewedStore) -> None:
        assert await store.views.open_counts() == {}

    async def test_matches_are_counted_by_status(self, store: ViewedStore, varied: list[Commit]) -> None:
        assert await store.views.counts(ExecutionFilter(namespace=NAMESPACE)) == {
            ExecutionStatus.RUNNING: 1,
            ExecutionStatus.COMPLETED: 1,
            ExecutionStatus.WAITING: 1,
            ExecutionStatus.PENDING: 1,
        }
        keyed = ExecutionFilter(namespace=NAMESPACE, business_key="order-1")
        assert await store.views.counts(keyed) == {ExecutionStatus.COMPLETED: 1, ExecutionStatus.PENDING: 1}
        assert await store.views.counts(ExecutionFilter(namespace=Namespace("none"))) == {}

    @pytest.fixture
    async def failing(self, store: ViewedStore) -> ViewedStore:
        """Executions that failed or are stuck, at several nodes, and some that did not fail."""
        await store.commit(
            [
                starting(start("a", listed=_failed("pay", at(10)))),
                starting(start("b", listed=_failed("pay~2", at(30)))),
                starting(start("c", listed=_failed("pay[3][1]~2", at(20)))),
                starting(start("d", listed=_failed("ship", at(25)))),
                starting(start("e", listed=_failed("pay", at(40), code="http_402"))),
                starting(start("f", listed=_failed("pay", at(50))), definition=OTHER),
                starting(start("g", listed=_failed("pay", at(60))), namespace=Namespace("other")),
                starting(start("h", listed=columns(ExecutionStatus.COMPLETED, ended_at=at(70)))),
                starting(start("i", listed=_stuck(at(35)))),
            ]
        )
        return store

    async def test_failures_are_grouped_by_where_and_how(self, failing: ViewedStore) -> None:
        found = await failing.views.failures(ExecutionFilter(namespace=NAMESPACE), None, 10)
        groups = found.groups
        assert not found.is_truncated
        told = [(one.definition, one.node, one.code, one.count, one.sample_id, one.last_at) for one in groups]
        assert told == [
            ("refund", "pay", "http_500", 1, "f", at(50)),
            ("checkout", "pay", "http_402", 1, "e", at(40)),
            ("checkout", None, "exhausted", 1, "i", at(35)),
            ("checkout", "pay", "http_500", 3, "b", at(30)),
            ("checkout", "ship", "http_500", 1, "d", at(25)),
        ]
        kinds = [one.kind for one in groups]
        assert kinds == [FailureKind.ERROR, FailureKind.ERROR, None, FailureKind.ERROR, FailureKind.ERROR]

    async def test_failures_are_filtered_and_come_in_pages(self, failing: ViewedStore) -> None:
        views, where = failing.views, ExecutionFilter(namespace=NAMESPACE)
        stuck = msgspec.structs.replace(where, statuses=(ExecutionStatus.STUCK, ExecutionStatus.COMPLETED))
        assert [one.sample_id for one in (await views.failures(stuck, None, 10)).groups] == ["i"]
        unfailed = msgspec.structs.replace(where, statuses=(ExecutionStatus.COMPLETED,))
        assert not (await views.failures(unfailed, None, 10)).groups
        refund = msgspec.structs.replace(where, definition="refund")
        assert [one.sample_id for one in (await views.failures(refund, None, 10)).groups] == ["f"]
        seen: list[str] = []
        after: Cursor | None = None
        while page := (await views.failures(where, after, 2)).groups:
            seen += [one.sample_id for one in page]
            after = Cursor(created_at=page[-1].last_at, id=page[-1].sample_id)
        assert seen == ["f", "e", "i", "b", "d"]


async def _paged(store: ViewedStore, where: ExecutionFilter, limit: int) -> list[Summary]:
    """Everything that matches, a page at a time."""
    items: list[Summary] = []
    after: Cursor | None = None
    while True:
        page = await store.views.page(where, after, limit)
        assert len(page.items) <= limit
        items += page.items
        if page.next is None:
            return items
        after = page.next


def _failed(path: str, updated_at: Instant, code: str = "http_500") -> ListColumns:
    ended = columns(ExecutionStatus.FAILED, updated_at=updated_at, ended_at=updated_at)
    failure = Failure(kind=FailureKind.ERROR, code=code, message="no", path=Path(path), attempt=3)
    return msgspec.structs.replace(ended, failure=failure)


def _stuck(updated_at: Instant) -> ListColumns:
    return msgspec.structs.replace(columns(ExecutionStatus.STUCK, updated_at=updated_at), reason="exhausted")
