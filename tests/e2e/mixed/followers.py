"""Followers of histories, who come again after each kill and tell the server what they have."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Final

import aiohttp
import msgspec

from tests.e2e.evidence import Item
from tests.e2e.mixed.notes import Followed, Kind, Notes
from tests.e2e.mixed.wire import BROKEN, Wire

LEAVING_SHARE: Final = 0.3
"""Of the messages, so many are the last that a follower takes of a connection: it then comes again."""
_items: Final = msgspec.json.Decoder(Item)


class Followers:
    """Each follows one execution until it is told that no more can come."""

    def __init__(self, wire: Wire, notes: Notes, seed: str) -> None:
        self._wire = wire
        self._notes = notes
        self._seed = seed
        self.tasks: list[asyncio.Task[None]] = []

    def follow(self, execution: str) -> None:
        """One more follower."""
        followed = Followed(execution=execution, items=[])
        self._notes.followed.append(followed)
        self.tasks.append(asyncio.get_running_loop().create_task(self._follow(followed)))

    async def _follow(self, followed: Followed) -> None:
        draw = Random(f"{self._seed}/{followed.execution}")
        while not followed.is_over:
            address = await self._wire.address()
            try:
                async with self._wire.under_way(Kind.FOLLOWING):
                    await self._take(followed, f"{address}/v1/executions/{followed.execution}/events", draw)
            except BROKEN:
                continue

    async def _take(self, followed: Followed, url: str, draw: Random) -> None:
        known = {"Last-Event-ID": str(followed.items[-1].seq)} if followed.items else {}
        async with self._wire.session.get(url, headers=known) as response:
            followed.connections += 1
            followed.is_over = response.status != 200
            if response.status not in (200, 204):
                self._notes.refused.append(f"a follower of {followed.execution}: {response.status}")
            async for item in _messages(response.content):
                followed.is_over = bool(followed.items) and item.seq <= followed.items[-1].seq
                followed.items.append(item)
                if followed.is_over:  # told again: that is found, and nothing better follows
                    return
                if draw.random() < LEAVING_SHARE:
                    response.close()
                    return


async def _messages(content: aiohttp.StreamReader) -> AsyncIterator[Item]:
    """The messages that have come whole; one without its empty line never came."""
    data = b""
    async for line in content:
        if line.startswith(b"data: "):
            data = line.removeprefix(b"data: ")
        elif line == b"\n" and data:
            yield _items.decode(data)
            data = b""
