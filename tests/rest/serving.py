"""A real server over a real engine, asked over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from treadle.bootstrap.application import Running, running
from treadle.config.settings import read_settings
from treadle.model.json import Json
from treadle.worker.registry import FinalError, Registry


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """`body` is what the JSON of the answer holds, None if it is none."""

    status: int
    headers: Mapping[str, str]
    body: Json

    @property
    def code(self) -> str:
        """That of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert self.body["status"] == self.status
        assert self.body["type"] == f"urn:treadle:{self.body['code']}"
        code: str = self.body["code"]
        return code

    @property
    def pointers(self) -> list[str]:
        return [fault["pointer"] for fault in self.body["errors"]]


class Handlers:
    """Under the control of the test: `held` waits until `release`, `broken` fails while it is broken.

    `note` keeps what it is given, for `noted`, and answers nothing.
    """

    def __init__(self) -> None:
        self.registry = Registry()
        self.calls: list[str] = []
        self.broken = True
        self._gate = asyncio.Event()
        self._arrived = asyncio.Event()
        self._notes: asyncio.Queue[Json] = asyncio.Queue()
        self.registry.handler("echo")(self._echo)
        self.registry.handler("held")(self._held)
        self.registry.handler("refuse")(self._refuse)
        self.registry.handler("broken")(self._broken)
        self.registry.handler("note")(self._note)

    def release(self) -> None:
        self._gate.set()

    async def until_held(self) -> None:
        await self._arrived.wait()

    async def noted(self) -> Json:
        """What `note` was given next."""
        return await self._notes.get()

    async def _note(self, value: Json) -> None:
        self._notes.put_nowait(value)

    async def _echo(self, value: Json) -> Json:
        self.calls.append("echo")
        return value

    async def _held(self, value: Json) -> Json:
        self.calls.append("held")
        self._arrived.set()
        await self._gate.wait()
        return value

    async def _refuse(self, _value: Json) -> Json:
        raise FinalError("no_stock", "nothing left")

    async def _broken(self, value: Json) -> Json:
        if self.broken:
            raise FinalError("down", "cannot undo now")
        return value


class Server:
    """What a test asks; paths are relative to the server."""

    def __init__(self, application: Running, session: aiohttp.ClientSession, handlers: Handlers) -> None:
        self.application = application
        self.session = session
        self.handlers = handlers

    async def call(self, method: str, path: str, **given: Any) -> Reply:
        async with self.session.request(method, path, **given) as answer:
            text = await answer.text()
            is_json = answer.content_type.endswith("json")
            body = msgspec.json.decode(text) if text and is_json else None
            return Reply(status=answer.status, headers=answer.headers, body=body)

    async def get(self, path: str, **given: Any) -> Reply:
        return await self.call("GET", path, **given)

    async def post(self, path: str, **given: Any) -> Reply:
        return await self.call("POST", path, **given)

    async def metrics(self) -> dict[tuple[str, str], float]:
        """What a scrape says: by the name of a sample and the values of its labels, joined by commas."""
        async with self.session.get("/metrics") as answer:
            assert answer.status == 200
            families = text_string_to_metric_families(await answer.text())
            samples = [sample for family in families for sample in family.samples]
            return {(sample.name, ",".join(sample.labels.values())): sample.value for sample in samples}

    async def history(self, execution: Reply) -> list[Json]:
        """The first events of an execution, as they are shown."""
        path = f"/v1/executions/{execution.body['id']}/history"
        items: list[Json] = (await self.get(path, params={"limit": "500"})).body["items"]
        return items

    async def shown(self, execution: Reply) -> Json:
        """The execution as it is now."""
        return (await self.get(f"/v1/executions/{execution.body['id']}")).body

    async def act(self, execution: Reply, act: str, **body: Json) -> Reply:
        given = {"json": body} if body else {}
        return await self.post(f"/v1/executions/{execution.body['id']}/{act}", **given)

    async def settled(self, execution: Reply) -> Json:
        """The execution once it has ended or is stuck."""
        assert await self.application.engine.until_ended("default", execution.body["id"], 20_000)
        return await self.shown(execution)

    async def reached(self, execution: Reply, path: str, status: str) -> Json:
        """The execution once that visit has that status; each look is a request of its own."""
        async with asyncio.timeout(20):
            while True:
                now = await self.shown(execution)
                if path in now["nodes"] and now["nodes"][path]["status"] == status:
                    return now

    async def start(self, definition: Json, *, wait: bool = True, **body: Json) -> Reply:
        """Start, inline if `definition` is a document, and wait for the end if wanted."""
        named = {"document": definition} if isinstance(definition, dict) else definition
        headers = {"Prefer": "wait=20"} if wait else {}
        return await self.post("/v1/executions", json={"definition": named, **body}, headers=headers)


@asynccontextmanager
async def serving(
    store: str = "memory:", *, is_open: bool = True, **options: object
) -> AsyncIterator[Server]:
    """A server on a free port; stopped at the end."""
    handlers = Handlers()
    settings = read_settings({"store": store, "port": 0, "stop_grace_ms": 200, **options}, {})
    async with (
        running(settings, handlers.registry, is_open=is_open) as application,
        aiohttp.ClientSession(application.url) as session,
    ):
        yield Server(application, session, handlers)


def sqlite(directory: Path) -> str:
    """A store in that directory."""
    return f"sqlite:///{directory / 'treadle.db'}"


def document(*steps: Json, name: str = "saga", version: str = "1", **fields: Json) -> Json:
    return {"name": name, "version": version, "steps": list(steps), **fields}


def task(node: str, handler: str = "echo", **fields: Json) -> Json:
    return {"id": node, "kind": "task", "handler": handler, **fields}


def sleep(node: str, duration: str) -> Json:
    return {"id": node, "kind": "sleep", "for": duration}
