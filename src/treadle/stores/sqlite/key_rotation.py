"""The keys that sign callback tokens, in the file: rotated beside the engine that runs on it."""

from collections.abc import Sequence
from pathlib import Path

import apsw

from treadle.model.ids import Instant
from treadle.model.views import StoredKey
from treadle.stores.sqlite.beside import connect_beside
from treadle.stores.sqlite.faults import told_as_ours
from treadle.stores.sqlite.keys import CallbackKeys
from treadle.stores.sqlite.statements import Statements


class SqliteKeyRotation:
    """Over a connection of its own."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        """Use `open` instead."""
        self._path = path
        self._connection = connection
        self._keys = CallbackKeys(connection, Statements())

    @classmethod
    def open(cls, path: Path) -> "SqliteKeyRotation":
        """The keys of the store at `path`, which is made or migrated if nobody runs on it.

        Raises:
            Unavailable: `store_too_new`, `store_too_old`, or `store_unavailable`.
            Corrupt: `migration_changed`.
        """
        return cls(path, connect_beside(path))

    def all(self) -> Sequence[StoredKey]:
        with told_as_ours(self._path):
            return self._keys.all()

    def rotate(self, fresh: StoredKey, made_until: Instant | None) -> StoredKey | None:
        with told_as_ours(self._path):
            return self._keys.rotate(fresh, made_until)

    def close(self) -> None:
        self._connection.close()
