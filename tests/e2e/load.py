"""Callers that start sagas without a pause and remember each one that was acknowledged."""

import asyncio
from itertools import count
from typing import Any, Final

import aiohttp

from tests.e2e.saga import LONG, SHORT, SIGNAL, WIDE
from tests.e2e.server import Server

CALLERS: Final = 120
"""More than a service holds at most, so that there is always a further call to let the oldest go."""
SAGAS: Final = (LONG, SHORT, WIDE)


class Load:
    """Each caller starts a saga, sends its signal, waits until its hook is called, and starts the next.

    A start that was not answered is repeated under the same Idempotency-Key with the next server.
    """

    def __init__(self, server: Server, session: aiohttp.ClientSession, services: str) -> None:
        self._server = server
        self._session = session
        self._services = services
        self._orders = count(1)
        self.callers: list[asyncio.Task[None]] = []
        """None of them ends by itself, unless it fails."""
        self.acknowledged: dict[str, str] = {}
        """Execution ids by order."""
        self.asked: set[str] = set()
        """Every order that was posted at least once."""

    def begin(self) -> None:
        """Let the callers go to work."""
        loop = asyncio.get_running_loop()
        self.callers = [
            loop.create_task(self._call(SAGAS[n % len(SAGAS)]), name=f"caller {n}") for n in range(CALLERS)
        ]

    async def end(self) -> None:
        """Let each caller stop where it is: signals that it owes are for `signal` to send.

        Raises:
            AssertionError: a caller had failed.
        """
        for caller in self.callers:
            caller.cancel()
        for end in await asyncio.gather(*self.callers, return_exceptions=True):
            if isinstance(end, Exception):
                raise end

    async def _call(self, definition: str) -> None:
        while True:
            execution = await self._start(definition, next(self._orders))
            if definition == WIDE:
                await self._until("reached", execution)
                await self.signal(execution)
            await self._until("ended", execution)

    async def signal(self, execution: str) -> None:
        """One that comes twice is kept, and nobody takes it; one for what has ended is refused."""
        status, answer = await self._post(f"/v1/executions/{execution}/signals/{SIGNAL}", execution, {})
        if status != 202 and answer.get("code") != "execution_ended":
            raise AssertionError(f"a signal is refused: {status} {answer}")

    async def _until(self, place: str, execution: str) -> None:
        async with self._session.get(f"{self._services}/control/{place}/{execution}") as response:
            response.raise_for_status()

    async def _start(self, definition: str, number: int) -> str:
        order = f"order-{number}"
        body = {
            "definition": definition,
            "business_key": order,
            "input": {"order": order, "express": number % 3 == 0},
        }
        self.asked.add(order)
        status, answer = await self._post("/v1/executions", body, {"Idempotency-Key": order})
        if status not in (200, 202):
            raise AssertionError(f"a start is refused: {status} {answer}")
        self.acknowledged[order] = answer["id"]
        return str(answer["id"])

    async def _post(self, path: str, body: object, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body of the first answer, of this server or of a later one."""
        generation = 0
        while True:
            generation, url = await self._server.address(after=generation)
            try:
                async with self._session.post(f"{url}{path}", json=body, headers=headers) as response:
                    return response.status, await response.json()
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
                continue
