"""Callers that start sagas without a pause and remember each one that was acknowledged."""

import asyncio
from itertools import count
from typing import Final

import aiohttp

from tests.e2e.saga import LONG, SHORT
from tests.e2e.server import Server

CALLERS: Final = 120
"""More than a service holds at most, so that there is always a further call to let the oldest go."""


class Load:
    """Each caller starts a saga, waits until its hook is called, and starts the next.

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
            loop.create_task(self._call(SHORT if n % 2 else LONG), name=f"caller {n}") for n in range(CALLERS)
        ]

    async def end(self) -> None:
        """Let each caller stop where it is.

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
            async with self._session.get(f"{self._services}/control/ended/{execution}") as response:
                response.raise_for_status()

    async def _start(self, definition: str, number: int) -> str:
        order = f"order-{number}"
        body = {
            "definition": definition,
            "business_key": order,
            "input": {"order": order, "express": number % 3 == 0},
        }
        self.asked.add(order)
        generation = 0
        while True:
            generation, url = await self._server.address(after=generation)
            try:
                posted = self._session.post(
                    f"{url}/v1/executions", json=body, headers={"Idempotency-Key": order}
                )
                async with posted as response:
                    answer = await response.json()
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
                continue
            if response.status not in (200, 202):
                raise AssertionError(f"a start is refused: {response.status} {answer}")
            self.acknowledged[order] = answer["id"]
            return str(answer["id"])
