"""The HTTP server, embedded in the engine's event loop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from treadle.rest.bounds import ANSWER_TAKEN_MS_MAX, CONNECTIONS_WAITING_MAX, STOP_GRACE_S
from treadle.rest.joined_writes import JoiningProtocol


class _EmbeddedServer(uvicorn.Server):
    """Signals are the process's affair."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class RestServer:
    """A server that runs; `port` is the one that it is bound to."""

    def __init__(self, server: uvicorn.Server, listener: socket.socket) -> None:
        """Use `serve` instead."""
        self._server = server
        self._listener = listener
        self.port: int = listener.getsockname()[1]
        self._task = asyncio.create_task(server.serve(sockets=[listener]), name="rest")

    async def stop(self) -> None:
        """Accept nothing more, let requests in flight end for STOP_GRACE_S at most; idempotent."""
        self._server.should_exit = True
        await self._task


async def serve(app: ASGIApp, host: str, port: int) -> RestServer:
    """Serve `app`; port 0 takes a free one.

    Raises:
        OSError: the address is taken, or is none of this machine.
    """
    return serve_at(await listen(host, port), app)


def serve_at(listener: socket.socket, app: ASGIApp) -> RestServer:
    """Serve `app` to those who connect to `listener`, which is closed when the server stops."""
    config = uvicorn.Config(
        app,
        http=JoiningProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=CONNECTIONS_WAITING_MAX,
        timeout_graceful_shutdown=STOP_GRACE_S,
    )
    return RestServer(_EmbeddedServer(config), listener)


async def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the first address of `host`; connections wait in it from now on.

    Raises:
        OSError: the address is taken, or is none of this machine.
    """
    loop = asyncio.get_running_loop()
    addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = addresses[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: else an answer that nobody takes is held for ever
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, ANSWER_TAKEN_MS_MAX)
        listener.bind(address)
        listener.listen(CONNECTIONS_WAITING_MAX)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
