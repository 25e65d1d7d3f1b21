"""How much a connection does, told by its own count and not by a clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import apsw


@contextmanager
def counted(connection: apsw.Connection) -> Iterator[list[int]]:
    """Steps of the machine that runs statements, an item for each statement that ended."""
    steps: list[int] = []

    def add(profile: Mapping[str, Mapping[str, int]]) -> None:
        steps.append(profile["stmt_status"]["SQLITE_STMTSTATUS_VM_STEP"])

    connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, add)
    try:
        yield steps
    finally:
        connection.trace_v2(0)
