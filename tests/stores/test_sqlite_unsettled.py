"""What was refused is not there after a crash either: who cannot be told that yet waits."""

import asyncio
import contextlib
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import apsw
import pytest

from tests.stores.failing_files import FailingFiles, failing_files
from treadle.model.errors import Unavailable
from treadle.model.ids import EngineId
from treadle.ports.commit import CommitResult
from treadle.stores.sqlite import file_writer
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import NAMESPACE, following, start

pytestmark = pytest.mark.anyio

FAILURES = 3
HELD_S = 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


@pytest.fixture
def files() -> Iterator[FailingFiles]:
    with failing_files() as files:
        yield files


def there_after_a_crash(path: Path) -> set[str]:
    """The executions of a copy of the files as they lie on the disk now."""
    copy = path.with_name("crashed.db")
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    with contextlib.closing(apsw.Connection(str(copy), vfs="unix")) as connection:
        return {id_ for (id_,) in connection.execute("SELECT id FROM executions")}


def size_of(path: Path) -> int:
    return path.stat().st_size


async def until_the_log_was_looked_at(store: SqliteStore) -> None:
    """That is done after each commit, and before anything else that is asked then."""
    await store.next_due()


async def until_it_failed_often(store: SqliteStore, files: FailingFiles) -> None:
    """What is asked meanwhile is refused at once, for it was not begun; and the other is tried again."""
    while files.failures < FAILURES:
        with contextlib.suppress(Unavailable):
            await store.claim(EngineId("e"), start("a").execution_id)


async def test_a_refused_commit_is_not_there_after_a_crash(path: Path, files: FailingFiles) -> None:
    store = SqliteStore.open(path)
    await store.commit([start("a")])
    files.fails = lambda operation: operation == "sync" and files.failures == 0
    with pytest.raises(Unavailable, match="IOError") as refused:
        await store.commit([start("b")])
    assert refused.value.code == "store_unavailable"
    assert await store.views.execution(NAMESPACE, start("b").execution_id) is None
    assert there_after_a_crash(path) == {"a"}
    assert list(await store.commit([start("c")])) == [CommitResult.COMMITTED]
    await store.close()


async def test_nobody_is_told_before_it_is_known(path: Path, files: FailingFiles) -> None:
    store = SqliteStore.open(path)
    await store.commit([start("a")])
    files.fails = lambda operation: operation == "sync"
    waiting = asyncio.ensure_future(store.commit([start("b")]))
    await until_it_failed_often(store, files)
    assert not waiting.done()
    files.fails = lambda _operation: False
    with pytest.raises(Unavailable, match="IOError"):
        await waiting
    assert there_after_a_crash(path) == {"a"}
    await store.close()


async def test_who_waits_when_it_is_closed_hears_no_end(path: Path, files: FailingFiles) -> None:
    store = SqliteStore.open(path)
    files.fails = lambda operation: operation == "sync"
    waiting: asyncio.Future[Sequence[CommitResult]] = asyncio.ensure_future(store.commit([start("b")]))
    await until_it_failed_often(store, files)
    files.fails = lambda _operation: False
    await store.close()
    with pytest.raises(Unavailable, match="closed"):
        await waiting


async def test_a_frame_that_was_not_written_is_refused_at_once_or_settled(
    path: Path, files: FailingFiles
) -> None:
    store = SqliteStore.open(path)
    await store.commit([start("a")])
    files.fails = lambda operation: operation == "write" and files.failures == 0
    with pytest.raises(Unavailable, match="IOError"):
        await store.commit([start("b")])
    assert there_after_a_crash(path) == {"a"}
    await store.close()


async def test_a_checkpoint_that_fails_undoes_no_commit(
    path: Path, files: FailingFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_writer, "CHECKPOINT_PAGES", 1)
    store = SqliteStore.open(path)
    syncs = []

    def every_second(operation: str) -> bool:
        if operation == "sync":
            syncs.append(operation)
        return operation == "sync" and len(syncs) % 2 == 0

    files.fails = every_second
    first = start("a")
    assert list(await store.commit([first])) == [CommitResult.COMMITTED]
    await until_the_log_was_looked_at(store)
    assert files.failures == 1
    assert list(await store.commit([following(first)])) == [CommitResult.COMMITTED]
    await until_the_log_was_looked_at(store)
    assert files.failures == 2
    files.fails = lambda _operation: False
    await store.close()


async def test_the_log_is_put_back_into_the_file_when_it_is_long(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore.open(path)
    await store.commit([start("a")])
    before = size_of(path)
    monkeypatch.setattr(file_writer, "CHECKPOINT_PAGES", 20)
    large = start("b", events=b"x" * 100_000)
    await store.commit([large])
    await until_the_log_was_looked_at(store)
    assert size_of(path) > before + 100_000
    await store.close()


async def test_nobody_waits_for_a_log_that_is_put_back(
    path: Path, files: FailingFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_writer, "CHECKPOINT_PAGES", 1)
    store = SqliteStore.open(path)
    may_go_on = threading.Event()
    syncs = []

    def hold_the_second(operation: str) -> bool:
        if operation == "sync":
            syncs.append(operation)
            if len(syncs) == 2:
                syncs.append("told before" if may_go_on.wait(HELD_S) else "told after")
        return False

    files.fails = hold_the_second
    assert list(await store.commit([start("a")])) == [CommitResult.COMMITTED]
    may_go_on.set()
    await until_the_log_was_looked_at(store)
    assert syncs[:3] == ["sync", "sync", "told before"]
    await store.close()
