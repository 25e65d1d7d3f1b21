"""What stands in the store of a server that was killed, read from a copy: the files stay as they are."""

import shutil
from pathlib import Path
from typing import Final

import apsw
import msgspec

ANSWERED: Final = b'"status":200'
ALTERED: Final = b'"status":201'


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """`versions`: the last durable `seq` of each execution. `rows`: digests by execution and first `seq`."""

    versions: dict[str, int]
    rows: dict[tuple[str, int], bytes]


def read_stored(store: Path, folder: Path) -> Stored:
    """What is durable; `folder` is for the copy."""
    folder.mkdir()
    for name in (store.name, f"{store.name}-wal"):
        if (store.parent / name).exists():
            shutil.copy(store.parent / name, folder / name)
    connection = apsw.Connection(str(folder / store.name))
    versions = dict(connection.execute("SELECT id, version FROM executions"))
    found = connection.execute("SELECT execution_id, first_seq, digest FROM history")
    rows = {(execution, first_seq): digest for execution, first_seq, digest in found}
    connection.close()
    shutil.rmtree(folder)
    return Stored(versions=versions, rows=rows)


def alter_one_event(store: Path) -> str:
    """Change one byte of one stored event so that it stays JSON; the execution that it belongs to."""
    connection = apsw.Connection(str(store))
    try:
        for position, execution, events in connection.execute(
            "SELECT position, execution_id, events FROM history WHERE instr(events, ?) LIMIT 1", (ANSWERED,)
        ).fetchall():
            if not isinstance(events, bytes):
                raise TypeError("events are stored as bytes")
            altered = events.replace(ANSWERED, ALTERED, 1)
            msgspec.json.decode(altered)
            connection.execute("UPDATE history SET events = ? WHERE position = ?", (altered, position))
            return str(execution)
    finally:
        connection.close()
    raise ValueError("no stored event holds an answered call")
