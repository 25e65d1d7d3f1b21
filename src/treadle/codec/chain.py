"""The chain of digests through a history: a row that was changed, lost or moved is found."""

import struct
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from treadle.model.ids import Instant
from treadle.ports.commit import HistoryRow

HEADER: Final = struct.Struct(">qqq")
"""`first_seq`, `last_seq` and `at`, each as 8 bytes, signed, big-endian."""


def seal(previous: bytes, first_seq: int, last_seq: int, at: Instant, events: bytes) -> HistoryRow:
    """The row that follows the one with the digest `previous` (empty before the first).

    Its digest is SHA-256 over `previous`, the header and the event bytes as they are stored.
    """
    digest = sha256(previous + HEADER.pack(first_seq, last_seq, at) + events).digest()
    return HistoryRow(first_seq=first_seq, last_seq=last_seq, at=at, events=events, digest=digest)


def find_break(rows: Iterable[HistoryRow], previous: bytes = b"") -> int | None:
    """The index of the first row whose digest does not fit what stands before it, None if all fit."""
    for index, row in enumerate(rows):
        if row != seal(previous, row.first_seq, row.last_seq, row.at, row.events):
            return index
        previous = row.digest
    return None
