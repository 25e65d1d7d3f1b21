"""The keys by which callers are known, in the file: written beside the engine that runs on it."""

from collections.abc import Sequence
from pathlib import Path

import apsw

from treadle.model.api_keys import ApiKey
from treadle.model.ids import Instant
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.beside import connect_beside
from treadle.stores.sqlite.faults import told_as_ours
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.transactions import writing


class SqliteApiKeys:
    """Writes of a few milliseconds, for which an engine's own writes wait."""

    def __init__(self, path: Path, connection: apsw.Connection) -> None:
        """Use `open` instead."""
        self._path = path
        self._connection = connection
        self._statements = Statements()

    @classmethod
    def open(cls, path: Path) -> "SqliteApiKeys":
        """The keys of the store at `path`, which is made or migrated if nobody runs on it.

        Raises:
            Unavailable: `store_too_new`, `store_too_old`, or `store_unavailable`.
            Corrupt: `migration_changed`.
        """
        return cls(path, connect_beside(path))

    def add(self, key: ApiKey) -> bool:
        return self._write("insert_api_key", rows.new_api_key(key))

    def revoke(self, name: str, now: Instant) -> bool:
        return self._write("revoke_api_key", (now, name))

    def all(self) -> Sequence[ApiKey]:
        with told_as_ours(self._path):
            return [
                rows.read_api_key(row) for row in self._connection.execute(self._statements["list_api_keys"])
            ]

    def close(self) -> None:
        self._connection.close()

    def _write(self, name: str, values: rows.Values) -> bool:
        with told_as_ours(self._path), writing(self._connection):
            self._connection.execute(self._statements[name], values)
            return self._connection.changes() > 0
