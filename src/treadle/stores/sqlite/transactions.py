"""Transactions of a connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import apsw

USER_VERSIONS: Final = 1_000
"""`settle` counts to this and begins anew."""


class Unsettled(Exception):
    """COMMIT itself went wrong: nobody sees what it was to write, but after a crash it may stand.

    Its frames may be in the log, whole, where the next transaction writes its own; whoever reads the log
    anew before that takes them for committed. `settle` makes sure of it.
    """


@contextmanager
def writing(connection: apsw.Connection) -> Iterator[None]:
    """All that is written inside stands together when this ends, or not at all when it raises.

    Raises:
        Unsettled: not at all, as soon as `settle` returns.
    """
    connection.execute("BEGIN IMMEDIATE")
    with _undone_if_it_fails(connection):
        yield
        try:
            connection.execute("COMMIT")
        except apsw.FullError:  # a frame was not written to its end: those before it are no transaction
            raise
        except apsw.Error as error:
            raise Unsettled(f"{type(error).__name__}: {error}") from error


@contextmanager
def reading(connection: apsw.Connection) -> Iterator[None]:
    """All that is read inside is of one moment."""
    connection.execute("BEGIN")
    with _undone_if_it_fails(connection):
        yield
        connection.execute("COMMIT")


def settle(connection: apsw.Connection) -> None:
    """Write something small over what a COMMIT that went wrong may have left in the log.

    Raises:
        Unsettled, apsw.Error: it is not settled yet.
    """
    with writing(connection):
        # The one number in the file that nothing reads; setting it to what it is would write nothing.
        connection.pragma("user_version", (int(connection.pragma("user_version")) + 1) % USER_VERSIONS)


@contextmanager
def _undone_if_it_fails(connection: apsw.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        # Some faults end the transaction by themselves.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
