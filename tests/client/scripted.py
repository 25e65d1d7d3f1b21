"""A small server that answers as a test tells it: first this, then that, then well."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from aiohttp import web

from treadle.model.json import Json

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
EXECUTION: Final = {
    "id": "0190a000-0000-7000-8000-000000000001",
    "namespace": "default",
    "definition": {"name": "saga", "version": "1", "digest": "sha256:0"},
    "status": "completed",
    "run": 1,
    "version": 9,
    "created_at": "2030-01-02T03:04:05.678Z",
    "updated_at": "2030-01-02T03:04:06.678Z",
    "something_new": {"of": "a later server"},
}


class Scripted:
    """`url` is where it is; `requests` are those that came, `bodies` what they brought."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self.url = ""
        self.requests: list[web.Request] = []
        self.bodies: list[bytes] = []
        self._answers = list(answers)

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.read())
        answer = self._answers.pop(0) if self._answers else well()
        return await answer(request)

    def sent(self, header: str) -> list[str | None]:
        """That header of every request."""
        return [request.headers.get(header) for request in self.requests]


@asynccontextmanager
async def scripted(*answers: Answer) -> AsyncIterator[Scripted]:
    server = Scripted(answers)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


def well(body: Json = EXECUTION, status: int = 200) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status)

    return answer


def refused(code: str, status: int = 503, *, retryable: bool = True, **headers: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        problem = {"code": code, "title": "no", "detail": "not now", "retryable": retryable, "new": 1}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response(
            problem, status=status, headers=named, content_type="application/problem+json"
        )

    return answer


def strange(status: int = 502, text: str = "<html>bad gateway</html>") -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type="text/html")

    return answer


async def dropped(request: web.Request) -> web.StreamResponse:
    """The connection is lost after the request was read."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut(request: web.Request) -> web.StreamResponse:
    """The connection is lost in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"id": ')
    assert request.transport is not None
    request.transport.close()
    return response


def stream(*parts: bytes, is_cut: bool = False) -> Answer:
    """Server-sent events in these parts, then the end, or the loss of the connection."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for part in parts:
            await response.write(part)
        if is_cut:
            assert request.transport is not None
            request.transport.close()
        return response

    return answer


def event(seq: int, type_: str = "NodeEntered", **data: Any) -> bytes:
    body = web.json_response(
        {"seq": seq, "at": "2030-01-02T03:04:05.678Z", "type": type_, "actor": "engine", "data": data}
    ).text
    return f"id: {seq}\nevent: {type_}\ndata: {body}\n\n".encode()
