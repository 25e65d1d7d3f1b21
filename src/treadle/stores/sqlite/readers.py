"""A few threads that read, each with a connection of its own while it does."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Final, TypeVar

import apsw

from treadle.model.errors import Unavailable
from treadle.stores.sqlite.connections import connect_reader
from treadle.stores.sqlite.faults import told_as_ours
from treadle.stores.sqlite.transactions import reading

T = TypeVar("T")

READERS: Final = 2


class Readers:
    """Reads run side by side with each other and with the writer; each sees one moment."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_closed = False
        self._connections: SimpleQueue[apsw.Connection] = SimpleQueue()
        for _ in range(READERS):
            self._connections.put(connect_reader(path))
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="treadle-sqlite-reader")

    async def run(self, read: Callable[[apsw.Connection], T]) -> T:
        """What `read` returns, inside a transaction."""
        if self._is_closed:
            raise Unavailable("store_unavailable", f"{self._path} is closed")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, read)

    def close(self) -> None:
        """Wait for reads that are under way and close the connections; idempotent."""
        if self._is_closed:
            return
        self._is_closed = True
        self._threads.shutdown()
        while not self._connections.empty():
            self._connections.get().close()

    def _read(self, read: Callable[[apsw.Connection], T]) -> T:
        connection = self._connections.get()
        try:
            with told_as_ours(self._path), reading(connection):
                return read(connection)
        finally:
            self._connections.put(connection)
