"""Keeps the keys that sign callback tokens; runs in the thread of its connection."""

from typing import Final

import apsw

from treadle.model.ids import Instant
from treadle.model.views import StoredKey
from treadle.ports.key_rotation import rotated
from treadle.security.tokens import KEYS_VALID_MAX
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.transactions import writing

NO_LIMIT: Final = -1
"""SQLite's word for it."""


class CallbackKeys:
    def __init__(self, connection: apsw.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def newest(self, fresh: StoredKey) -> list[StoredKey]:
        """At most `KEYS_VALID_MAX`, newest first; `fresh` is kept only if there is none."""
        with writing(self._connection):
            found = self._listed(KEYS_VALID_MAX)
            if not found:
                self._insert(fresh)
            return found or [fresh]

    def all(self) -> list[StoredKey]:
        """Every one, newest first."""
        return self._listed(NO_LIMIT)

    def rotate(self, fresh: StoredKey, made_until: Instant | None) -> StoredKey | None:
        """As port KeyRotation has it."""
        with writing(self._connection):
            made = rotated(self.all(), fresh, made_until)
            if made is not None:
                self._insert(made)
                self._connection.execute(
                    self._statements["delete_withdrawn_callback_keys"], (KEYS_VALID_MAX,)
                )
            return made

    def _insert(self, key: StoredKey) -> None:
        self._connection.execute(self._statements["insert_callback_key"], rows.new_key(key))

    def _listed(self, limit: int) -> list[StoredKey]:
        found = self._connection.execute(self._statements["list_callback_keys"], (limit,))
        return [rows.read_key(row) for row in found]
