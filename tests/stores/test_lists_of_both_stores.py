"""Random filters while rows are written: pages of both stores are the same list, whatever their bounds."""

import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure, FailureKind
from treadle.model.ids import Digest, Instant
from treadle.model.ids import Path as NodePath
from treadle.model.views import Cursor, ExecutionFilter, FailureGroup, Summary, failing
from treadle.ports.commit import Commit, ListColumns
from treadle.ports.views import Views
from treadle.stores.memory.store import MemoryStore
from treadle.stores.sqlite.lists import ListBounds
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.store import SqliteStore
from treadle.stores.sqlite.views import SqliteViews
from treadle.stores.sqlite.walks import LATE_MS
from treadle.testing.contracts.commits import NAMESPACE, at, columns, following, start, starting

pytestmark = pytest.mark.anyio

EXECUTIONS = 160
FILTERS = 60
STATUSES = (
    ExecutionStatus.COMPLETED,
    ExecutionStatus.FAILED,
    ExecutionStatus.STUCK,
    ExecutionStatus.RUNNING,
    ExecutionStatus.WAITING,
)
SPAN_MS = 4 * LATE_MS


class Drawn:
    """Executions, what becomes of them, and what is asked."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.last: list[Commit] = []

    def begun(self, count: int) -> list[Commit]:
        fresh = [self._first(len(self.last) + index) for index in range(count)]
        self.last += fresh
        return fresh

    def changed(self, count: int) -> list[Commit]:
        """Other commits of some; what they were created as stands."""
        made = []
        for index in self.random.sample(range(len(self.last)), count):
            after = following(self.last[index])
            before = self.last[index].columns
            listed = msgspec.structs.replace(self._listed(at(0)), started_at=before.started_at)
            self.last[index] = msgspec.structs.replace(after, columns=listed)
            made.append(self.last[index])
        return made

    def where(self) -> ExecutionFilter:
        draw = self.random
        given: dict[str, object] = {
            "statuses": tuple(draw.sample(STATUSES, draw.randint(1, 3))),
            "definition": draw.choice(("order", "refund", "none")),
            "version": draw.choice("123"),
            "business_key": draw.choice("kl"),
            "labels": tuple(
                draw.sample([("team", "x"), ("team", "y"), ("tier", "gold")], draw.randint(1, 2))
            ),
            "started_after": self.instant(),
            "started_before": self.instant(),
        }
        asked = draw.sample(sorted(given), draw.choice((0, 1, 1, 1, 2, 2, 3, 4)))
        return ExecutionFilter(namespace=NAMESPACE, **{name: given[name] for name in asked})  # type: ignore[arg-type]  # by name

    def instant(self) -> Instant:
        return at(self.random.randrange(SPAN_MS))

    def bounds(self) -> ListBounds:
        most = [self.random.choice((1, 2, 5, 30)) for _ in range(2)]
        return ListBounds(entries=most[0], rows=most[1])

    def _first(self, number: int) -> Commit:
        draw, created_at = self.random, self.instant()
        started_at = draw.choice([None, created_at, Instant(created_at + draw.randrange(2 * LATE_MS))])
        listed = msgspec.structs.replace(self._listed(created_at), started_at=started_at)
        labels = {"team": draw.choice("xy"), "tier": draw.choice(("gold", "iron"))}
        return starting(
            start(f"e{draw.randrange(100):02}{number:03}", listed=listed),
            created_at=created_at,
            definition=DefinitionRef(
                name=draw.choice(("order", "refund")), version=draw.choice("12"), digest=Digest("sha256:1")
            ),
            business_key=draw.choice([None, "k", "l"]),
            labels=draw.choice([{}, labels, {"team": "x"}]),
        )

    def _listed(self, updated_at: Instant) -> ListColumns:
        status = self.random.choice(STATUSES)
        failure = Failure(
            kind=FailureKind.ERROR,
            code=self.random.choice(("a", "b")),
            message="no",
            path=NodePath(self.random.choice(("pay", "pay[2]", "ship"))),
            attempt=1,
        )
        listed = columns(status, updated_at=Instant(updated_at + self.random.randrange(1_000)))
        return msgspec.structs.replace(listed, failure=failure if status is ExecutionStatus.FAILED else None)


async def paged(views: Views, where: ExecutionFilter, limit: int) -> list[Summary]:
    """Everything that matches, a page at a time; a page may hold fewer than it could."""
    items: list[Summary] = []
    after: Cursor | None = None
    while True:
        page = await views.page(where, after, limit)
        assert len(page.items) <= limit
        items += page.items
        if page.next is None:
            return items
        assert after is None or (page.next.created_at, page.next.id) < (after.created_at, after.id)
        after = page.next


async def grouped(views: Views, where: ExecutionFilter) -> list[FailureGroup]:
    """All groups, two at a time."""
    groups: list[FailureGroup] = []
    after: Cursor | None = None
    while found := (await views.failures(where, after, 2)).groups:
        groups += found
        after = Cursor(created_at=found[-1].last_at, id=found[-1].sample_id)
    return groups


class Both:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.reference, self.store = MemoryStore(), SqliteStore.open(path)

    async def commit(self, batch: list[Commit]) -> None:
        results = await self.reference.commit(batch)
        assert await self.store.commit(batch) == list(results)


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    stores = Both(tmp_path / "treadle.db")
    yield stores
    await stores.store.close()


@pytest.mark.parametrize("seed", range(6))
async def test_pages_of_both_stores_are_the_same_list(both: Both, seed: int) -> None:
    drawn = Drawn(seed)
    await both.commit(drawn.begun(EXECUTIONS))
    for turn in range(FILTERS):
        where = drawn.where()
        expected = list(await both.reference.views.executions(where, None, 1_000))
        assert list(await both.store.views.executions(where, None, 1_000)) == expected, where
        assert await both.store.views.counts(where) == await both.reference.views.counts(where), where
        assert await grouped(both.store.views, where) == await grouped(both.reference.views, where), where
        bounds = drawn.bounds()
        narrow = SqliteViews(both.path, Statements(), bounds)
        assert await paged(narrow, where, drawn.random.choice((1, 4, 50))) == expected, (where, bounds)
        await narrow.close()
        if turn % 3 == 0:
            await both.commit([*drawn.changed(8), *drawn.begun(2)])


@pytest.mark.parametrize("seed", range(6))
async def test_what_stands_still_is_listed_once_while_all_else_moves(both: Both, seed: int) -> None:
    drawn = Drawn(seed)
    await both.commit(drawn.begun(EXECUTIONS))
    views = SqliteViews(both.path, Statements(), ListBounds(entries=7, rows=5))
    for _ in range(8):
        where = msgspec.structs.replace(drawn.where(), statuses=(), started_after=None, started_before=None)
        expected = [one.id for one in await both.reference.views.executions(where, None, 1_000)]
        seen: list[str] = []
        after: Cursor | None = None
        while True:
            page = await views.page(where, after, 6)
            seen += [one.id for one in page.items]
            if page.next is None:
                break
            after = page.next
            await both.commit(drawn.changed(4))
        assert seen == expected, where
    await views.close()


@pytest.mark.parametrize("seed", range(6))
async def test_a_count_that_was_cut_short_says_so_and_is_never_too_high(both: Both, seed: int) -> None:
    drawn = Drawn(seed)
    await both.commit(drawn.begun(EXECUTIONS))
    for _ in range(FILTERS):
        where, most = drawn.where(), drawn.random.choice((1, 5, 20, 1_000))
        views = SqliteViews(both.path, Statements(), ListBounds(rows=most, counted=most))
        truth, found = await both.reference.views.counts(where), await views.bounded_counts(where)
        for status in ExecutionStatus:
            counted, there = found.by_status.get(status, 0), truth.get(status, 0)
            assert counted <= there, (where, status)
            assert counted == there or status in found.at_least, (where, status)
        assert most < 1_000 or not found.at_least
        await views.close()


@pytest.mark.parametrize("most", [1, 3, 1_000])
async def test_failures_that_were_left_out_are_told(both: Both, most: int) -> None:
    drawn = Drawn(1)
    await both.commit(drawn.begun(EXECUTIONS))
    where = ExecutionFilter(namespace=NAMESPACE)
    wanted = failing(where)
    assert wanted is not None
    views = SqliteViews(both.path, Statements(), ListBounds(failures=most))
    newest = await both.reference.views.executions(wanted, None, most)
    page = await views.failures(where, None, 100)
    assert sum(group.count for group in page.groups) == len(newest)
    assert page.is_truncated == (most < 1_000)
    assert {group.sample_id for group in page.groups} <= {one.id for one in newest}
    await views.close()
