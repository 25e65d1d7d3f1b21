"""Everything that writes to the file goes through here: one thread, the right file, and a known end."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import apsw
import structlog

from treadle.model.errors import Unavailable
from treadle.stores.sqlite.connections import CHECKPOINT_PAGES
from treadle.stores.sqlite.faults import NotSettled, told_as_ours
from treadle.stores.sqlite.lock import FileLock
from treadle.stores.sqlite.transactions import Unsettled, settle
from treadle.stores.sqlite.writer import WriterThread

T = TypeVar("T")
log = structlog.get_logger(__name__)

SETTLE_PAUSE_S: Final = 0.25
"""Between two tries to settle what a COMMIT that went wrong may have left in the log."""


class FileWriter:
    """Work for the connection that writes, in the order in which it is asked for."""

    def __init__(self, path: Path, connection: apsw.Connection, lock: FileLock) -> None:
        self._path = path
        self._connection = connection
        self._lock = lock
        self._thread = WriterThread(self._keep_log_short)
        self._closing = asyncio.Event()
        self._is_settled = True
        self._log_pages = 0
        # Instead of the library's checkpoint, which is a part of COMMIT: here one that fails undoes nothing.
        connection.set_wal_hook(self._note_log)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` returns.

        Raises:
            Unavailable, Corrupt: it was not done. What ended as NotSettled may stand after a crash all the
                same: this is for work of which nobody is told that it was refused.
        """
        self._refuse_if_closed()
        return await self._thread.run(lambda: self._done(work))

    async def accept(self, work: Callable[[], T]) -> T:
        """The same for what somebody asks for: who is refused may rely on it, whatever happens next.

        So who cannot be told yet waits: until the file takes a write again, or until it is closed.
        """
        try:
            return await self.run(work)
        except NotSettled as fault:
            await self._settled()
            raise Unavailable(fault.code, fault.message) from fault

    async def close(self) -> None:
        """Return when everything that was asked is done; who waits for an end is told that there is none."""
        self._closing.set()
        await self._thread.close()

    async def _settled(self) -> None:
        while True:
            try:
                await self.run(lambda: None)
            except Unavailable:
                self._refuse_if_closed()
            else:
                return
            try:
                async with asyncio.timeout(SETTLE_PAUSE_S):
                    await self._closing.wait()
            except TimeoutError:
                pass

    def _refuse_if_closed(self) -> None:
        if self._closing.is_set():
            raise Unavailable("store_unavailable", f"{self._path} is closed")

    def _done(self, work: Callable[[], T]) -> T:
        """Runs in the thread."""
        with told_as_ours(self._path):
            self._lock.check()
            if not self._is_settled:
                settle(self._connection)
                self._is_settled = True
            try:
                return work()
            except Unsettled:
                self._is_settled = False
                raise

    def _note_log(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        """A commit stands in the log, which has so many pages now."""
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _keep_log_short(self) -> None:
        """Put the log back into the file; it is begun anew when all of it is there, and nobody reads it.

        Whoever asked for the last commit has been told by now: it is durable without this, which takes long.
        """
        if self._log_pages < CHECKPOINT_PAGES:
            return
        self._log_pages = 0  # the next commit says how long it is then
        try:
            self._connection.wal_checkpoint()
        except apsw.BusyError:  # somebody else does it
            pass
        except Exception as error:  # what was committed stands in the log: it only grows
            log.error("checkpoint failed", message=f"{self._path}: {type(error).__name__}: {error}")
