"""Claims that wait at the same time share a transaction, and each is told what came of its own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from anyio.lowlevel import checkpoint

from treadle.model.errors import Unavailable
from treadle.model.ids import EngineId, ExecutionId
from treadle.ports.commit import Claimed
from treadle.stores.sqlite.claims import Claims
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.migrate import migrate
from treadle.stores.sqlite.shared_claims import SharedClaims
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.store import SqliteStore
from treadle.stores.sqlite.writer import WriterThread
from treadle.testing.contracts.commits import ENGINE, at, due

pytestmark = pytest.mark.anyio
MANY = 40


class WatchedClaims(Claims):
    """`sizes` says how many were claimed in each transaction; the next `failing` ones fail."""

    def __init__(self, path: Path) -> None:
        connection = connect_writer(path)
        migrate(connection)
        super().__init__(connection, Statements())
        self.sizes: list[int] = []
        self.failing = 0

    def claim_each(self, wanted: Sequence[tuple[EngineId, ExecutionId]]) -> list[Claimed | None]:
        self.sizes.append(len(wanted))
        if self.failing:
            self.failing -= 1
            raise Unavailable("store_unavailable", "the disk is full")
        return super().claim_each(wanted)


class Claimers:
    """Claims over a store of executions that nobody owns."""

    def __init__(self, path: Path, writer: WriterThread) -> None:
        self.watched = WatchedClaims(path)
        self._writer = writer
        self._claims = SharedClaims(self.watched, writer.run)

    async def claim_all(self, names: Sequence[str]) -> list[Claimed | BaseException | None]:
        calls = (self._claims.claim(ENGINE, ExecutionId(name)) for name in names)
        return await asyncio.gather(*calls, return_exceptions=True)

    async def claim_all_at_once(self, names: Sequence[str]) -> list[Claimed | BaseException | None]:
        """All of them are asked for before the writer looks."""
        gate = threading.Event()
        held = asyncio.create_task(self._writer.run(gate.wait))
        claiming = asyncio.create_task(self.claim_all(names))
        for _ in names:
            await checkpoint()
        gate.set()
        await held
        return await claiming


@pytest.fixture
async def claimers(tmp_path: Path) -> AsyncIterator[Claimers]:
    path = tmp_path / "treadle.db"
    store = SqliteStore.open(path)
    await store.register_engine(ENGINE, at(0))
    await store.commit([due(f"e{number}", at(5)) for number in range(MANY)])
    await store.close()
    writer = WriterThread()
    yield Claimers(path, writer)
    await writer.close()


def names_of(found: Sequence[Claimed | BaseException | None]) -> list[str | None]:
    return [one.state.execution_id if isinstance(one, Claimed) else None for one in found]


async def test_each_is_told_what_came_of_its_own_claim(claimers: Claimers) -> None:
    names = [f"e{number}" for number in range(MANY)]
    asked = [*names, "absent", "e3"]
    assert names_of(await claimers.claim_all_at_once(asked)) == [*names, None, None]
    assert claimers.watched.sizes == [len(asked)]


async def test_a_claim_alone_is_not_kept_waiting(claimers: Claimers) -> None:
    assert names_of(await claimers.claim_all(["e1"])) == ["e1"]
    assert names_of(await claimers.claim_all(["e1"])) == [None]
    assert claimers.watched.sizes == [1, 1]


@pytest.mark.parametrize("failing", [1, 2])
async def test_a_transaction_that_fails_is_told_to_one_and_tried_again_for_the_others(
    claimers: Claimers, failing: int
) -> None:
    claimers.watched.failing = failing
    names = [f"e{number}" for number in range(5)]
    found = await claimers.claim_all(names)
    assert sum(isinstance(one, Unavailable) for one in found) == failing
    assert names_of(found) == [None] * failing + names[failing:]
    failed = names[:failing]
    assert names_of(await claimers.claim_all(failed)) == failed, "nothing of it was written"


async def test_when_all_fail_all_are_told(claimers: Claimers) -> None:
    claimers.watched.failing = MANY
    found = await claimers.claim_all(["e1", "e2", "e3"])
    assert [isinstance(one, Unavailable) for one in found] == [True] * 3
