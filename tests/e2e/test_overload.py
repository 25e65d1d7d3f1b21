"""A server of which ten times as much is asked as it takes: it keeps its promises, its manners and its size.

The same by the clock, for longer: `python -m bench overload --seconds 30`.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from bench.overloading import Overload
from tests.e2e.processes import Process
from tests.e2e.server import READY, store_url, verify

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
REQUESTS_MAX: Final = 8
STARTS_AT_ONCE: Final = REQUESTS_MAX // 2
TENFOLD: Final = 10 * STARTS_AT_ONCE
LIVE_MAX: Final = 20
STARTS: Final = 6_000
"""How many are asked for, accepted or not."""
SECOND_HALF_BYTES_MAX: Final = 16 * 1_024 * 1_024
"""What the second half of the run may add to the memory of the server. Pages of the store are kept in memory,
so some is added by what is accepted; 6 KB for each request that is refused would be noticed."""
BOUNDS: Final = {
    "TREADLE_REQUESTS_MAX": str(REQUESTS_MAX),
    "TREADLE_LIVE_MAX": str(LIVE_MAX),
    "TREADLE_LOG_LEVEL": "warning",
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "treadle.db"


@pytest.fixture
async def session(store: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """With a server of low bounds, on as many connections as there are callers."""
    arguments = ("-m", "treadle.cli.main", "dev", "--port", "0", "--store", store_url(store))
    process = await Process.spawn(arguments, store.with_suffix(".log"), BOUNDS)
    try:
        url = await process.address(READY)
        async with aiohttp.ClientSession(url, connector=aiohttp.TCPConnector(limit=0)) as made:
            yield made
    finally:
        await process.stop()


@pytest.fixture
async def load(session: aiohttp.ClientSession) -> Overload:
    made = Overload(session, callers=TENFOLD, answers_at_once=STARTS_AT_ONCE)
    await made.prepare()
    return made


async def test_what_is_accepted_ends_and_what_is_refused_was_never_there(load: Overload, store: Path) -> None:
    await load.run(lambda asked: asked >= STARTS // 2)
    at_half = await load.resident_bytes()
    await load.run(lambda asked: asked >= STARTS)
    grown = await load.resident_bytes() - at_half
    assert set(load.refused) == {"overloaded"}
    assert len(load.accepted) + load.refused.total() == load.asked >= STARTS
    assert load.refused["overloaded"] > STARTS // 20
    assert len(set(load.accepted)) == len(load.accepted) > 0
    assert (load.answered > 0, dict(load.unanswered)) == (True, {})
    assert await load.ended() == {"completed": len(load.accepted)}
    assert grown < SECOND_HALF_BYTES_MAX
    # One line for many: a server that is overloaded does not write a line for each that it refuses.
    lines = store.with_suffix(".log").read_text().splitlines()
    assert 0 < sum("requests put off" in line for line in lines) < load.refused.total() // 10
    assert verify(store).returncode == 0
