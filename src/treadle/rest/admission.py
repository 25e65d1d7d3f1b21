"""What is let in: within the rate of its caller, and while there is room for it.

Starts are refused first. What executions wait for (callbacks, signals) and what people do with them has the
other half of the room for itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from treadle.model.errors import Unavailable
from treadle.ports.clock import Clock
from treadle.rest.bounds import REQUESTS_MAX
from treadle.security.rate_limits import RateLimit, RateLimits
from treadle.service.caller import Caller

RETRY_AFTER_S: Final = 1
"""When to come back to what was full: a place is held for milliseconds, and refusing costs little."""
MS_A_SECOND: Final = 1_000


class Admission:
    """One for an edge. `requests_max` requests that change something are under way at once, bodies included.

    Without `rate` callers may ask as often as they like.
    """

    def __init__(
        self, clock: Clock, *, requests_max: int = REQUESTS_MAX, rate: RateLimit | None = None
    ) -> None:
        self._clock = clock
        self.requests_max = requests_max
        self._rates = None if rate is None else RateLimits(rate)
        self._places: set[Place] = set()

    @property
    def under_way(self) -> int:
        """Requests that were let in and are not done."""
        return len(self._places)

    def check_rate(self, caller: Caller) -> None:
        """Count a request of the caller.

        Raises:
            Unavailable: `rate_limited`, with the whole seconds after which one more is allowed.
        """
        if self._rates is None:
            return
        wait_ms = self._rates.take((caller.namespace, caller.actor), self._clock.now())
        if wait_ms:
            message = f"{caller.actor} asks more often than it may"
            raise Unavailable("rate_limited", message, retry_after_s=-(-wait_ms // MS_A_SECOND))

    @contextmanager
    def entered(self, *, is_start: bool) -> Iterator["Place"]:
        """Room for a request, until the end or until its place is left.

        Raises:
            Unavailable: `overloaded`, there is none.
        """
        room = self.requests_max // 2 if is_start else self.requests_max
        if len(self._places) >= room:
            what = "requests to take further starts" if is_start else "requests"
            raise Unavailable("overloaded", f"too many {what} are under way", retry_after_s=RETRY_AFTER_S)
        place = Place(self._places)
        try:
            yield place
        finally:
            place.leave()


class Place:
    """The room that one request takes."""

    def __init__(self, places: "set[Place]") -> None:
        self._places = places
        places.add(self)

    def leave(self) -> None:
        """Give it back: what is left of the request only waits; idempotent."""
        self._places.discard(self)
