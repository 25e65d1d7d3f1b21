"""A file that is refused is given back: no connection to it stays open."""

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from treadle.model.errors import Corrupt, TreadleError, Unavailable
from treadle.stores.sqlite.api_keys import SqliteApiKeys
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.key_rotation import SqliteKeyRotation
from treadle.stores.sqlite.lock import FileLock
from treadle.stores.sqlite.migrate import migrate
from treadle.stores.sqlite.store import SqliteStore
from treadle.stores.sqlite.views import open_views

TOO_NEW = "INSERT INTO migrations VALUES (9999, '9999_later', 'x')"
CHANGED = "UPDATE migrations SET sha256 = 'x' WHERE number = 1"
OPENING: tuple[Callable[[Path], object], ...] = (
    SqliteApiKeys.open,
    SqliteKeyRotation.open,
    SqliteStore.open,
    open_views,
)


def connections(path: Path) -> int:
    """How many of this process are open to the file."""
    return sum(connection.filename == str(path) for connection in apsw.connections())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of this version, which nobody has open."""
    path = tmp_path / "treadle.db"
    connection = connect_writer(path)
    migrate(connection)
    connection.close()
    return path


def alter(path: Path, statement: str) -> None:
    connection = connect_writer(path)
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "error", "code"),
    [(TOO_NEW, Unavailable, "store_too_new"), (CHANGED, Corrupt, "migration_changed")],
    ids=["newer", "changed"],
)
@pytest.mark.parametrize("opens", OPENING, ids=["keys", "rotation", "store", "views"])
def test_a_file_of_another_version_is_given_back(
    path: Path, opens: Callable[[Path], object], statement: str, error: type[TreadleError], code: str
) -> None:
    alter(path, statement)
    with pytest.raises(error) as refused:
        opens(path)
    assert refused.value.code == code
    assert connections(path) == 0
    FileLock(path).release()


def test_keys_of_another_version_are_given_back_while_an_engine_runs(path: Path) -> None:
    alter(path, TOO_NEW)
    lock = FileLock(path)
    with pytest.raises(Unavailable) as refused:
        SqliteApiKeys.open(path)
    assert refused.value.code == "store_too_new"
    assert connections(path) == 0
    lock.release()


def test_what_is_no_store_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("this is no database, although it is as long as the first page of one" * 100)
    with pytest.raises(apsw.NotADBError) as refused:
        connect_writer(path)
    assert "not a database" in str(refused.value)
    assert connections(path) == 0
