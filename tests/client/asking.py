"""Both clients asked in one way, so that one table of cases is for both."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any, Final, Literal

from treadle.client import AsyncClient, Client, Limits

Kind = Literal["async", "sync"]
KINDS: Final[tuple[Kind, ...]] = ("async", "sync")
AT_ONCE: Final = Limits(back_off_s=0.001, back_off_s_max=0.002, answer_s=20, quiet_s=20)
"""Nothing is waited for in a test."""


class Asked:
    """`call` makes a call, `take` reads some of a list; the sync client is used in a thread of its own."""

    def __init__(self, client: AsyncClient | Client) -> None:
        self.client = client

    async def call(self, name: str, *given: Any, **named: Any) -> Any:
        method = getattr(self.client, name)
        if isinstance(self.client, AsyncClient):
            return await method(*given, **named)
        return await asyncio.to_thread(method, *given, **named)

    async def take(self, name: str, *given: Any, items: int | None = None, **named: Any) -> list[Any]:
        """The first items, or all of them."""
        made = getattr(self.client, name)(*given, **named)
        if isinstance(made, Iterator):
            return await asyncio.to_thread(lambda: list(islice(made, items)))
        found: list[Any] = []
        async for item in made:
            found.append(item)
            if len(found) == items:
                break
        await made.aclose()
        return found


@asynccontextmanager
async def asking(kind: Kind, url: str, limits: Limits = AT_ONCE, **access: str) -> AsyncIterator[Asked]:
    if kind == "async":
        async with AsyncClient(url, limits=limits, **access) as client:
            yield Asked(client)
    else:
        with Client(url, limits=limits, **access) as blocking:
            yield Asked(blocking)
