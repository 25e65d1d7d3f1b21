"""An execution that is told something, and one that tells it: for the store's contract."""

import pytest

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId, ExecutionId, Instant
from treadle.ports.commit import Commit, InboxNote, ListColumns
from treadle.testing.contracts.commits import ENGINE, at, columns, following, reaching, start
from treadle.testing.contracts.opened import StoreCases, ViewedStore

TARGET = ExecutionId("target")
NOW = at(50)
"""When the sender's commit was made."""


def ended_at(instant: Instant) -> ListColumns:
    return columns(ExecutionStatus.COMPLETED, updated_at=instant, ended_at=instant)


def sending(*notes: InboxNote, before: Commit | None = None, now: Instant = NOW) -> Commit:
    """A commit of the execution `sender` with these notes: its first one, or the one after `before`."""
    listed = columns(updated_at=now)
    plain = start("sender", listed=listed) if before is None else following(before, listed=listed)
    return reaching(plain, notes=notes)


async def payloads(store: ViewedStore, name: str = TARGET, after: int = 0) -> list[bytes]:
    return [row.payload for row in await store.inbox(ExecutionId(name), after)]


async def note_ids(store: ViewedStore, name: str = TARGET) -> list[int]:
    return [row.id for row in await store.inbox(ExecutionId(name), 0)]


class TargetCases(StoreCases):
    @pytest.fixture
    async def engine(self, store: ViewedStore) -> EngineId:
        """The live engine."""
        await store.register_engine(ENGINE, at(0))
        return ENGINE

    @pytest.fixture
    async def target(self, store: ViewedStore, engine: EngineId) -> Commit:
        """The first commit of an execution that the live engine owns."""
        first = start(TARGET, owner=engine)
        await store.commit([first])
        return first
