"""What an engine reads when it begins does not grow with what waits."""

from pathlib import Path

import pytest

from tests.stores.steps import counted
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId
from treadle.stores.sqlite.claims import Claims
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import ENGINE, at, columns, start

pytestmark = pytest.mark.anyio

FEW, MANY = 50, 5_000
DUE = 300
NEW = EngineId("engine-2")


async def filled(path: Path, count: int) -> None:
    """So many wait for a signal, as many sleep; some fell due, some were driven when their engine died."""
    store = SqliteStore.open(path)
    await store.register_engine(ENGINE, at(0))
    waiting, asleep = (columns(ExecutionStatus.WAITING, due_at=due_at) for due_at in (None, at(10**9)))
    for listed, name in ((waiting, "waiting"), (asleep, "asleep")):
        batch = [start(f"{name}{index:05}", listed=listed, is_release=True) for index in range(count)]
        await store.commit(batch)
    await store.commit([start(f"driven{index}") for index in range(3)])
    due = columns(ExecutionStatus.WAITING, due_at=at(5))
    await store.commit([start(f"due{index:03}", listed=due, is_release=True) for index in range(DUE)])
    await store.close()


async def beginning(path: Path, count: int) -> tuple[int, int, int]:
    """Steps of a registration, of one look for what is due, and of the question what falls due next."""
    await filled(path, count)
    connection = connect_writer(path)
    claims = Claims(connection, Statements())
    with counted(connection) as registering:
        claims.register(NEW, at(10))
    with counted(connection) as claiming:
        assert len(claims.claim_due(NEW, at(10), 200)) == 200
    with counted(connection) as asking:
        assert claims.next_due() == at(5)
    connection.close()
    return sum(registering), sum(claiming), sum(asking)


async def test_an_engine_begins_with_as_few_steps_however_many_wait(tmp_path: Path) -> None:
    few = await beginning(tmp_path / "few.db", FEW)
    many = await beginning(tmp_path / "many.db", MANY)
    assert few[0] > 0
    for less, more in zip(few, many, strict=True):
        assert more <= less * 1.5 + 50, (few, many)
