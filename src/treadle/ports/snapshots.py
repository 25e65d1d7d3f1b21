"""When a snapshot is rewritten: the same on every backend."""

from typing import Final

TAIL_BYTES_MIN: Final = 16_384
"""A tail shorter than this is always cheaper to fold than a snapshot is to write."""


def is_snapshot_due(*, snapshot_bytes: int, tail_bytes: int, is_released: bool, is_ended: bool) -> bool:
    """Whether a commit is to carry a snapshot.

    `tail_bytes` counts the encoded events since the last snapshot, of which `snapshot_bytes` is the size,
    this commit's included. A snapshot is due when its tail outweighs it, so the bytes written stay linear
    in the work and a resume reads at most about twice the state; and when nobody keeps the state in memory
    any more.
    """
    return is_released or is_ended or tail_bytes > max(snapshot_bytes, TAIL_BYTES_MIN)
