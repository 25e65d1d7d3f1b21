"""A row of a history that was changed, lost, moved or put in is found."""

import hashlib

import msgspec
import pytest

from treadle.codec.chain import find_break, seal
from treadle.model.ids import Instant
from treadle.ports.commit import HistoryRow


def chain(count: int = 5) -> list[HistoryRow]:
    rows: list[HistoryRow] = []
    for index in range(count):
        previous = rows[-1].digest if rows else b""
        rows.append(seal(previous, index * 2 + 1, index * 2 + 2, Instant(1_000 + index), b"events%d" % index))
    return rows


def test_digest_is_that_of_the_documented_bytes() -> None:
    row = seal(b"\x01" * 32, 3, 4, Instant(5), b"events")
    numbers = b"".join(number.to_bytes(8, "big") for number in (3, 4, 5))
    assert row.digest == hashlib.sha256(b"\x01" * 32 + numbers + b"events").digest()


def test_untouched_chain_has_no_break() -> None:
    assert find_break(chain()) is None
    assert find_break([]) is None


def test_tail_is_checked_from_the_digest_before_it() -> None:
    rows = chain()
    assert find_break(rows[2:], rows[1].digest) is None
    assert find_break(rows[2:], rows[0].digest) == 0


@pytest.mark.parametrize(
    "change",
    [{"events": b"other"}, {"at": 0}, {"first_seq": 0}, {"last_seq": 99}, {"digest": b"\x00" * 32}],
    ids=str,
)
@pytest.mark.parametrize("index", [0, 2, 4])
def test_changed_row_is_found(index: int, change: dict[str, object]) -> None:
    rows = chain()
    rows[index] = msgspec.structs.replace(rows[index], **change)
    assert find_break(rows) == index


def test_lost_moved_and_repeated_rows_are_found() -> None:
    rows = chain()
    assert find_break([rows[0], *rows[2:]]) == 1
    assert find_break([rows[0], rows[2], rows[1], *rows[3:]]) == 1
    assert find_break([rows[0], rows[0], *rows[1:]]) == 1
