"""Statements of many rows: few sizes, filled up, and short enough to be kept prepared."""

import pytest

from treadle.stores.sqlite.statements import ROWS_LADDER, ROWS_MAX, Statements, chunks

KEPT_PREPARED_CHARS_MAX = 16_384
"""The library prepares a longer text anew each time."""
OF_ROWS = (
    "delete_consumed",
    "delete_inboxes",
    "insert_executions",
    "insert_history",
    "insert_idempotency",
    "insert_labels",
    "insert_notes",
    "update_executions",
    "upsert_snapshots",
    "wake_executions",
)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 100, 255, 256, 257, 1_000])
def test_chunks_hold_every_row_once_in_order(count: int) -> None:
    found = list(chunks(range(count)))
    assert [row for _, chunk in found for row in chunk] == list(range(count))
    for size, chunk in found:
        assert size in ROWS_LADDER
        assert size // 2 < len(chunk) <= size
    assert len(found) == -(-count // ROWS_MAX)


@pytest.mark.parametrize("name", OF_ROWS)
def test_longest_statement_is_kept_prepared(name: str) -> None:
    assert len(Statements().of_rows(name, ROWS_MAX)) <= KEPT_PREPARED_CHARS_MAX


def test_unknown_statement_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        Statements()["drop_everything"]
