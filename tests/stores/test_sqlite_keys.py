"""Keys that sign callback tokens, when somebody has put newer ones into the file."""

from pathlib import Path

import pytest

from treadle.model.errors import Corrupt
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.key_rotation import SqliteKeyRotation
from treadle.stores.sqlite.migrate import migrate
from treadle.stores.sqlite.rows import new_key
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import at, key

pytestmark = pytest.mark.anyio


async def test_two_newest_keys_are_in_use_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "treadle.db"
    store = SqliteStore.open(path)
    oldest = key("c", at(1))
    await store.callback_keys(oldest)
    later = [key("a", at(3)), key("b", at(3)), key("d", at(2))]
    connection = connect_writer(path)
    for each in later:
        connection.execute(Statements()["insert_callback_key"], new_key(each))
    connection.close()
    assert list(await store.callback_keys(key("fresh", at(9)))) == [later[1], later[0]]
    assert list(await store.views.callback_keys()) == [later[1], later[0]]
    await store.close()


async def test_a_rotation_withdraws_all_but_the_two_newest_keys(tmp_path: Path) -> None:
    path = tmp_path / "treadle.db"
    connection = connect_writer(path)
    migrate(connection)
    for each in (key("a", at(3)), key("b", at(3)), key("d", at(2))):
        connection.execute(Statements()["insert_callback_key"], new_key(each))
    connection.close()
    rotation = SqliteKeyRotation.open(path)
    assert [each.id for each in rotation.all()] == ["b", "a", "d"]
    assert rotation.rotate(key("new", at(9)), at(3)) == key("new", at(9))
    assert list(rotation.all()) == [key("new", at(9)), key("b", at(3))]
    rotation.close()


async def test_a_rotation_that_fails_changes_nothing(tmp_path: Path) -> None:
    rotation = SqliteKeyRotation.open(tmp_path / "treadle.db")
    first = rotation.rotate(key("first", at(1)), None)
    with pytest.raises(Corrupt):
        rotation.rotate(key("first", at(2)), None)
    assert list(rotation.all()) == [first]
    rotation.close()
