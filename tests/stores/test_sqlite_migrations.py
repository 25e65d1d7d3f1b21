"""The tables are brought to this version, once, or the store is refused."""

from pathlib import Path

import apsw
import pytest

from treadle.model.errors import Corrupt, Unavailable
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.migrate import check_version, migrate, migrations
from treadle.stores.sqlite.store import SqliteStore
from treadle.stores.sqlite.views import open_views


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


@pytest.fixture
def connection(path: Path) -> apsw.Connection:
    return connect_writer(path)


def tables(connection: apsw.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_numbers_are_without_gaps() -> None:
    assert [each.number for each in migrations()] == list(range(1, len(migrations()) + 1))


def test_empty_file_gets_every_table(connection: apsw.Connection) -> None:
    migrate(connection)
    assert {"definitions", "executions", "history", "snapshots", "idempotency", "engines"} <= tables(
        connection
    )
    check_version(connection)


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
