"""Keeps definitions; runs in the writer's thread."""

import apsw
import msgspec

from treadle.model.ids import Instant
from treadle.model.views import StoredDefinition
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.transactions import writing


class Definitions:
    def __init__(self, connection: apsw.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def put(self, definition: StoredDefinition) -> StoredDefinition:
        with writing(self._connection):
            kept = self._find(definition)
            if kept is None:
                self._connection.execute(
                    self._statements["insert_definition"], rows.new_definition(definition)
                )
                return definition
            if kept.deleted_at is not None and kept.digest == definition.digest:
                self._connection.execute(
                    self._statements["restore_definition"], (kept.namespace, kept.name, kept.version)
                )
                return msgspec.structs.replace(kept, deleted_at=None)
            return kept

    def delete(self, namespace: str, name: str, version: str, now: Instant) -> bool:
        with writing(self._connection):
            self._connection.execute(self._statements["delete_definition"], (now, namespace, name, version))
            return self._connection.changes() > 0

    def _find(self, definition: StoredDefinition) -> StoredDefinition | None:
        """What stands where `definition` would: by digest if inline, else by name and version."""
        if definition.is_inline:
            place = (definition.namespace, definition.digest)
            found = self._connection.execute(self._statements["find_inline"], place)
        else:
            named = (definition.namespace, definition.name, definition.version)
            found = self._connection.execute(self._statements["find_version"], named)
        row = found.fetchone()
        return None if row is None else rows.read_definition(row)
