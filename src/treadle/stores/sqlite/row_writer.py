"""Writes many rows in few statements; runs in the writer's thread."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import TypeVar

import apsw

from treadle.stores.sqlite.rows import Values
from treadle.stores.sqlite.statements import Statements, chunks

T = TypeVar("T")


class RowWriter:
    def __init__(self, connection: apsw.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements

    def write(self, name: str, values: Callable[[T], Values], items: Sequence[T]) -> int:
        """Run the statement `name`, one row for each of `items`; return how many rows were written."""
        connection, written = self._connection, 0
        for size, chunk in chunks(items):
            row = [values(item) for item in chunk]
            row.extend([(None,) * len(row[0])] * (size - len(row)))
            connection.execute(self._statements.of_rows(name, size), tuple(chain.from_iterable(row)))
            written += connection.changes()
        return written
