"""The two things that are asked: the REST API of the server, and the ledger of the services."""

from pathlib import Path
from typing import Any, Final

import aiohttp

from examples.checkout.processes import ServerProcess

TERMINAL: Final = frozenset({"completed", "failed", "cancelled", "terminated"})
WAIT_S: Final = 10
DEFINITION: Final = Path(__file__).with_name("checkout.yaml")


class Refused(Exception):
    """The API said no; the message is its problem document."""


class Api:
    """The part of the REST API that a shop needs."""

    def __init__(self, session: aiohttp.ClientSession, server: ServerProcess) -> None:
        self._session = session
        self._server = server

    async def put_definition(self) -> dict[str, Any]:
        """Store checkout.yaml; the same document again is fine."""
        return await self._call(
            "POST",
            "/v1/definitions",
            data=DEFINITION.read_bytes(),
            headers={"Content-Type": "application/yaml"},
        )

    async def start(self, order: dict[str, Any], *, wait_s: int) -> dict[str, Any]:
        """The execution of an order: as it ended, or as it is after `wait_s` seconds."""
        return await self._call(
            "POST",
            "/v1/executions",
            json={"definition": "checkout", "business_key": order["order_id"], "input": order},
            headers={"Prefer": f"wait={wait_s}"} if wait_s else {},
        )

    async def execution(self, execution_id: str) -> dict[str, Any]:
        return await self._call("GET", f"/v1/executions/{execution_id}")

    async def history(self, execution_id: str) -> list[dict[str, Any]]:
        page = await self._call("GET", f"/v1/executions/{execution_id}/history?limit=500")
        items: list[dict[str, Any]] = page["items"]
        return items

    async def ended(self, execution_id: str) -> dict[str, Any]:
        """The execution once it has ended, however long that takes, as long as the server lives."""
        while (found := await self.execution(execution_id))["status"] not in TERMINAL | {"stuck"}:
            await self._server.pause()
        return found

    async def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        async with self._session.request(method, self._server.url + path, **request) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            if response.status >= 400:
                raise Refused(f"{method} {path}: {response.status} {answer}")
            return answer


class LedgerClient:
    """What the services received, as they tell it."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def calls(self, order_id: str, path: str = "", count: int = 0) -> list[dict[str, Any]]:
        """The calls for an order, once there are `count` of them."""
        query = {"order_id": order_id, "count": str(count), "wait": "30"} | ({"path": path} if path else {})
        async with self._session.get(f"{self._url}/calls", params=query) as response:
            calls: list[dict[str, Any]] = await response.json()
            return calls

    async def totals(self) -> dict[str, Any]:
        async with self._session.get(f"{self._url}/totals") as response:
            totals: dict[str, Any] = await response.json()
            return totals

    async def hold(self, order_id: str, path: str) -> None:
        async with self._session.put(f"{self._url}/holds/{order_id}{path}") as response:
            response.raise_for_status()

    async def let_go(self, order_id: str, path: str) -> None:
        async with self._session.delete(f"{self._url}/holds/{order_id}{path}") as response:
            response.raise_for_status()
