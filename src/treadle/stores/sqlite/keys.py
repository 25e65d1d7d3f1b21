"""Keeps the keys that sign callback tokens; runs in the writer's thread."""

from typing import Final

import apsw

from treadle.model.views import StoredKey
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.transactions import writing

KEYS_MAX: Final = 2
"""Keys that are in use at once: the newest signs, the one before it is still believed."""


class CallbackKeys:
    def __init__(self, connection: apsw.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def newest(self, fresh: StoredKey) -> list[StoredKey]:
        """At most `KEYS_MAX`, newest first; `fresh` is kept only if there is none."""
        with writing(self._connection):
            found = self._connection.execute(self._statements["list_callback_keys"], (KEYS_MAX,)).fetchall()
            if found:
                return [rows.read_key(row) for row in found]
            self._connection.execute(self._statements["insert_callback_key"], rows.new_key(fresh))
            return [fresh]
