"""Forgets the idempotency keys of starts when their time is over; runs in the writer's thread."""

import apsw

from treadle.model.ids import Instant
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.transactions import writing


class IdempotencyKeys:
    def __init__(self, connection: apsw.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def forget(self, now: Instant, limit: int) -> int:
        """Forget those whose `expires_at` has come, the oldest first, `limit` at most; how many."""
        with writing(self._connection):
            self._connection.execute(self._statements["forget_idempotency"], (now, limit))
            return self._connection.changes()
