"""The REST interface of the server under test, as a caller uses it."""

from typing import Any, Final
from urllib.parse import quote

import aiohttp

END_WAIT_S_MAX: Final = 40
"""How long the server is asked to hold an answer for the end of an execution."""


class Api:
    """Every request has a connection of its own: none is left of a process that was killed."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def define(self, document: dict[str, Any]) -> None:
        """Keep a definition."""
        await self._good("POST", "/v1/definitions", document)

    async def start(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Start, or find what the same key has started."""
        return await self._good("POST", "/v1/executions", body, {"Idempotency-Key": key})

    async def ended(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        """What that start has started, once it has ended or is stuck.

        Raises:
            AssertionError: it has not in time.
        """
        headers = {"Idempotency-Key": key, "Prefer": f"wait={END_WAIT_S_MAX}"}
        status, answer = await self.request("POST", "/v1/executions", body, headers)
        if status == 200:
            return answer
        why = await self.explanation(answer["id"]) if status == 202 else answer
        raise AssertionError(f"{key} has not ended: {status} {why}")

    async def get(self, execution: str, *, at: int | None = None) -> dict[str, Any]:
        """The execution as it is, or as it was after that event."""
        return await self._good("GET", f"/v1/executions/{execution}" + ("" if at is None else f"?at={at}"))

    async def explanation(self, execution: str) -> dict[str, Any]:
        """Why it is not moving."""
        return await self._good("GET", f"/v1/executions/{execution}/explanation")

    async def signal(self, execution: str, name: str, payload: Any) -> None:
        """Send a signal."""
        await self._good("POST", f"/v1/executions/{execution}/signals/{quote(name)}", payload)

    async def act(self, execution: str, act: str, order: dict[str, Any]) -> None:
        """Do to an execution what an operator does."""
        await self._good("POST", f"/v1/executions/{execution}/{act}", order)

    async def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of any answer."""
        given = {} if method == "GET" else {"json": body}
        async with self._session.request(method, f"{self._url}{path}", headers=headers, **given) as response:
            return response.status, await response.json(content_type=None)

    async def _good(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        status, answer = await self.request(method, path, body, headers)
        if status >= 400:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer
