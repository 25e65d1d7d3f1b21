"""What one scenario acts on while it runs."""

from collections.abc import Callable
from typing import Any, Final

from tests.e2e.kinds.api import Api
from tests.e2e.kinds.services import Services

TRIES_MAX: Final = 3_000
"""What is not so after so many looks is not going to be."""


class Stage:
    """One execution, its services, and the server that runs now."""

    def __init__(self, scenario: str, services: Services, start: dict[str, Any]) -> None:
        self.scenario = scenario
        self.services = services
        self._start = start
        self._api: Api | None = None
        self.execution = ""

    @property
    def api(self) -> Api:
        """That of the present process."""
        if self._api is None:
            raise RuntimeError("there is no server yet")
        return self._api

    def meet(self, api: Api) -> None:
        """From now on this process is the server."""
        self._api = api

    async def begin(self) -> None:
        """Start the execution."""
        self.execution = (await self.api.start(self._start, self.scenario))["id"]

    async def ended(self) -> dict[str, Any]:
        """The execution once it has ended, or is stuck."""
        return await self.api.ended(self._start, self.scenario)

    async def until(self, holds: Callable[[dict[str, Any]], bool], execution: str | None = None) -> None:
        """Return when that is so of the execution, or of another one.

        Raises:
            AssertionError: it is not so after TRIES_MAX looks.
        """
        told: dict[str, Any] = {}
        for _ in range(TRIES_MAX):
            told = await self.api.get(execution or self.execution)
            if holds(told):
                return
        raise AssertionError(f"{self.scenario} stays as it is: {told}")

    async def arrived(self, service: str, path: str, times: int) -> None:
        """Return when so many calls have come to the service for that path."""
        await self.services.arrived(f"{self.scenario}/{service}", path, times)

    def let_go(self, service: str, path: str) -> None:
        """Hold the calls of that path no longer."""
        self.services.let_go(f"{self.scenario}/{service}", path)

    async def call_back(self, service: str, path: str, body: Any, call: int) -> tuple[int, Any]:
        """Let the service answer at the URL that came with that call."""
        return await self.services.call_back(f"{self.scenario}/{service}", path, body, call)
