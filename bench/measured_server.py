"""A server in a process of its own: what it answers, and what it takes of the machine."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import msgspec

from bench.starting import Load
from treadle.model.json import Json
from treadle.runtime.clocks import SystemClock

CONNECTIONS: Final = 100
LOOK_MS: Final = 20
TICKS_S: Final = os.sysconf("SC_CLK_TCK")
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
TIMES: Final = slice(11, 13)
"""Where `/proc/<pid>/stat` has the ticks in user and system mode, behind the name."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """CPU seconds that a server has used: all of its threads, and that of its event loop alone."""

    all_s: float
    loop_s: float


class MeasuredServer:
    """`ready_s` is how long it took from its first instruction until `/readyz` said 200."""

    def __init__(
        self, process: asyncio.subprocess.Process, session: aiohttp.ClientSession, url: str, ready_s: float
    ) -> None:
        self._process = process
        self._session = session
        self._clock = SystemClock()
        self.url = url
        self.ready_s = ready_s

    def rss_mb(self) -> float:
        """Resident memory."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * PAGE_BYTES / 1e6

    def cost(self) -> Cost:
        """What it has used up to now."""
        folder = Path(f"/proc/{self._process.pid}")
        loop = folder / "task" / str(self._process.pid) / "stat"
        return Cost(all_s=_cpu_s(folder / "stat"), loop_s=_cpu_s(loop))

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Json:
        """The body of an answer, which has to be 200."""
        async with self._session.get(path, params=query) as answer:
            body = msgspec.json.decode(await answer.read())
            if answer.status != 200:
                raise RuntimeError(f"{path} was answered {answer.status}: {body}")
            return body

    async def define(self, document: Json) -> None:
        """Keep a definition."""
        async with self._session.post("/v1/definitions", json=document) as answer:
            if answer.status not in (200, 201):
                raise RuntimeError(f"the definition was answered {answer.status}")

    async def load(
        self, definition: str, count: int, *, connections: int = CONNECTIONS, wait_s: int | None = None
    ) -> Load:
        """Have executions started by another process."""
        waits = () if wait_s is None else (str(wait_s),)
        arguments = (self.url, definition, str(count), str(connections), *waits)
        generator = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.starting", *arguments, stdout=subprocess.PIPE
        )
        output, _ = await generator.communicate()
        if generator.returncode != 0:
            raise RuntimeError(f"the process that starts executions ended with {generator.returncode}")
        return msgspec.json.decode(output, type=Load)

    async def until_completed(self, count: int) -> None:
        """Return when so many executions have completed."""
        while (await self.get("/v1/executions/counts"))["by_status"].get("completed", 0) < count:
            await self._clock.sleep(LOOK_MS)

    def kill(self) -> None:
        """End it at once."""
        self._process.send_signal(signal.SIGKILL)


@asynccontextmanager
async def serving(store: Path) -> AsyncIterator[MeasuredServer]:
    """A server over the store at that path, once it is ready; stopped at the end."""
    begin = time.perf_counter()
    store_url = f"sqlite:///{store}"
    options = (
        "--port",
        "0",
        "--store",
        store_url,
        "--app",
        "bench.noop_app:registry",
        "--log-level",
        "error",
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "treadle.cli.main", "dev", *options, stdout=subprocess.PIPE
    )
    if process.stdout is None:
        raise RuntimeError("the server has no output")
    try:
        url = (await process.stdout.readline()).decode().removeprefix("ready on ").strip()
        async with aiohttp.ClientSession(url) as session:
            async with session.get("/readyz") as answer:
                if answer.status != 200:
                    raise RuntimeError(f"the server is not ready: {await answer.text()}")
            yield MeasuredServer(process, session, url, time.perf_counter() - begin)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _cpu_s(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return sum(map(int, fields[TIMES])) / TICKS_S
