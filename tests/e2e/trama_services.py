"""Small services that a Trama document calls: they write down what they got and answer as they are told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp import web

from tests.invokers.http.servers import serving
from treadle.bootstrap.application import running
from treadle.config.settings import Settings
from treadle.model.json import Json
from treadle.worker.registry import Registry

BROKEN: Final = 0


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One call: `body` is the JSON it carried, the text if that is none, None without one."""

    method: str
    path: str
    headers: dict[str, str]
    body: Json


class Services:
    """By path: `answers` are (status, JSON) to give in turn, the last one from then on; 200 `{}` without any.

    For a status of BROKEN the connection breaks instead, after the call was taken.
    """

    def __init__(self) -> None:
        self.url = ""
        self.received: list[Received] = []
        self.answers: dict[str, list[tuple[int, Json]]] = {}
        self._came: dict[str, asyncio.Queue[Received]] = {}

    async def respond(self, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = msgspec.json.decode(raw) if raw else None
        except msgspec.DecodeError:
            body = raw.decode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        call = Received(method=request.method, path=request.path_qs, headers=headers, body=body)
        self.received.append(call)
        self._queue(request.path).put_nowait(call)
        status, answer = self._next(request.path)
        if status == BROKEN and request.transport is not None:
            request.transport.close()
            status = 500
        return web.json_response(answer, status=status)

    async def next_call(self, path: str) -> Received:
        """The next call of that path that nobody has asked for yet."""
        return await self._queue(path).get()

    @property
    def paths(self) -> list[str]:
        return [call.path for call in self.received]

    def _queue(self, path: str) -> "asyncio.Queue[Received]":
        return self._came.setdefault(path, asyncio.Queue())

    def _next(self, path: str) -> tuple[int, Json]:
        waiting = self.answers.get(path, [(200, {})])
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


class Api:
    """A running application, asked over HTTP."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def put(self, document: Json) -> dict[str, Any]:
        """What is answered when the document is stored."""
        async with self._session.post("/v1/definitions", json=document) as answer:
            body = await answer.json()
            assert answer.status == 201, body
            return dict(body)

    async def validate(self, document: Json) -> dict[str, Any]:
        """Everything that is to be said of the document."""
        async with self._session.post("/v1/definitions/validate", json=document) as answer:
            assert answer.status == 200
            return dict(await answer.json())

    async def get(self, path: str) -> dict[str, Any]:
        async with self._session.get(path) as answer:
            assert answer.status == 200
            return dict(await answer.json())

    async def start(self, definition: Json, given: Json, wait_s: int = 30) -> dict[str, Any]:
        """The execution, as it ended or as it is when the time is over."""
        asked = {"definition": definition, "input": given}
        headers = {"Prefer": f"wait={wait_s}"} if wait_s else {}
        async with self._session.post("/v1/executions", json=asked, headers=headers) as answer:
            body = await answer.json()
            assert answer.status in {200, 202}, body
            return dict(body)

    async def ended(self, execution: str) -> dict[str, Any]:
        """The execution once it has ended: its events are followed until the last."""
        async with self._session.get(f"/v1/executions/{execution}/events") as events:
            assert events.status == 200
            await events.read()
        return await self.get(f"/v1/executions/{execution}")

    async def call_back(self, url: str, body: Json, **headers: str) -> int:
        """The status of the answer to a callback; `x_callback_token` is the header of that name."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._session.post(url, json=body, headers=named) as answer:
            return answer.status


@asynccontextmanager
async def shop() -> AsyncIterator[tuple[Services, Api]]:
    """Services and an application beside them."""
    services = Services()
    async with (
        serving(services.respond) as service,
        running(Settings(store="memory:", port=0), Registry()) as application,
        aiohttp.ClientSession(application.url) as session,
    ):
        services.url = service.url
        yield services, Api(session, application.url)
