"""The head of an answer and its body go out together."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class JoinedWrites(asyncio.Transport):
    """Holds what is written until more comes, or until the event loop turns: one call to the system, not two.

    Half of what an answer costs the server to send is such a call.
    """

    def __init__(self, wire: asyncio.Transport) -> None:
        super().__init__()
        self._wire = wire
        self._loop = asyncio.get_running_loop()
        self._held: bytes | bytearray | memoryview = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._held:
            self._wire.write(b"".join((self._held, data)))
            self._held = b""
        else:
            self._held = data
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        self._flush()
        self._wire.close()

    def is_closing(self) -> bool:
        return self._wire.is_closing()

    def pause_reading(self) -> None:
        self._wire.pause_reading()

    def resume_reading(self) -> None:
        self._wire.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._wire.get_extra_info(name, default)

    def _flush(self) -> None:
        if self._held:
            self._wire.write(self._held)
            self._held = b""


class JoiningProtocol(HttpToolsProtocol):
    """HTTP over transports that join what is written."""

    def connection_made(self, wire: asyncio.Transport) -> None:  # type: ignore[override]  # the library's
        super().connection_made(JoinedWrites(wire))
