"""A handler that kills its own server each time holds its execution, and nothing else, until it is mended."""

import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.processes import SOURCE, Process
from tests.e2e.server import READY, store_url, verify
from treadle.client import AsyncClient, Unreachable
from treadle.model.json import Json
from treadle.runtime.taking_over import CRASHES_MAX

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(180)]

APP: Final = """
import os
import signal
from pathlib import Path

from treadle.worker.registry import Registry

registry = Registry()


@registry.handler("deadly")
def deadly(value):
    if not Path({mended!r}).exists():
        os.kill(os.getpid(), signal.SIGKILL)
    return "mended"


@registry.handler("harmless")
def harmless(value):
    return "done"
"""


def waiting_for(handler: str) -> dict[str, Json]:
    """A definition that calls the handler when it is told to go."""
    return {
        "name": handler,
        "version": "1",
        "steps": [
            {"id": "go", "kind": "wait", "signal": "go"},
            {"id": "call", "kind": "task", "handler": {"name": handler}},
        ],
    }


class Servers:
    """One server after another over the same store, with the handlers of APP."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "treadle.db"
        self._folder = folder
        self._arguments = (
            *("-m", "treadle.cli.main", "dev", "--port", "0"),
            *("--store", store_url(self.store), "--app", "deadly_app:registry"),
        )

    async def spawn(self) -> Process:
        path = {"PYTHONPATH": f"{SOURCE}:{self._folder}"}
        return await Process.spawn(self._arguments, self._folder / "server.log", path)


async def test_an_execution_whose_handler_kills_the_server_is_paused_and_goes_on_when_it_is_mended(
    tmp_path: Path,
) -> None:
    mended = tmp_path / "mended"
    (tmp_path / "deadly_app.py").write_text(APP.format(mended=str(mended)))
    servers = Servers(tmp_path)
    server = await servers.spawn()
    try:
        async with AsyncClient(await server.address(READY)) as client:
            for handler in ("deadly", "harmless"):
                await client.put_definition(waiting_for(handler))
            deadly, harmless = await client.start("deadly"), await client.start("harmless")
            with suppress(Unreachable):  # its server may be gone before it has answered
                await client.signal(deadly.id, "go")
        assert await server.ended() == -signal.SIGKILL
        for _ in range(CRASHES_MAX - 1):
            server = await servers.spawn()
            assert await server.ended() == -signal.SIGKILL

        server = await servers.spawn()
        async with AsyncClient(await server.address(READY)) as client:
            async for event in client.events(deadly.id):
                if event.type == "ExecutionPaused":
                    break
            paused = await client.execution(deadly.id)
            assert (paused.status, paused.reason) == ("paused", "crash_loop")
            assert [one.outcome for one in paused.nodes["call"].attempts] == ["lost"] * CRASHES_MAX
            first, *_ = (await client.explain(deadly.id)).reasons
            assert (first.code, first.detail) == ("paused", {"actor": "engine", "reason": "crash_loop"})

            await client.signal(harmless.id, "go")
            other = await client.wait(harmless.id)
            assert (other.status, other.output) == ("completed", "done")

            mended.touch()
            await client.resume(deadly.id, reason="the handler was mended")
            ended = await client.wait(deadly.id)
            assert (ended.status, ended.output) == ("completed", "mended")
            assert [one.outcome for one in ended.nodes["call"].attempts] == ["lost"] * CRASHES_MAX + ["ok"]
            history = [event.type async for event in client.history(deadly.id)]
            assert history.count("ExecutionPaused") == 1
    finally:
        await server.stop()
    verified = verify(servers.store)
    assert verified.returncode == 0, verified.stdout + verified.stderr
