"""The server under test as a process: started on a store, killed by somebody else, started again."""

import asyncio
import re
import socket
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Final

from tests.e2e.processes import ROOT, SOURCE, Ended, Process

READY: Final = re.compile(r"ready on (http://127\.0\.0\.1:\d+)")
KEPT_PORTS: Final = range(20_000, 30_000)
"""The system gives none of these to those who ask for any."""
SERVICES_READY: Final = re.compile(r"services on (http://127\.0\.0\.1:\d+)")


class Server:
    """One after another, processes over the same store; `generation` counts those that became ready.

    `source` is the tree that they run. With `keeps_port` all of them listen at one port: who was given an
    address by an earlier process finds the next.
    """

    def __init__(self, store: Path, *, source: Path = SOURCE, keeps_port: bool = False) -> None:
        self._store = store
        self._port = kept_port() if keeps_port else 0
        self._environment = {"PYTHONPATH": str(source)}
        self._log = store.with_suffix(".log")
        self._process: Process | None = None
        self._announced: asyncio.Task[str] | None = None
        self._url: str | None = None
        self._changed = asyncio.Condition()
        self.generation = 0

    async def spawn(self) -> int:
        """Begin the next process; its pid."""
        listening = ("--port", str(self._port), "--store", store_url(self._store))
        arguments = ("-m", "treadle.cli.main", "dev", *listening)
        self._process = await Process.spawn(arguments, self._log, self._environment)
        self._announced = asyncio.get_running_loop().create_task(self._announce(self._process))
        return self._process.pid

    async def ready(self) -> str:
        """The address of the process that was begun.

        Raises:
            Ended: it was gone before it was ready.
        """
        if self._announced is None:
            raise RuntimeError("spawn it first")
        return await self._announced

    async def gone(self) -> int:
        """The exit code of the process that was begun, once it is gone."""
        if self._process is None or self._announced is None:
            raise RuntimeError("spawn it first")
        await asyncio.wait({self._announced})
        code = await self._process.ended()
        self._url = None
        # A process that was killed while it recovered never was ready.
        if not isinstance(self._announced.exception(), Ended | None):
            await self._announced
        return code

    async def address(self, *, after: int = 0) -> tuple[int, str]:
        """Generation and address of the first ready process after that generation."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.generation > after and self._url is not None)
            return self.generation, self._url or ""

    async def stop(self) -> None:
        """End the process and await that."""
        if self._process is not None:
            await self._process.stop()
            await self.gone()

    def said(self) -> str:
        """The end of what all processes printed."""
        return self._log.read_text()[-4_000:]

    async def _announce(self, process: Process) -> str:
        url = await process.address(READY)
        async with self._changed:
            self._url = url
            self.generation += 1
            self._changed.notify_all()
        return url


def kept_port() -> int:
    """A free port that is still free when a process that listened at it is gone."""
    for port in Random().sample(KEPT_PORTS, len(KEPT_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("every port that could be kept is taken")


async def spawn_services(ledger: Path, seed: str) -> tuple[Process, str]:
    """The stub services, and their address."""
    arguments = ("-m", "tests.e2e.services", "--ledger", str(ledger), "--seed", seed)
    process = await Process.spawn(arguments, ledger.with_suffix(".log"), {})
    return process, await process.address(SERVICES_READY)


def store_url(store: Path) -> str:
    """As `--store` takes it."""
    return f"sqlite:///{store}"


def verify(store: Path) -> subprocess.CompletedProcess[str]:
    """What `treadle verify` says of a store that no process has."""
    return subprocess.run(
        [sys.executable, "-m", "treadle.cli.main", "verify", "--store", store_url(store)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
