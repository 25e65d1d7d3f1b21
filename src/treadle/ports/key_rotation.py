"""The keys that sign callback tokens, as they are rotated; an engine reads them through its views."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from treadle.model.ids import Instant
from treadle.model.views import StoredKey


class KeyRotation(Protocol):
    """May be used beside an engine. Every method raises Unavailable when the store cannot be reached."""

    def all(self) -> Sequence[StoredKey]:
        """Every key that is kept, newest first."""
        ...

    def rotate(self, fresh: StoredKey, made_until: Instant | None) -> StoredKey | None:
        """Have `fresh` sign from now on, beside the key that signed until now; all others are withdrawn.

        What was withdrawn is gone: a token that it signed is never believed again. None, and nothing is
        changed, if a key would be withdrawn and the newest was made after `made_until`; None for that means
        whenever it was made. What is returned is `fresh` as it is kept (see `rotated`).
        """
        ...

    def close(self) -> None:
        """Give back what is open; idempotent."""
        ...


def rotated(kept: Sequence[StoredKey], fresh: StoredKey, made_until: Instant | None) -> StoredKey | None:
    """`fresh` as it is to be kept before `kept`, which stands newest first; None if it is too soon for it.

    Keys are ordered by the instant at which they were made. So that it is the newest even if a clock was
    put back meanwhile, it may be said to be made just after the newest until now.
    """
    if not kept:
        return fresh
    newest = kept[0]
    withdraws = len(kept) > 1
    if withdraws and made_until is not None and newest.created_at > made_until:
        return None
    return replace(fresh, created_at=max(fresh.created_at, Instant(newest.created_at + 1)))
