"""When a commit carries a snapshot: never so often that the bytes written outgrow the work."""

import pytest

from treadle.ports.snapshots import AT_REST_RATIO, TAIL_BYTES_MIN, is_snapshot_due

LARGE = 8_000_000


@pytest.mark.parametrize(
    ("snapshot_bytes", "tail_bytes", "expected"),
    [
        (0, 1, False),
        (0, TAIL_BYTES_MIN, False),
        (0, TAIL_BYTES_MIN + 1, True),
        (1_000, TAIL_BYTES_MIN, False),
        (LARGE, LARGE, False),
        (LARGE, LARGE + 1, True),
    ],
)
def test_while_it_is_driven_the_tail_has_to_outweigh_the_snapshot(
    snapshot_bytes: int, tail_bytes: int, *, expected: bool
) -> None:
    is_due = is_snapshot_due(snapshot_bytes=snapshot_bytes, tail_bytes=tail_bytes, is_at_rest=False)
    assert is_due is expected


@pytest.mark.parametrize(
    ("snapshot_bytes", "tail_bytes", "expected"),
    [
        (0, 1, True),
        (1_000, 250, True),
        (1_000, 249, False),
        (LARGE, LARGE // AT_REST_RATIO, True),
        (LARGE, LARGE // AT_REST_RATIO - 1, False),
    ],
)
def test_at_rest_a_quarter_of_the_snapshot_is_enough(
    snapshot_bytes: int, tail_bytes: int, *, expected: bool
) -> None:
    is_due = is_snapshot_due(snapshot_bytes=snapshot_bytes, tail_bytes=tail_bytes, is_at_rest=True)
    assert is_due is expected
