"""Starting, killing and stopping the services and the server as processes of their own."""

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path
from typing import Final

import aiohttp

ROOT: Final = Path(__file__).resolve().parents[2]
START_S_MAX: Final = 30.0
STOP_S_MAX: Final = 15.0
ASK_AGAIN_S: Final = 0.05
LOG_LINES_SHOWN: Final = 20


class NotRunning(Exception):
    """A process did not start, or ended by itself; the message holds the end of what it printed."""


class ServicesProcess:
    """The shop's services; `ports` by name once they are started."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self.ports: dict[str, int] = {}

    @property
    def ledger_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['ledger']}"

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "examples.checkout.services", "--port", "0", *self._arguments,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        async with asyncio.timeout(START_S_MAX):
            line = await self._process.stdout.readline()
        if not line:
            raise NotRunning("the services ended before they printed their ports")
        self.ports = json.loads(line)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await _wait_or_kill(self._process)


class ServerProcess:
    """`treadle dev` over a SQLite file in `folder`; started again it goes on with what it finds there."""

    def __init__(self, folder: Path) -> None:
        self._store = folder / "demo.db"
        self._log = folder / "server.log"
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    async def start(self) -> None:
        """Return when it answers that it is ready."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "treadle.cli.main", "dev",
                "--port", str(self._port), "--store", f"sqlite:///{self._store}",
                cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            async with asyncio.timeout(START_S_MAX), aiohttp.ClientSession() as session:
                while not await self._is_ready(session):
                    await self.pause()
        except TimeoutError:
            raise NotRunning(f"not ready after {START_S_MAX:.0f} s{self._log_end()}") from None

    async def pause(self) -> None:
        """A short while, cut short by the end of the process.

        Raises:
            NotRunning: it has ended.
        """
        assert self._process is not None
        ending = asyncio.ensure_future(self._process.wait())
        try:
            await asyncio.wait((ending,), timeout=ASK_AGAIN_S)
        finally:
            ending.cancel()
        if self._process.returncode is not None:
            raise NotRunning(f"the server ended with {self._process.returncode}{self._log_end()}")

    async def kill(self) -> int:
        """SIGKILL: no time to write anything. Returns the exit code once it is gone."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        return await self._process.wait()

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await _wait_or_kill(self._process)

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/readyz") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    def _log_end(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        return "".join(f"\n  {line}" for line in lines)


async def _wait_or_kill(process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(STOP_S_MAX):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
