"""What SQLite alone has: the process that dies, the disk that is full, the file that is taken."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from treadle.codec.chain import find_break
from treadle.model.errors import Corrupt, TreadleError, Unavailable
from treadle.model.ids import EngineId
from treadle.ports.commit import CommitResult
from treadle.ports.views import AuditedExecution
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.lock import FileLock
from treadle.stores.sqlite.migrate import migrate
from treadle.stores.sqlite.store import SqliteStore
from treadle.stores.sqlite.views import open_views
from treadle.testing.contracts.commits import EVENTS_EACH, NAMESPACE, at, following, start, starting

pytestmark = pytest.mark.anyio

BATCH = 20
ACKNOWLEDGED_BEFORE_KILL = 25
AUDITED_MAX = 100_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


@pytest.fixture
def committing(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that owns the store and has acknowledged a few batches."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.stores.committing", str(path), str(BATCH)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        for _ in range(ACKNOWLEDGED_BEFORE_KILL):
            assert process.stdout.readline()
        yield process
        process.kill()


async def audit(store: SqliteStore) -> list[AuditedExecution]:
    return list(await store.views.audit(None, AUDITED_MAX))


async def test_acknowledged_commits_survive_sigkill(path: Path, committing: subprocess.Popen[str]) -> None:
    os.kill(committing.pid, signal.SIGKILL)
    rest, _ = committing.communicate()
    acknowledged = ACKNOWLEDGED_BEFORE_KILL + len(rest.splitlines())
    views = open_views(path)
    left_behind = list(await views.audit(None, AUDITED_MAX))
    await views.close()
    store = SqliteStore.open(path)
    found = await audit(store)
    assert found == left_behind
    assert all(find_break(each.history) is None for each in found)
    own = [each for each in found if each.summary.id.startswith("e")]
    assert len(own) == BATCH
    # A batch stands as a whole, and the one in flight at the kill may stand too.
    [version] = {each.summary.version for each in own}
    batches = version // EVENTS_EACH
    assert batches in (acknowledged, acknowledged + 1)
    for each in own:
        assert each.history[-1].last_seq == each.summary.version
    children = [each.summary.id for each in found if each not in own]
    assert children == [f"child{number:06}" for number in range(1, batches + 1)]
    await store.register_engine(EngineId("next"), at(9))
    claimed = await store.claim_due(EngineId("next"), at(1_000_000), AUDITED_MAX)
    inboxes = {each.state.execution_id: [row.payload for row in each.inbox] for each in claimed}
    told = {own[-1].summary.id: [b"%d" % number for number in range(1, batches + 1)]}
    expected = {each.summary.id: told.get(each.summary.id, []) for each in own}
    assert inboxes == expected | {child: [b"note"] for child in children}
    await store.close()


async def test_a_store_in_use_is_refused_and_read_beside_its_owner(
    path: Path, committing: subprocess.Popen[str]
) -> None:
    with pytest.raises(Unavailable, match=rf"process {committing.pid}: stop that process") as raised:
        SqliteStore.open(path)
    assert raised.value.code == "store_in_use"
    assert str(path) in raised.value.message
    views = open_views(path)
    found = await views.audit(None, AUDITED_MAX)
    assert len([each for each in found if each.summary.id.startswith("e")]) == BATCH
    assert all(each.history[-1].last_seq == each.summary.version for each in found)
    await views.close()


async def test_second_opener_in_the_same_process_is_refused_until_the_first_closes(path: Path) -> None:
    first = SqliteStore.open(path)
    with pytest.raises(Unavailable, match=str(os.getpid())):
        SqliteStore.open(path)
    await first.close()
    await first.close()
    second = SqliteStore.open(path)
    await second.close()


async def test_closed_store_is_unavailable(path: Path) -> None:
    store = SqliteStore.open(path)
    await store.close()
    with pytest.raises(Unavailable, match="closed"):
        await store.commit([start()])
    with pytest.raises(Unavailable, match="closed"):
        await store.views.execution(NAMESPACE, start().execution_id)


async def test_views_read_a_store_that_nobody_runs_and_cannot_write(path: Path) -> None:
    store = SqliteStore.open(path)
    await store.commit([start()])
    await store.close()
    views = open_views(path)
    assert [each.summary.id for each in await views.audit(None, 10)] == ["a"]
    await views.close()
    with pytest.raises(Unavailable, match="no_such"):
        open_views(path.with_name("no_such.db"))


async def test_refused_value_in_the_middle_of_a_batch_leaves_nothing(path: Path) -> None:
    store = SqliteStore.open(path)
    firsts = [start(name) for name in "abc"]
    await store.commit(firsts)
    with apsw.Connection(str(path)) as intruder:
        row = ("b", EVENTS_EACH + 1, 6, 0, b"", b"")
        intruder.execute("INSERT INTO history VALUES (NULL, ?, ?, ?, ?, ?, ?)", row)
    intruder.close()
    before = await audit(store)
    batch = [*map(following, firsts), start("d")]
    with pytest.raises(Corrupt) as raised:
        await store.commit(batch)
    assert raised.value.code == "commit_refused"
    assert await audit(store) == before
    results = await store.commit([batch[0], *batch[2:]])
    assert set(results) == {CommitResult.COMMITTED}
    await store.close()


async def test_value_that_cannot_be_bound_is_refused(path: Path) -> None:
    store = SqliteStore.open(path)
    bad = starting(start("bad"), business_key="\ud800")
    with pytest.raises(Corrupt) as raised:
        await store.commit([start("good"), bad])
    assert raised.value.code == "commit_refused"
    assert await audit(store) == []
    await store.close()


async def test_full_disk_is_unavailable_and_loses_nothing(path: Path) -> None:
    connection = connect_writer(path)
    migrate(connection)
    store = SqliteStore(path, connection, FileLock(path))
    first = start()
    await store.commit([first])
    before = await audit(store)
    connection.pragma("max_page_count", connection.pragma("page_count"))
    large = [following(first, events=b"x" * 100_000), start("b", events=b"y" * 100_000)]
    with pytest.raises(Unavailable, match="FullError") as raised:
        await store.commit(large)
    assert raised.value.code == "store_unavailable"
    assert await audit(store) == before
    connection.pragma("max_page_count", 1_000_000)
    assert list(await store.commit(large)) == [CommitResult.COMMITTED] * 2
    await store.close()


async def test_facts_say_how_durable_it_is(path: Path) -> None:
    store = SqliteStore.open(path)
    facts = store.facts()
    assert (facts.journal_mode, facts.synchronous, facts.path) == ("wal", "FULL", str(path))
    assert facts.sqlite_version.startswith("3.")
    await store.close()


def test_what_is_no_database_is_unavailable(path: Path) -> None:
    path.write_bytes(b"this is a text, not a database\n" * 100)
    with pytest.raises(TreadleError, match="NotADBError"):
        SqliteStore.open(path)


def test_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nowhere"):
        SqliteStore.open(tmp_path / "nowhere" / "treadle.db")
