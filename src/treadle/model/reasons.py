"""Why an execution is not moving now: what an explanation is made of."""

from enum import StrEnum

import msgspec

from treadle.model.ids import Instant, Path
from treadle.model.json import Json


class ReasonCode(StrEnum):
    """Stable; what each means, and what to do, is told in docs/reference/explanations.md."""

    ENDED = "ended"
    PAUSED = "paused"
    SCHEDULED = "scheduled"
    READY = "ready"
    IN_FLIGHT = "in_flight"
    BACKOFF = "backoff"
    SLEEPING = "sleeping"
    WAITING_SIGNAL = "waiting_signal"
    WAITING_CALLBACK = "waiting_callback"
    WAITING_CHILD = "waiting_child"
    UNKNOWN_OUTCOME = "unknown_outcome"
    HELD_BY_BOUND = "held_by_bound"
    JOINING_TRAILING = "joining_trailing"
    DRAINING = "draining"
    COMPENSATING = "compensating"
    STUCK = "stuck"


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is awaited. `message` says what to do where somebody can do something.

    `path` is the visit that it is about, None for the execution as a whole. `until` is the instant at which
    it is over by itself, None if only the outside ends it. `detail` holds what is particular to the code.
    """

    code: ReasonCode
    message: str
    path: Path | None = None
    until: Instant | None = None
    detail: dict[str, Json] = {}
