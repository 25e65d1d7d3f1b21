"""Keys that sign callback tokens, when somebody has put newer ones into the file."""

from pathlib import Path

import pytest

from treadle.stores.sqlite.connections import connect_writer
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
    await store.close()
