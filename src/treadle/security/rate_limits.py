"""How often each caller may ask: so much at once, and so much a second on the average."""

from collections import OrderedDict
from typing import Final

import msgspec

from treadle.model.ids import Instant

CALLERS_MAX: Final = 10_000
"""Callers that are remembered; of more than that the one who has asked for longest nothing is forgotten."""
MS_A_SECOND: Final = 1_000


class RateLimit(msgspec.Struct, frozen=True, kw_only=True):
    """`per_s` requests a second on the average, `burst` at once; both at least 1."""

    per_s: int
    burst: int


class RateLimits:
    """One limit, for each caller by itself.

    Kept of a caller is the one instant at which all that was asked would have been asked at the average rate
    (the generic cell rate algorithm): a full bucket of `burst` tokens is an instant that is past. Instants
    are counted in parts of a millisecond, `per_s` of them, so that nothing is lost to rounding.
    """

    def __init__(self, limit: RateLimit, callers_max: int = CALLERS_MAX) -> None:
        self._per_s = limit.per_s
        self._lead_max = (limit.burst - 1) * MS_A_SECOND
        self._callers_max = callers_max
        self._even_at: OrderedDict[tuple[str, str], int] = OrderedDict()

    def take(self, caller: tuple[str, str], now: Instant) -> int:
        """Let the caller ask once: 0, or the milliseconds after which that will be allowed."""
        moment = now * self._per_s
        even_at = max(self._even_at.get(caller, 0), moment)
        wait = even_at - moment - self._lead_max
        self._even_at[caller] = even_at if wait > 0 else even_at + MS_A_SECOND
        self._even_at.move_to_end(caller)
        if len(self._even_at) > self._callers_max:
            self._even_at.popitem(last=False)
        return -(-wait // self._per_s) if wait > 0 else 0

    def __len__(self) -> int:
        """Callers that are remembered."""
        return len(self._even_at)
