"""A server that stops and comes back where it was."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.client.asking import Kind, asking
from tests.rest.serving import Server, document, serving, sleep, sqlite
from treadle.client import Limits

NAP = document(sleep("nap", "1h"))
STUBBORN = Limits(attempts_max=500, reconnects_max=500, back_off_s=0.02, back_off_s_max=0.02)


async def until_followed(server: Server, times: int) -> None:
    """Each look is a request of its own."""
    async with asyncio.timeout(20):
        while server.application.engine.followers.count != times:
            await server.get("/livez")


@pytest.mark.anyio
async def test_events_and_a_wait_survive_a_restart(kind: Kind, tmp_path: Path) -> None:
    async with AsyncExitStack() as until_the_end:
        async with serving(sqlite(tmp_path)) as first:
            url = first.application.url
            asked = await until_the_end.enter_async_context(asking(kind, url, STUBBORN))
            begun = await asked.call("start", NAP)
            seen = await asked.take("events", begun.id, items=2)
            await until_followed(first, 0)
            following = asyncio.create_task(asked.take("events", begun.id, after=2))
            waiting = asyncio.create_task(asked.call("wait", begun.id))
            await until_followed(first, 2)
        async with serving(sqlite(tmp_path), port=urlsplit(url).port):
            await asked.call("wake", begun.id)
            events = [*seen, *await following]
            assert (await waiting).status == "completed"
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].type == "ExecutionCompleted"
