"""One run: a server under mixed load is killed again and again, started each time, and left to end."""

import asyncio
import signal
import subprocess
from pathlib import Path
from random import Random
from typing import Final

import aiohttp
import msgspec

from tests.e2e.evidence import OPEN, Reader, Seen
from tests.e2e.mixed.callers import Callers
from tests.e2e.mixed.documents import ERRAND, GO, NOTE, PROBE, errand, probe
from tests.e2e.mixed.followers import Followers
from tests.e2e.mixed.notes import Kind, Notes
from tests.e2e.mixed.services import Services
from tests.e2e.mixed.wire import KEEP_ALIVE_S, Wire
from tests.e2e.processes import SOURCE
from tests.e2e.server import Server, verify

MOMENTS_MAX: Final = 800
"""A kill comes with one of so many requests and answers after the start of its process."""
EARLY_MOMENTS_MAX: Final = 3
EARLY_SHARE: Final = 0.15
"""So many kills come while the process recovers, or just after."""
PROBES_MAX: Final = 100
"""What stands still while so many later executions begin and end is never going to end."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is run: `source` is the tree, `seed` decides the kills and what callers do."""

    seed: str
    kills: int
    source: Path = SOURCE


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known at the end.

    `again` has what each keyed start is answered with when it is repeated at the end, `digests` the digest of
    each version that was kept; None is no such thing.
    """

    notes: Notes
    executions: dict[str, Seen]
    again: dict[str, str | None]
    digests: dict[str, str | None]
    verified: subprocess.CompletedProcess[str]


async def run_mixed(plan: Plan, folder: Path) -> Evidence:
    """Carry the plan out; afterwards no process is left, and the store stays in the folder."""
    store = folder / "mixed.db"
    server = Server(store, source=plan.source, keeps_port=True)
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout()) as session:
        run = Run(plan, server, session)
        try:
            await run.begin()
            await run.kill_again_and_again()
            await run.settle()
            executions = await run.reader().all_seen()
            again, digests = await run.started_again(), await run.digests()
        finally:
            await run.stop()
            await server.stop()
    return Evidence(
        notes=run.notes, executions=executions, again=again, digests=digests, verified=verify(store)
    )


class Run:
    """The parts of a run, while it lasts."""

    def __init__(self, plan: Plan, server: Server, session: aiohttp.ClientSession) -> None:
        self._plan = plan
        self._server = server
        self._session = session
        self._url = ""
        self.notes = Notes()
        self._wire = Wire(server, session, self.notes)
        self._services = Services(self._wire, self.notes)
        self._followers = Followers(self._wire, self.notes, plan.seed)
        self._callers: Callers | None = None

    async def begin(self) -> None:
        """The services, the first process, the definitions, and the callers."""
        await self._services.start()
        self._pid = await self._server.spawn()
        self._url = await self._server.ready()
        for document in (errand(self._services.url), probe(self._services.url)):
            await self._good("POST", "/v1/definitions", document)
        self._callers = Callers(self._wire, self._followers, self.notes, self._services.url, self._plan.seed)
        self._callers.begin()

    async def kill_again_and_again(self) -> None:
        """Every kill of the plan, each followed by the next process; the last of them is ready."""
        draw = Random(self._plan.seed)
        for _ in range(self._plan.kills):
            is_early = draw.random() < EARLY_SHARE
            await self._kill(draw.randint(1, EARLY_MOMENTS_MAX if is_early else MOMENTS_MAX))
            self._pid = await self._server.spawn()
        self._url = await self._server.ready()

    async def settle(self) -> None:
        """Return when every execution has ended, or when those left stand still."""
        await self._end_callers()
        before: dict[str, int] = {}
        still = 0
        while still < PROBES_MAX:
            listed = await self.reader().listed(*OPEN)
            left = {told.id: told.version for told in listed}
            if not left:
                break
            still = still + 1 if left == before else 0
            before = left
            for told in listed:
                await self._let_go(told.id, told.status)
            await self._post("/v1/executions", {"definition": PROBE}, {"Prefer": "wait=60"})
        else:
            return
        await self._services.settled()
        await asyncio.gather(*self._followers.tasks)

    async def started_again(self) -> dict[str, str | None]:
        """By key, the execution that the same start is answered with now."""
        return {
            one.key: (
                await self._post(
                    "/v1/executions",
                    {"definition": f"{ERRAND}@1", "business_key": one.order, "input": one.input},
                    {"Idempotency-Key": one.key},
                )
            ).get("id")
            for one in self.notes.started
            if one.key is not None
        }

    async def digests(self) -> dict[str, str | None]:
        """By version, what is kept now."""
        found: dict[str, str | None] = {}
        for one in self.notes.defined:
            async with self._session.get(f"{self._url}/v1/definitions/{ERRAND}/{one.version}") as response:
                found[one.version] = (await response.json(content_type=None)).get("digest")
        return found

    async def stop(self) -> None:
        """End everything but the server."""
        for task in self._followers.tasks:
            task.cancel()
        await self._services.stop()

    def reader(self) -> Reader:
        """Reads from the present process."""
        return Reader(self._session, self._url)

    async def _end_callers(self) -> None:
        if self._callers is not None:
            await self._callers.end()

    async def _let_go(self, execution: str, status: str) -> None:
        """Give it what it may wait for; what it has already changes nothing for it."""
        if status == "paused":
            await self._post(f"/v1/executions/{execution}/resume", {})
        for name in (NOTE, GO):
            key = {"Idempotency-Key": f"let go {name}"}
            await self._post(f"/v1/executions/{execution}/signals/{name}", "let go", key)

    async def _kill(self, moments: int) -> None:
        """Return when the process is killed, at the moment of that number."""
        self._wire.arm(self._pid, moments)
        gone = asyncio.get_running_loop().create_task(self._server.gone())
        callers = self._callers.tasks if self._callers is not None else []
        try:
            done, _ = await asyncio.wait({gone, *callers}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            if gone.result() != -signal.SIGKILL:
                raise AssertionError(f"the server ended by itself: {gone.result()}\n{self._server.said()}")
        finally:
            gone.cancel()

    async def _good(self, method: str, path: str, body: object) -> None:
        answer = await self._wire.until_answered(Kind.DEFINITION, method, path, body)
        if not answer.is_good:
            raise AssertionError(f"{method} {path}: {answer}")

    async def _post(
        self, path: str, body: object, headers: dict[str, str] | None = None
    ) -> dict[str, str | None]:
        async with self._session.post(f"{self._url}{path}", json=body, headers=headers) as response:
            answered: dict[str, str | None] = await response.json(content_type=None)
            return answered
