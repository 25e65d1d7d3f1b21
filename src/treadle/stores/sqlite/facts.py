"""What a reader of a measurement must know of the file."""

from pathlib import Path
from typing import Final

import apsw
import msgspec

MOUNTS: Final = Path("/proc/mounts")
SYNCHRONOUS: Final = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


class StoreFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`file_system` is None where the system does not tell."""

    path: str
    file_system: str | None
    journal_mode: str
    synchronous: str
    sqlite_version: str


def read_facts(connection: apsw.Connection, path: Path) -> StoreFacts:
    return StoreFacts(
        path=str(path),
        file_system=file_system_of(path),
        journal_mode=str(connection.pragma("journal_mode")),
        synchronous=SYNCHRONOUS[int(connection.pragma("synchronous"))],
        sqlite_version=apsw.sqlite_lib_version(),
    )


def file_system_of(path: Path) -> str | None:
    """The type of the file system that holds `path`: that of its nearest mount point."""
    if not MOUNTS.exists():
        return None
    types = {}
    for line in MOUNTS.read_text("utf-8", "replace").splitlines():
        _, point, kind, *_ = line.split(" ")
        types[Path(point.replace(r"\040", " "))] = kind
    place = path.resolve()
    return next((types[point] for point in (place, *place.parents) if point in types), None)
