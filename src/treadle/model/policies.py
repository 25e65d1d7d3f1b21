"""How often and how long an activity is tried (SEMANTICS 2, DEFINITION)."""

from enum import StrEnum
from typing import Final

import msgspec

RETRY_ON_DEFAULT: Final = ("unknown", "connection", "error", "408", "425", "429", "5xx")
ATTEMPTS_MAX_DEFAULT: Final = 3
COMPENSATION_ATTEMPTS_MAX_DEFAULT: Final = 10
LOST_MAX: Final = 10
"""Attempts of one activity that may be lost with their process before it counts as exhausted."""
ATTEMPTS_KEPT: Final = 20
"""Attempts of one activity that stay in the state; history keeps all."""
TIMEOUT_MS_DEFAULT: Final = 10_000
RETRY_AFTER_MS_MAX: Final = 3_600_000


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Durations in milliseconds; `on` holds classes (`unknown`, `connection`, `error`, `callback`, `all`),.

    HTTP statuses (`429`, `5xx`) or error codes.
    """

    max_attempts: int = ATTEMPTS_MAX_DEFAULT
    initial_ms: int = 200
    multiplier: float = 2.0
    max_ms: int = 30_000
    jitter: float = 0.1
    on: tuple[str, ...] = RETRY_ON_DEFAULT


class OnUnknown(StrEnum):
    """What a node does when an attempt ended unknown; asked before the retry rules."""

    RETRY = "retry"
    PAUSE = "pause"
    COMPENSATE = "compensate"
    FAIL = "fail"
