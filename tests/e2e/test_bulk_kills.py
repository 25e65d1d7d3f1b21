"""A server killed again and again while it carries out a bulk act: every execution is acted on once."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any, Final

import aiohttp
import apsw
import pytest

from tests.e2e.server import Server, verify

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(300)]

EXECUTIONS: Final = 300
KILLS: Final = 6
LOOKS_MAX: Final = 40
"""A kill comes after one of so many looks at a process that is ready."""
NAPS: Final = {
    "name": "naps",
    "version": "1",
    "steps": [
        {"id": "first", "kind": "sleep", "for": "1h"},
        {"id": "second", "kind": "sleep", "for": "1h"},
    ],
}
"""What is woken twice has ended."""
ORDER: Final = {"action": "wake", "filter": {"definition": "naps"}, "reason": "early"}


class Killed:
    """A server that is killed, and the bulk act that the next one goes on with."""

    def __init__(self, server: Server, store: Path, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._store = store
        self._session = session
        self._url = ""
        self._pid = 0
        self.left: list[int] = []
        """Targets of which nobody knew, after each kill, what became of them."""

    async def begin(self) -> None:
        self._pid = await self._server.spawn()
        self._url = await self._server.ready()

    async def kill(self) -> None:
        """End the process where it is, and begin the next."""
        os.kill(self._pid, signal.SIGKILL)
        assert await self._server.gone() == -signal.SIGKILL, self._server.said()
        self.left.append(len(self._targets()))
        await self.begin()

    async def stop(self) -> None:
        await self._server.stop()

    async def get(self, path: str, **parameters: str) -> Any:
        async with self._session.get(self._url + path, params=parameters) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: Any) -> Any:
        async with self._session.post(self._url + path, json=body) as answer:
            assert answer.status in (201, 202), await answer.text()
            return await answer.json()

    async def start(self) -> str:
        execution_id: str = (await self.post("/v1/executions", {"definition": "naps"}))["id"]
        return execution_id

    async def woken(self, execution_id: str) -> int:
        """How often it was woken by the bulk act."""
        items = (await self.get(f"/v1/executions/{execution_id}/history", limit="500"))["items"]
        return sum(item["type"] == "ExecutionWoken" and item["reason"] == "early" for item in items)

    def _targets(self) -> list[Any]:
        """Those that a dead process left."""
        connection = apsw.Connection(str(self._store))
        ((kept,),) = connection.execute("SELECT targets FROM bulk_acts").fetchall()
        connection.close()
        found: list[Any] = json.loads(str(kept))
        return found


@pytest.fixture
async def killed(tmp_path: Path) -> AsyncIterator[Killed]:
    store = tmp_path / "bulk.db"
    server = Server(store)
    try:
        async with aiohttp.ClientSession() as session:
            made = Killed(server, store, session)
            await made.begin()
            yield made
    finally:
        await server.stop()


async def test_a_bulk_act_that_is_killed_in_the_middle_comes_to_every_execution_once(
    killed: Killed, tmp_path: Path
) -> None:
    await killed.post("/v1/definitions", NAPS)
    started = [await killed.start() for _ in range(EXECUTIONS)]
    while (await killed.get("/v1/executions/counts", status="waiting"))["total"] < EXECUTIONS:
        pass
    begun = await killed.post("/v1/executions/bulk", ORDER)
    assert begun["total"] == EXECUTIONS
    address = f"/v1/bulk/{begun['bulk_id']}"
    instants = Random("bulk")
    # The first kill comes at once: all that is sure is that it was acknowledged.
    await killed.kill()
    for _ in range(KILLS):
        for _ in range(instants.randint(1, LOOKS_MAX)):
            now = await killed.get(address)
            if now["status"] == "done":
                break
        if now["status"] == "done":
            break
        await killed.kill()
    while now["status"] != "done":
        now = await killed.get(address)
    assert (now["total"], now["done"], now["refused"]) == (EXECUTIONS, EXECUTIONS, 0)
    for execution_id in started:
        assert await killed.woken(execution_id) == 1
    assert (await killed.get("/v1/executions/counts", status="waiting"))["total"] == EXECUTIONS
    assert max(killed.left) > 0, "some of the kills came between an act and what is known of it"


async def test_the_store_of_a_bulk_act_that_was_killed_is_sound(killed: Killed, tmp_path: Path) -> None:
    await killed.post("/v1/definitions", NAPS)
    for _ in range(20):
        await killed.start()
    begun = await killed.post("/v1/executions/bulk", {**ORDER, "action": "terminate"})
    await killed.kill()
    while (await killed.get(f"/v1/bulk/{begun['bulk_id']}"))["status"] != "done":
        pass
    counts = await killed.get("/v1/executions/counts")
    assert counts["by_status"] == {"terminated": 20}
    await killed.stop()
    verified = await asyncio.to_thread(verify, tmp_path / "bulk.db")
    assert verified.returncode == 0, verified.stdout + verified.stderr
