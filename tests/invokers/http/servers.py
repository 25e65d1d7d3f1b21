"""Real servers for the invoker to call: a well-behaved one, and one that breaks in every way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]
Break = Callable[[asyncio.StreamWriter, int], Awaitable[None]]


class Service:
    """A well-behaved server that remembers what it received."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []
        self.url = ""

    @property
    def headers(self) -> dict[str, str]:
        """Of the last request, names in lower case."""
        return self.received[-1][2]

    @property
    def body(self) -> bytes:
        return self.received[-1][3]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append((request.method, request.path_qs, headers, await request.read()))
        return await self._respond(request)


@asynccontextmanager
async def serving(respond: Respond) -> AsyncIterator[Service]:
    service = Service(respond)
    runner = web.ServerRunner(web.Server(service.handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


def answering(
    body: bytes = b"", status: int = 200, content_type: str | None = None, **headers: str
) -> Respond:
    """A service that always says the same; `retry_after="1"` is the header Retry-After."""

    async def respond(request: web.Request) -> web.StreamResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if content_type is not None:
            sent["Content-Type"] = content_type
        return web.Response(status=status, body=body, headers=sent)

    return respond


class RawService:
    """A socket that reads whole requests and then does what the test says."""

    def __init__(self, behave: Break) -> None:
        self._behave = behave
        self.requests: list[bytes] = []
        self.connections = 0
        self.arrived = asyncio.Event()
        """A request has come in as a whole."""
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                self.requests.append(head + await reader.readexactly(length))
                self.arrived.set()
                await self._behave(writer, len(self.requests))
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def breaking(behave: Break) -> AsyncIterator[RawService]:
    service = RawService(behave)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(service.handle(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def saying(raw: bytes, *, then_close: bool = True) -> Break:
    """Send `raw` and close, or keep the connection open in silence."""

    async def behave(writer: asyncio.StreamWriter, number: int) -> None:
        writer.write(raw)
        await writer.drain()
        if then_close:
            writer.close()

    return behave


async def resetting(writer: asyncio.StreamWriter, number: int) -> None:
    writer.transport.abort()


async def silent(writer: asyncio.StreamWriter, number: int) -> None:
    """Say nothing and keep the connection."""
