"""What is written together: as many commits as the bounds allow, and only what stands is counted."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from tests.runtime.world import NAMESPACE, FallibleStore, program, start_of, task
from treadle.model.bounds import DEFAULT_BOUNDS
from treadle.model.events import ExecutionStarted
from treadle.model.ids import EngineId, Instant
from treadle.ports.commit import Commit, CommitResult
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.committer import Committer, Ending
from treadle.runtime.mailbox import Letter
from treadle.runtime.recording import Mark, Owner, Recording, Release, record
from treadle.runtime.turn import Case, Turn
from treadle.stores.memory.store import MemoryStore
from treadle.telemetry.tally import Tally

pytestmark = pytest.mark.anyio
SAGA = program(task("only"))
NOW = Instant(1_000)
OWNER = Owner(engine=EngineId("engine"), fence=1)


def begun(*, release: Release | None = None) -> Recording:
    start = start_of(SAGA)
    case = Case(execution_id=start.id, namespace=NAMESPACE, program=SAGA, bounds=DEFAULT_BOUNDS)
    turn = Turn(case, None, [Letter(command=start)], 0)
    turn.decide(NOW)
    assert turn.execution is not None
    return record(turn, turn.execution, Mark(), OWNER, release=release)


class Told:
    """How commits ended, in the order in which that was told."""

    def __init__(self, wanted: int) -> None:
        self.endings: list[Ending] = []
        self._all = asyncio.Event()
        self._wanted = wanted

    def add(self, ending: Ending) -> None:
        self.endings.append(ending)
        if len(self.endings) == self._wanted:
            self._all.set()

    async def until_all(self) -> None:
        async with asyncio.timeout(60):
            await self._all.wait()


class Writing:
    """One commit that is written, and whom to tell."""

    def __init__(self, recording: Recording, told: Told) -> None:
        self.recording = recording
        self._told = told

    def when_done(self, ending: Ending) -> None:
        self._told.add(ending)


@contextmanager
def running(committer: Committer) -> Iterator[None]:
    task = asyncio.ensure_future(committer.run())
    try:
        yield
    finally:
        task.cancel()


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([40, 60, 1], [2, 1]),
        ([101, 1, 99], [1, 2]),
        ([1, 101, 1], [1, 1, 1]),
        ([1, 1, 1, 1], [3, 1]),
    ],
)
async def test_a_batch_is_within_its_bounds_and_a_larger_commit_goes_alone(
    sizes: list[int], expected: list[int]
) -> None:
    store, told = FallibleStore(), Told(len(sizes))
    committer = Committer(store, RuntimeBounds(batch_rows_max=3, batch_bytes_max=100), Tally())
    recordings = [replace(begun(), size_bytes=size) for size in sizes]
    for recording in recordings:
        committer.add(Writing(recording, told))
    with running(committer):
        await told.until_all()
    assert [len(batch) for batch in store.batches] == expected
    assert store.seen == [recording.commit for recording in recordings]


async def test_only_what_was_committed_is_counted() -> None:
    store, told, tally = FallibleStore(), Told(2), Tally()
    committer = Committer(store, RuntimeBounds(), tally)
    first = begun()
    committer.add(Writing(first, told))
    committer.add(Writing(first, told))
    with running(committer):
        await told.until_all()
    assert told.endings == [CommitResult.COMMITTED, CommitResult.EXISTS]
    assert tally.events[ExecutionStarted] == 1


def test_the_size_of_a_commit_is_that_of_its_events_and_of_its_snapshot() -> None:
    plain, released = begun(), begun(release=Release(due_at=None))
    assert plain.commit.snapshot is None
    assert plain.size_bytes == len(plain.commit.history.events)
    assert released.commit.snapshot is not None
    assert released.size_bytes == len(released.commit.history.events) + len(released.commit.snapshot)


class Forgetful(MemoryStore):
    """Tells one result less than it was given commits."""

    async def commit(self, batch: Sequence[Commit]) -> Sequence[CommitResult]:
        return (await super().commit(batch))[1:]


async def test_nobody_is_told_by_a_store_that_tells_of_other_commits() -> None:
    told = Told(2)
    committer = Committer(Forgetful(), RuntimeBounds(), Tally())
    for recording in (begun(), begun()):
        committer.add(Writing(recording, told))
    with pytest.raises(RuntimeError, match="1 results of 2 commits"):
        await committer.run()
    assert told.endings == []
