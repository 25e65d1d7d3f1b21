"""A connection that writes a little beside the engine that may run on the file."""

from pathlib import Path

import apsw

from treadle.model.errors import Unavailable
from treadle.stores.sqlite.connections import closed_if_it_fails, connect_writer
from treadle.stores.sqlite.faults import told_as_ours
from treadle.stores.sqlite.lock import FileLock
from treadle.stores.sqlite.migrate import check_version, migrate


def connect_beside(path: Path) -> apsw.Connection:
    """A connection to the store at `path`, which is made or migrated if nobody runs on it.

    What is written over it has to take a few milliseconds: an engine's own writes wait for it.

    Raises:
        Unavailable: `store_too_new`, `store_too_old`, or `store_unavailable`.
        Corrupt: `migration_changed`.
    """
    with told_as_ours(path):
        try:
            lock = FileLock(path)
        except Unavailable as error:
            if error.code != "store_in_use":
                raise
            with closed_if_it_fails(connect_writer(path)) as connection:
                check_version(connection)
                return connection
        try:
            with closed_if_it_fails(connect_writer(path)) as connection:
                migrate(connection)
                return connection
        finally:
            lock.release()
