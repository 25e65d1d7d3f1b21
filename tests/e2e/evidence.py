"""All that is known after a run of kills: by the callers, the services, the stores and the API."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import msgspec

from tests.e2e.ledger import Ledger
from tests.e2e.stored import Stored

READERS: Final = 16
PAGE: Final = 500
TERMINAL: Final = ("completed", "failed", "cancelled", "terminated")
OPEN: Final = ("pending", "running", "waiting", "compensating", "paused", "stuck")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a history, as the API tells it."""

    seq: int
    type: str
    path: str | None = None
    attempt: int | None = None
    data: dict[str, Any] = {}
    at: str = ""
    actor: str = ""
    reason: str | None = None


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Which definition an execution runs."""

    name: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One execution as the API tells it, without its history."""

    id: str
    definition: Named
    status: str
    version: int
    business_key: str | None = None
    input: Any = None
    output: Any = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One execution with its whole history."""

    told: Told
    history: tuple[Item, ...]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """`stored` has one entry for each kill, `at_end` is the store after the last server was stopped."""

    acknowledged: dict[str, str]
    asked: frozenset[str]
    executions: dict[str, Seen]
    ledger: Ledger
    stored: tuple[Stored, ...]
    at_end: Stored


class _Page(msgspec.Struct, kw_only=True):
    items: list[Told]
    next: str | None = None


class _HistoryPage(msgspec.Struct, kw_only=True):
    items: list[Item]
    next: str | None = None


class Reader:
    """Reads executions from a server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def listed(self, *statuses: str) -> list[Told]:
        """All executions, or those of these statuses."""
        return [told async for told in self._pages([("status", status) for status in statuses])]

    async def all_seen(self) -> dict[str, Seen]:
        """Every execution that the server knows, by id."""
        gate = asyncio.Semaphore(READERS)

        async def read(execution: str) -> Seen:
            async with gate:
                told = msgspec.json.decode(await self._get(f"/v1/executions/{execution}"), type=Told)
                return Seen(told=told, history=await self.history(execution))

        seen = await asyncio.gather(*[read(told.id) for told in await self.listed()])
        return {one.told.id: one for one in seen}

    async def _pages(self, filters: list[tuple[str, str]]) -> AsyncIterator[Told]:
        cursor: list[tuple[str, str]] = []
        while True:
            query = [*filters, *cursor, ("limit", str(PAGE))]
            page = msgspec.json.decode(await self._get("/v1/executions", query), type=_Page)
            for told in page.items:
                yield told
            if page.next is None:
                return
            cursor = [("cursor", page.next)]

    async def history(self, execution: str) -> tuple[Item, ...]:
        items: list[Item] = []
        while True:
            after = str(items[-1].seq if items else 0)
            query = [("after", after), ("limit", str(PAGE))]
            page = msgspec.json.decode(
                await self._get(f"/v1/executions/{execution}/history", query), type=_HistoryPage
            )
            items += page.items
            if page.next is None:
                return tuple(items)

    async def _get(self, path: str, query: list[tuple[str, str]] | None = None) -> bytes:
        async with self._session.get(f"{self._url}{path}", params=query) as response:
            body = await response.read()
            if response.status != 200:
                raise AssertionError(f"GET {path}: {response.status} {body.decode()}")
            return body
