"""What a page, a count and groups of failures look at is bounded, whatever is asked for."""

import asyncio
from pathlib import Path

import msgspec
import pytest

from tests.stores.steps import counted
from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure, FailureKind
from treadle.model.ids import Digest, Instant
from treadle.model.ids import Path as NodePath
from treadle.model.views import Cursor, ExecutionFilter
from treadle.ports.commit import Commit
from treadle.stores.sqlite.connections import connect_reader
from treadle.stores.sqlite.lists import ListBounds, Lists
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import NAMESPACE, at, columns, start, starting

FEW, MANY = 2_500, 7_500
BOUNDS = ListBounds(entries=200, rows=40, counted=200, failures=40)
FAILED = 125
"""How many fail, evenly among all: a walk along them comes far."""
LATE_MS = 3_600_000


def filtered(**fields: object) -> ExecutionFilter:
    return ExecutionFilter(namespace=NAMESPACE, **fields)  # type: ignore[arg-type]  # by name


FILTERS = [
    filtered(),
    filtered(statuses=(ExecutionStatus.COMPLETED, ExecutionStatus.FAILED), version="9"),
    filtered(statuses=(ExecutionStatus.COMPLETED, ExecutionStatus.FAILED)),
    filtered(definition="order", statuses=(ExecutionStatus.COMPLETED, ExecutionStatus.STUCK), version="9"),
    filtered(definition="order", statuses=(ExecutionStatus.COMPLETED, ExecutionStatus.STUCK)),
    filtered(definition="order", version="1", started_before=at(10**9)),
    filtered(version="9"),
    filtered(business_key="shared", definition="none"),
    filtered(business_key="shared", statuses=(ExecutionStatus.STUCK,)),
    filtered(labels=(("team", "x"),), definition="none"),
    filtered(labels=(("team", "x"), ("team", "y"))),
    filtered(started_after=at(LATE_MS // 2), definition="none"),
    filtered(started_after=at(LATE_MS // 2), started_before=at(LATE_MS // 2 + 1)),
]


def written(number: int, count: int) -> Commit:
    """One of so many: a tenth of them starts late, and a tenth waits."""
    created_at = at(number * 10)
    started_at = Instant(created_at + LATE_MS) if number % 10 == 0 else created_at
    status = ExecutionStatus.WAITING if number % 10 == 5 else ExecutionStatus.COMPLETED
    if number % (count // FAILED) == 0:
        status = ExecutionStatus.FAILED
    listed = columns(status, started_at=started_at)
    failure = Failure(kind=FailureKind.ERROR, code="no", message="no", path=NodePath("pay"), attempt=1)
    if listed.status is ExecutionStatus.FAILED:
        listed = msgspec.structs.replace(listed, ended_at=started_at, failure=failure)
    return starting(
        start(f"e{number:05}", listed=listed),
        created_at=created_at,
        definition=DefinitionRef(name="order", version="1", digest=Digest("sha256:1")),
        business_key="shared",
        labels={"team": "x"},
    )


async def write(path: Path, count: int) -> None:
    store = SqliteStore.open(path)
    for begin in range(0, count, 500):
        await store.commit([written(number, count) for number in range(begin, begin + 500)])
    await store.close()


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One of few and one of many."""
    folder = tmp_path_factory.mktemp("bounds")
    for count in (FEW, MANY):
        asyncio.run(write(folder / f"{count}.db", count))
    return [folder / f"{count}.db" for count in (FEW, MANY)]


def steps_of(path: Path, where: ExecutionFilter, after: Cursor | None) -> tuple[int, int, int]:
    """Over a connection of its own, whose statements have not run before."""
    connection = connect_reader(path)
    lists = Lists(connection, Statements(), BOUNDS)
    with counted(connection) as paging:
        lists.page(where, after, 20)
    with counted(connection) as counting:
        lists.counts(where)
    with counted(connection) as grouping:
        lists.failures(where, None, 20)
    connection.close()
    return sum(paging), sum(counting), sum(grouping)


@pytest.mark.parametrize("where", FILTERS)
@pytest.mark.parametrize("is_deep", [False, True])
def test_what_is_looked_at_is_bounded(stores: list[Path], where: ExecutionFilter, is_deep: bool) -> None:
    few, many = (
        steps_of(path, where, Cursor(created_at=at(count * 8), id="e") if is_deep else None)
        for path, count in zip(stores, (FEW, MANY), strict=True)
    )
    for less, more in zip(few, many, strict=True):
        assert 0 < more <= less * 1.1 + 50, (few, many)
