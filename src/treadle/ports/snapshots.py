"""When a snapshot is rewritten: the same on every backend."""

from typing import Final

TAIL_BYTES_MIN: Final = 16_384
"""A tail shorter than this is always cheaper to fold than a snapshot is to write."""
AT_REST_RATIO: Final = 4
"""A snapshot at most this many times as heavy as the tail is rewritten when nobody drives the execution.

An execution that rests often (a sleep, a wait, and on) writes at most this many bytes of state for each
byte of history, however large its state is; and who takes it up folds a tail of at most a quarter of it.
"""


def is_snapshot_due(snapshot_bytes: int, tail_bytes: int, is_at_rest: bool) -> bool:
    """Whether a commit is to carry a snapshot.

    `tail_bytes` counts the encoded events since the last snapshot, of which `snapshot_bytes` is the size
    (0 without one), this commit's included. A snapshot is due when its tail outweighs it, so the bytes
    written stay linear in the work and a resume reads at most about twice the state; and sooner at rest: the
    execution is released or has ended, and nobody keeps the state in memory any more.
    """
    if is_at_rest:
        return tail_bytes * AT_REST_RATIO >= snapshot_bytes
    return tail_bytes > TAIL_BYTES_MIN and tail_bytes > snapshot_bytes
