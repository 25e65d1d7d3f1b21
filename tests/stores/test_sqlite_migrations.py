"""The tables are brought to this version, once, or the store is refused."""

from pathlib import Path

import apsw
import pytest

from treadle.model.errors import Corrupt, Unavailable
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import EngineId, Instant
from treadle.model.views import ExecutionFilter
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.migrate import check_version, migrate, migrations
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.store import SqliteStore
from treadle.stores.sqlite.views import open_views
from treadle.testing.contracts.commits import ENGINE, NAMESPACE, at, note, reaching, start, starting
from treadle.testing.contracts.store_bulk import bulk_act

pytestmark = pytest.mark.anyio

FIRST = start("old", owner=EngineId("gone"))
"""What an execution of the first migration was written from."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


@pytest.fixture
def connection(path: Path) -> apsw.Connection:
    return connect_writer(path)


def tables(connection: apsw.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def content(connection: apsw.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables of the first migration."""
    names = ("definitions", "executions", "history", "snapshots", "idempotency", "engines")
    return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def apply_first(connection: apsw.Connection, count: int) -> None:
    """Leave the file as a version with `count` migrations has made it."""
    connection.execute(Statements()["create_migrations"])
    for migration in migrations()[:count]:
        list(connection.execute(migration.text))
        applied = (migration.number, migration.name, migration.sha256)
        connection.execute(Statements()["insert_migration"], applied)


def test_numbers_are_without_gaps() -> None:
    assert [each.number for each in migrations()] == list(range(1, len(migrations()) + 1))


def test_empty_file_gets_every_table(connection: apsw.Connection) -> None:
    migrate(connection)
    first = {"definitions", "executions", "history", "snapshots", "idempotency", "engines"}
    assert first | {"inbox", "callback_keys"} <= tables(connection)
    check_version(connection)


def test_store_of_the_first_migration_keeps_what_it_has_and_goes_on(
    path: Path, connection: apsw.Connection
) -> None:
    apply_first(connection, 1)
    assert "inbox" not in tables(connection)
    connection.execute("INSERT INTO engines VALUES ('gone', 0, NULL)")
    connection.execute(Statements().of_rows("insert_executions", 1), rows.new_execution(FIRST))
    connection.execute(Statements().of_rows("insert_history", 1), rows.new_history(FIRST))
    with pytest.raises(Unavailable, match="0002_inbox") as raised:
        check_version(connection)
    assert raised.value.code == "store_too_old"
    before = content(connection)
    migrate(connection)
    check_version(connection)
    assert {table: content(connection)[table] for table in before} == before
    connection.close()


async def test_migrated_execution_takes_notes(path: Path, connection: apsw.Connection) -> None:
    apply_first(connection, 1)
    connection.execute(Statements().of_rows("insert_executions", 1), rows.new_execution(FIRST))
    connection.execute(Statements().of_rows("insert_history", 1), rows.new_history(FIRST))
    connection.close()
    store = SqliteStore.open(path)
    await store.register_engine(ENGINE, at(9))
    await store.commit([reaching(start("new", owner=ENGINE), notes=[note("old")])])
    claimed = await store.claim(ENGINE, FIRST.execution_id)
    assert claimed is not None
    assert [row.payload for row in claimed.inbox] == [b"note"]
    assert claimed.state.tail == (FIRST.history,)
    await store.close()


async def test_executions_of_before_are_found_by_their_labels(
    path: Path, connection: apsw.Connection
) -> None:
    apply_first(connection, 3)
    labelled = starting(FIRST, labels={"team": "x", "tier": "gold"}, created_at=at(3))
    plain = starting(start("plain"), created_at=at(4))
    for commit in (labelled, plain):
        connection.execute(Statements().of_rows("insert_executions", 1), rows.new_execution(commit))
        connection.execute(Statements().of_rows("insert_history", 1), rows.new_history(commit))
    connection.close()
    store = SqliteStore.open(path)
    for labels, expected in ((), "plain old"), ((("team", "x"),), "old"), ((("team", "y"),), ""):
        where = ExecutionFilter(namespace=NAMESPACE, labels=labels)
        assert " ".join(one.id for one in await store.views.executions(where, None, 9)) == expected
    both = ExecutionFilter(namespace=NAMESPACE, labels=(("team", "x"), ("tier", "gold")))
    assert [one.labels for one in await store.views.executions(both, None, 9)] == [
        {"team": "x", "tier": "gold"}
    ]
    running = ExecutionFilter(namespace=NAMESPACE, statuses=(ExecutionStatus.RUNNING,))
    assert len(await store.views.executions(running, None, 9)) == 2
    await store.close()


async def test_store_of_the_third_migration_takes_bulk_acts(path: Path, connection: apsw.Connection) -> None:
    apply_first(connection, 3)
    connection.execute(Statements().of_rows("insert_executions", 1), rows.new_execution(FIRST))
    connection.execute(Statements().of_rows("insert_history", 1), rows.new_history(FIRST))
    assert "bulk_acts" not in tables(connection)
    connection.close()
    store = SqliteStore.open(path)
    assert await store.bulk_acts.add(bulk_act("b1"), 1)
    assert await store.bulk_acts.next_running(None) == bulk_act("b1")
    found = await store.views.execution(NAMESPACE, FIRST.execution_id)
    assert found is not None
    assert found.tail == (FIRST.history,)
    await store.close()


def test_migrating_again_changes_nothing(connection: apsw.Connection) -> None:
    migrate(connection)
    changes = connection.total_changes()
    migrate(connection)
    assert connection.total_changes() == changes


def test_newer_store_is_refused_with_what_to_do(path: Path, connection: apsw.Connection) -> None:
    migrate(connection)
    connection.execute("INSERT INTO migrations VALUES (9999, '9999_future', 'x')")
    connection.close()
    for opening in (SqliteStore.open, open_views):
        with pytest.raises(Unavailable, match=r"9999_future by a newer version.*use the newer") as raised:
            opening(path)
        assert raised.value.code == "store_too_new"


def test_changed_migration_is_refused(path: Path, connection: apsw.Connection) -> None:
    migrate(connection)
    connection.execute("UPDATE migrations SET sha256 = 'other' WHERE number = 1")
    connection.close()
    with pytest.raises(Corrupt, match="0001_executions") as raised:
        SqliteStore.open(path)
    assert raised.value.code == "migration_changed"


def test_store_that_was_never_migrated_is_not_read(path: Path, connection: apsw.Connection) -> None:
    connection.execute("CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT, sha256 TEXT)")
    connection.close()
    with pytest.raises(Unavailable, match="0001_executions") as raised:
        open_views(path)
    assert raised.value.code == "store_too_old"


def test_refused_store_is_free_again(path: Path, connection: apsw.Connection) -> None:
    migrate(connection)
    connection.execute("INSERT INTO migrations VALUES (9999, '9999_future', 'x')")
    for _ in range(2):
        with pytest.raises(Unavailable, match="newer"):
            SqliteStore.open(path)


async def test_keys_of_an_earlier_version_are_kept_for_seven_days_from_their_start(
    path: Path, connection: apsw.Connection
) -> None:
    apply_first(connection, 4)
    connection.execute(Statements().of_rows("insert_executions", 1), rows.new_execution(FIRST))
    connection.execute("INSERT INTO idempotency VALUES ('default', 'k', x'00', ?)", (FIRST.execution_id,))
    connection.close()
    store = SqliteStore.open(path)
    record = await store.views.idempotency(NAMESPACE, "k")
    assert record is not None
    assert (record.execution_id, record.key.body_digest) == (FIRST.execution_id, b"\x00")
    seven_days_later = at(7 * 24 * 60 * 60 * 1_000)
    assert record.key.expires_at == seven_days_later
    assert await store.forget_idempotency(Instant(seven_days_later - 1), 10) == 0
    assert await store.forget_idempotency(seven_days_later, 10) == 1
    await store.close()
