"""Requests of callers, and the kill that comes with one of them."""

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import msgspec

from tests.e2e.mixed.notes import Killed, Kind, Notes
from tests.e2e.server import Server

KEEP_ALIVE_S: Final = 2.0
"""Shorter than the server's: a connection that is used again was not just closed."""
BROKEN: Final = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    body: Any

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        return self.body.get("code", "") if isinstance(self.body, dict) else ""


class Wire:
    """Talks to the process that is ready, and kills it at a moment that is counted, not timed.

    Each request and each answer is a moment, of callers and of the services.
    """

    def __init__(self, server: Server, session: aiohttp.ClientSession, notes: Notes) -> None:
        self.server = server
        self.session = session
        self._notes = notes
        self._killed_generation = 0
        self._moments = 0
        self._pid: int | None = None
        self._under_way: Counter[Kind] = Counter()

    def arm(self, pid: int, moments: int) -> None:
        """Kill that process at the moment of that number from now on."""
        self._pid, self._moments = pid, moments

    def moment(self) -> None:
        """Something happened; this may be the moment of the kill."""
        self._moments -= 1
        if self._pid is not None and self._moments <= 0:
            os.kill(self._pid, signal.SIGKILL)
            self._pid = None
            self._killed_generation = self.server.generation
            self._notes.killed.append(Killed(under_way=dict(+self._under_way)))

    async def address(self) -> str:
        """That of a process which was not killed yet."""
        _, url = await self.server.address(after=self._killed_generation)
        return url

    async def once(
        self, kind: Kind, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        """The answer; None if a kill took it."""
        url = path if path.startswith("http") else f"{await self.address()}{path}"
        given = {} if method == "GET" else {"json": body}
        try:
            async with (
                self.under_way(kind),
                self.session.request(method, url, headers=headers, **given) as response,
            ):
                return Answer(status=response.status, body=await response.json(content_type=None))
        except BROKEN:
            return None

    async def until_answered(
        self, kind: Kind, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The first answer, of this process or of a later one."""
        while (answer := await self.once(kind, method, path, body, headers)) is None:
            self._notes.repeated[kind] += 1
            await self.address()
        return answer

    @asynccontextmanager
    async def under_way(self, kind: Kind) -> AsyncIterator[None]:
        """Around a request and its answer, each of which is a moment."""
        self._under_way[kind] += 1
        self.moment()
        try:
            yield
            self.moment()
        finally:
            self._under_way[kind] -= 1
