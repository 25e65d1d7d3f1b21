"""Transactions of a connection."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw


@contextmanager
def writing(connection: apsw.Connection) -> Iterator[None]:
    """All that is written inside stands together when this ends, or not at all when it raises."""
    connection.execute("BEGIN IMMEDIATE")
    with _ending(connection):
        yield


@contextmanager
def reading(connection: apsw.Connection) -> Iterator[None]:
    """All that is read inside is of one moment."""
    connection.execute("BEGIN")
    with _ending(connection):
        yield


@contextmanager
def _ending(connection: apsw.Connection) -> Iterator[None]:
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # Some faults end the transaction by themselves.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
