"""What is run: documents, handlers, and a server of its own process for HTTP tasks."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from treadle.model.json import Json
from treadle.worker.registry import Registry


def handlers() -> Registry:
    """A registry with one handler that does nothing."""
    registry = Registry()

    @registry.handler("noop")
    async def noop(_input: Json) -> None:
        return None

    return registry


def noop_document(steps: int) -> Json:
    """Handler steps, one after another."""
    return {
        "name": "noop",
        "version": "1",
        "steps": [{"id": f"step{n}", "kind": "task", "handler": "noop"} for n in range(1, steps + 1)],
    }


def http_document(steps: int, url: str) -> Json:
    """HTTP tasks with a rendered body, one after another."""
    request = {"method": "POST", "url": url, "body": {"order": "{{ execution.id }}", "amount": 100}}
    return {
        "name": "calls",
        "version": "1",
        "steps": [{"id": f"call{n}", "kind": "task", "http": request} for n in range(1, steps + 1)],
    }


@asynccontextmanager
async def answering_server() -> AsyncIterator[str]:
    """The URL of a server in a process of its own that answers every POST with a small JSON document."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.answering_server", stdout=subprocess.PIPE
    )
    if process.stdout is None:
        raise RuntimeError("the server has no output")
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.wait()
