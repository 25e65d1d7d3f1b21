"""A page of the file is damaged: what stands elsewhere is claimed, and nothing is looked for without end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.contracts.commits import ENGINE, at, columns, following, start

pytestmark = pytest.mark.anyio
MANY = 60
PAGE_BYTES = 4_096
STATE_BYTES = 1_000


def state_of(name: str) -> bytes:
    """A snapshot that is found again in the file."""
    return f"<{name}>".encode().ljust(STATE_BYTES, b".")


@pytest.fixture
async def damaged(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """A store of executions that are due, whose page with the snapshot of the 30th is garbage."""
    path = tmp_path / "treadle.db"
    store = SqliteStore.open(path)
    await store.register_engine(ENGINE, at(0))
    firsts = [start(f"e{index:02}") for index in range(MANY)]
    released = columns(due_at=at(5))
    await store.commit(firsts)
    await store.commit(
        [
            following(first, snapshot=state_of(first.execution_id), listed=released, is_release=True)
            for first in firsts
        ]
    )
    await store.close()
    content = bytearray(path.read_bytes())
    page = content.index(state_of("e30")) // PAGE_BYTES
    content[page * PAGE_BYTES : (page + 1) * PAGE_BYTES] = b"\xa5" * PAGE_BYTES
    path.write_bytes(content)
    opened = SqliteStore.open(path)
    yield opened
    await opened.close()


@pytest.mark.parametrize("bytes_max", [None, 1_000_000])
async def test_what_can_be_read_is_claimed_and_what_cannot_is_not_due_any_more(
    damaged: SqliteStore, bytes_max: int | None
) -> None:
    await damaged.register_engine(ENGINE, at(6))
    with capture_logs() as lines:
        claimed = await damaged.claim_due(ENGINE, at(6), 100, bytes_max)
    names = {one.state.execution_id for one in claimed}
    told = {line["execution"] for line in lines}
    assert "e30" in told
    assert names | told == {f"e{index:02}" for index in range(MANY)}
    assert not names & told
    assert len(told) <= PAGE_BYTES // STATE_BYTES + 1
    assert await damaged.next_due() is None
    assert await damaged.claim_due(ENGINE, at(6), 100) == []


async def test_the_bytes_of_a_claim_hold_beside_a_damaged_page(damaged: SqliteStore) -> None:
    await damaged.register_engine(ENGINE, at(6))
    claimed = await damaged.claim_due(ENGINE, at(6), 100, 5 * STATE_BYTES)
    assert 1 <= len(claimed) <= 6
