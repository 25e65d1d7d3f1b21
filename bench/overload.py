"""What a server with low bounds does when ten times as much is asked of it as it takes."""

import asyncio
import contextlib
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import PIPE
from typing import Final

import aiohttp

from bench.overloading import Overload

REQUESTS_MAX: Final = 16
STARTS_AT_ONCE: Final = REQUESTS_MAX // 2
TENFOLD: Final = 10 * STARTS_AT_ONCE
LIVE_MAX: Final = 100
READY: Final = re.compile(rb"ready on (http\S+)")
MIB: Final = 1_048_576
BOUNDS: Final = {
    "TREADLE_REQUESTS_MAX": str(REQUESTS_MAX),
    "TREADLE_LIVE_MAX": str(LIVE_MAX),
    "TREADLE_LOG_LEVEL": "error",
}


@contextlib.asynccontextmanager
async def low_server(directory: Path) -> AsyncIterator[str]:
    """The URL of a `treadle dev` with these bounds over a new store in `directory`; stopped at the end."""
    store = f"sqlite:///{directory / 'treadle.db'}"
    arguments = ("-m", "treadle.cli.main", "dev", "--port", "0", "--store", store)
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=PIPE, env={**os.environ, **BOUNDS}
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the server's output is not piped")
        found = READY.search(await process.stdout.readline())
        if found is None:
            raise RuntimeError("the server did not start")
        yield found[1].decode()
    finally:
        process.terminate()
        await process.wait()


async def overload(directory: Path, seconds: int) -> None:
    """Ask too much for so many seconds, and print what became of it."""
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            low_server(Path(folder)) as url,
            aiohttp.ClientSession(url, connector=connector) as session,
        ):
            load = Overload(session, callers=TENFOLD, answers_at_once=STARTS_AT_ONCE)
            await load.prepare()
            memory = [await load.resident_bytes()]
            begin = time.perf_counter()
            for end in (begin + seconds / 2, begin + seconds):
                await load.run(lambda _, end=end: time.perf_counter() >= end)  # type: ignore[misc]  # bound here
                memory.append(await load.resident_bytes())
            loaded_s = time.perf_counter() - begin
            counts = await load.ended()
            memory.append(await load.resident_bytes())
            print(report(load, counts, memory, loaded_s, time.perf_counter() - begin - loaded_s))


def report(
    load: Overload, counts: dict[str, int], memory: list[int], loaded_s: float, drained_s: float
) -> str:
    """What became of the load, in lines."""
    before, half, end, after = (f"{size / MIB:.0f}" for size in memory)
    accepted = len(load.accepted)
    lines = (
        f"{TENFOLD} callers for {loaded_s:.0f} s on a server that takes {STARTS_AT_ONCE} starts at once "
        f"and drives {LIVE_MAX} executions",
        f"  accepted {accepted:,} ({accepted / loaded_s:,.0f}/s), refused {dict(load.refused)}",
        f"  answers meanwhile: taken {load.answered:,}, refused {dict(load.unanswered)}",
        f"  in the store {counts}, all ended {drained_s:.1f} s after the load",
        f"  resident MiB: {before} before, {half} at half, {end} at the end, {after} when all had ended",
    )
    return "\n".join(lines)
