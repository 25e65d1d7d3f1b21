"""Connections to the file, set up for one writer and a few readers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from treadle.model.errors import Unavailable

BUSY_TIMEOUT_MS: Final = 5_000
JOURNAL_SWITCHES_MAX: Final = 100
"""The switch to the write-ahead log does not wait for other openers by itself: it is tried so often."""
JOURNAL_SWITCH_PAUSE_S: Final = 0.05
CHECKPOINT_PAGES: Final = 4_000
"""The log goes back into the file at this length (about 16 MB)."""
CACHE_KIB: Final = 65_536


def connect_writer(path: Path) -> apsw.Connection:
    """A connection whose commits are on the disk when they return."""
    with closed_if_it_fails(apsw.Connection(str(path))) as connection:
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        _use_write_ahead_log(connection, path)
        connection.pragma("synchronous", "FULL")
        # Where a plain sync stops at the drive's cache (macOS); nothing elsewhere.
        connection.pragma("fullfsync", True)
        connection.pragma("checkpoint_fullfsync", True)
        connection.pragma("cache_size", -CACHE_KIB)
        connection.pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        return connection


def connect_reader(path: Path) -> apsw.Connection:
    """A connection that cannot write; the file must exist."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.pragma("query_only", True)
    return connection


@contextmanager
def closed_if_it_fails(connection: apsw.Connection) -> Iterator[apsw.Connection]:
    """The connection while it is made ready: it stays open only if that comes to an end."""
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _use_write_ahead_log(connection: apsw.Connection, path: Path) -> None:
    for _ in range(JOURNAL_SWITCHES_MAX):
        try:
            mode = connection.pragma("journal_mode", "WAL")
        except apsw.BusyError:
            time.sleep(JOURNAL_SWITCH_PAUSE_S)
            continue
        if mode == "wal":
            return
        raise Unavailable("store_unavailable", f"{path}: its file system allows no write-ahead log ({mode})")
    raise Unavailable("store_unavailable", f"{path}: others keep it busy, it cannot be opened for writing")
