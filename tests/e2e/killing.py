"""One run: a server under load is killed at seeded instants, started again each time, and left to end."""

import asyncio
import signal
from pathlib import Path
from random import Random
from typing import Any, Final

import aiohttp
import msgspec

from tests.e2e.evidence import OPEN, Evidence, Reader
from tests.e2e.ledger import read_ledger
from tests.e2e.load import Load
from tests.e2e.processes import SOURCE
from tests.e2e.saga import PROBE, WIDE, documents
from tests.e2e.server import Server, spawn_services
from tests.e2e.services import Kill
from tests.e2e.stored import Stored, read_stored

IN_FLIGHT_MIN: Final = 50
CALLS_MAX: Final = 800
"""A kill comes with one of so many calls after the start of its process: some while it recovers."""
PROBES_MAX: Final = 100
"""What stands still while so many later executions begin and end is never going to end."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is run: `source` is the tree, `seed` decides the instants and the services' answers."""

    seed: str
    kills: int
    source: Path = SOURCE


def store_of(folder: Path) -> Path:
    """The store of a run in that folder."""
    return folder / "kill.db"


async def run_kills(plan: Plan, folder: Path) -> Evidence:
    """Carry the plan out; afterwards no process is left, and the store stays in the folder."""
    ledger = folder / "ledger.jsonl"
    services, services_url = await spawn_services(ledger, plan.seed)
    server = Server(store_of(folder), source=plan.source, keeps_port=True)
    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout()
    try:
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            run = Run(plan, folder, session, server, services_url)
            await run.begin()
            try:
                await run.kill_again_and_again()
                await run.release()
            finally:
                await run.load.end()
            await run.settle()
            executions = await run.reader().all_seen()
        await server.stop()
    finally:
        await server.stop()
        await services.stop()
    return Evidence(
        acknowledged=run.load.acknowledged,
        asked=frozenset(run.load.asked),
        executions=executions,
        ledger=read_ledger(ledger),
        stored=tuple(run.stored),
        at_end=read_stored(store_of(folder), folder / "copy"),
    )


class Run:
    """The parts of a run, while it lasts."""

    def __init__(
        self, plan: Plan, folder: Path, session: aiohttp.ClientSession, server: Server, services: str
    ) -> None:
        self._plan = plan
        self._folder = folder
        self._session = session
        self._server = server
        self._services = services
        self._url = ""
        self._pid = 0
        self.load = Load(server, session, services)
        self.stored: list[Stored] = []

    async def begin(self) -> None:
        """The first process, the definitions, and the callers."""
        self._pid = await self._server.spawn()
        self._url = await self._server.ready()
        for document in documents(self._services):
            await self._post(f"{self._url}/v1/definitions", document)
        self.load.begin()

    async def kill_again_and_again(self) -> None:
        """Every kill of the plan, each followed by the next process; the last of them is ready."""
        instants = Random(self._plan.seed)
        for _ in range(self._plan.kills):
            await self._kill(instants.randint(1, CALLS_MAX))
            self.stored.append(read_stored(store_of(self._folder), self._folder / "copy"))
            self._pid = await self._server.spawn()
        self._url = await self._server.ready()

    async def release(self) -> None:
        """Let the services hold no call any more."""
        await self._post(f"{self._services}/control/release", {})

    async def settle(self) -> None:
        """Return when every execution has ended, or when those left stand still."""
        before: dict[str, int] = {}
        signalled: set[str] = set()
        still = 0
        while still < PROBES_MAX:
            listed = await self.reader().listed(*OPEN)
            left = {told.id: told.version for told in listed}
            if not left:
                return
            still = still + 1 if left == before else 0
            before = left
            tours = {told.id for told in listed if told.definition.name == WIDE}
            await self._signal(tours - signalled)
            signalled |= tours
            await self._probe()

    async def _signal(self, tours: set[str]) -> None:
        """Send the signals that callers still owed when they stopped."""
        for execution in tours:
            await self.load.signal(execution)

    def reader(self) -> Reader:
        """Reads from the present process."""
        return Reader(self._session, self._url)

    async def _kill(self, after: int) -> None:
        """Return when the services have killed the process with the call of that number."""
        kill = msgspec.to_builtins(Kill(pid=self._pid, after=after, in_flight_min=IN_FLIGHT_MIN))
        loop = asyncio.get_running_loop()
        killed = loop.create_task(self._post(f"{self._services}/control/kill", kill))
        gone = loop.create_task(self._server.gone())
        try:
            done, _ = await asyncio.wait({gone, *self.load.callers}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if gone.result() != -signal.SIGKILL:
                raise AssertionError(f"the server ended by itself: {gone.result()}\n{self._server.said()}")
            await killed
        finally:
            killed.cancel()
            gone.cancel()

    async def _probe(self) -> None:
        """One more execution, from its start to its end."""
        url = f"{self._url}/v1/executions"
        while await self._post(url, {"definition": PROBE}, {"Prefer": "wait=60"}) != 200:
            pass

    async def _post(self, url: str, body: Any, headers: dict[str, str] | None = None) -> int:
        async with self._session.post(url, json=body, headers=headers) as response:
            if response.status >= 400:
                raise AssertionError(f"POST {url}: {response.status} {await response.text()}")
            return response.status
