"""One process a file: whatever the file is called, and as long as it is called so."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from anyio import to_thread

from treadle.model.errors import Unavailable
from treadle.model.ids import EngineId, ExecutionId
from treadle.ports.commit import CommitResult
from treadle.stores.sqlite.api_keys import SqliteApiKeys
from treadle.stores.sqlite.store import SqliteStore
from treadle.stores.sqlite.views import open_views
from treadle.testing.contracts.commits import EVENTS_EACH, NAMESPACE, following, start

pytestmark = pytest.mark.anyio

OPENING: tuple[Callable[[Path], object], ...] = (SqliteStore.open, SqliteApiKeys.open, open_views)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


async def test_a_link_leads_to_the_same_lock(path: Path) -> None:
    other = path.with_name("link.db")
    other.symlink_to(path)
    store = SqliteStore.open(path)
    with pytest.raises(Unavailable, match=f"process {os.getpid()}") as refused:
        SqliteStore.open(other)
    assert refused.value.code == "store_in_use"
    await store.close()
    second = SqliteStore.open(other)
    with pytest.raises(Unavailable, match="in use"):
        SqliteStore.open(path)
    await second.close()


async def test_a_directory_that_is_a_link_leads_to_the_same_lock(path: Path, tmp_path: Path) -> None:
    (tmp_path / "here").symlink_to(tmp_path, target_is_directory=True)
    store = SqliteStore.open(path)
    with pytest.raises(Unavailable, match="in use"):
        SqliteStore.open(tmp_path / "here" / path.name)
    await store.close()


@pytest.mark.parametrize("opens", OPENING, ids=["store", "keys", "views"])
async def test_a_file_with_two_names_is_refused_under_each(
    path: Path, opens: Callable[[Path], object]
) -> None:
    await SqliteStore.open(path).close()
    other = path.with_name("other.db")
    os.link(path, other)
    for name in (path, other):
        with pytest.raises(Unavailable, match="2 names") as refused:
            opens(name)
        assert refused.value.code == "store_unavailable"
        assert "use a copy" in refused.value.message
    assert not path.with_name("other.db.lock").exists()
    other.unlink()
    await SqliteStore.open(path).close()


async def test_nothing_is_accepted_once_the_lock_keeps_nobody_out(path: Path) -> None:
    store = SqliteStore.open(path)
    path.with_name("treadle.db.lock").unlink()
    second = SqliteStore.open(path)
    for asked in (
        lambda: store.commit([start()]),
        lambda: store.claim(EngineId("e"), ExecutionId("a")),
        store.next_due,
    ):
        with pytest.raises(Unavailable, match=r"treadle\.db\.lock is not the file that was opened"):
            await asked()
    assert list(await second.commit([start()])) == [CommitResult.COMMITTED]
    await store.close()
    await second.close()


@pytest.mark.parametrize("suffix", ["", "-wal"])
async def test_nothing_is_accepted_while_the_file_is_gone(path: Path, suffix: str) -> None:
    store = SqliteStore.open(path)
    await store.commit([start()])
    lost, elsewhere = f"{path}{suffix}", path.with_name("elsewhere")
    os.rename(lost, elsewhere)
    for _ in range(2):
        with pytest.raises(Unavailable, match="deleted, moved or replaced") as refused:
            await store.commit([start("b")])
        assert refused.value.code == "store_unavailable"
    await to_thread.run_sync(Path(lost).touch)  # another file under the same name is none
    with pytest.raises(Unavailable, match="deleted, moved or replaced"):
        await store.commit([start("b")])
    os.rename(elsewhere, lost)
    assert list(await store.commit([following(start())])) == [CommitResult.COMMITTED]
    await store.close()
    again = SqliteStore.open(path)
    found = await again.views.execution(NAMESPACE, start().execution_id)
    assert found is not None
    assert found.version == 2 * EVENTS_EACH
    await again.close()
