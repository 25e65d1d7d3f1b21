"""Whether and when the next attempt begins (SEMANTICS 2)."""

import hashlib
import math
from typing import Final

from treadle.model.ids import ExecutionId
from treadle.model.outcomes import Cause, Failed, Unknown
from treadle.model.policies import RETRY_AFTER_MS_MAX, RetryPolicy

CLASS_OF_CAUSE: Final = {
    Cause.CONNECTION: "connection",
    Cause.ERROR: "error",
    Cause.CALLBACK: "callback",
    Cause.HTTP: "http",
}


def unit(text: str) -> float:
    """A number in [0, 1) that the text decides: the first 8 bytes of its SHA-256, big-endian, over 2^64."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64


def is_retryable(policy: RetryPolicy, outcome: Failed | Unknown) -> bool:
    """Whether `retry.on` names this end by its class, its HTTP status or its code."""
    if isinstance(outcome, Failed) and outcome.is_final:
        return False
    named = policy.on
    if "all" in named or outcome.code in named:
        return True
    of_class = "unknown" if isinstance(outcome, Unknown) else CLASS_OF_CAUSE[outcome.cause]
    if of_class in named:
        return True
    status = outcome.http_status
    return status is not None and (str(status) in named or f"{status // 100}xx" in named)


def _steep_ms(policy: RetryPolicy, counted: int) -> float:
    """The delay before it is capped; one that no float holds is infinite."""
    try:
        return policy.initial_ms * policy.multiplier ** (counted - 1)
    except OverflowError:
        return math.inf


def delay_ms(
    policy: RetryPolicy, outcome: Failed | Unknown, *, counted: int, execution_id: ExecutionId, seed: str
) -> int:
    """Milliseconds to wait after the `counted`-th attempt that counts.

    `seed` is `<path>/<number of the attempt that ended>`. A `Retry-After` replaces the rule, at most an hour.
    """
    if outcome.retry_after_ms is not None:
        return min(outcome.retry_after_ms, RETRY_AFTER_MS_MAX)
    capped = min(float(policy.max_ms), _steep_ms(policy, counted))
    jittered = capped * (1 - policy.jitter + 2 * policy.jitter * unit(f"{execution_id}/{seed}"))
    return int(min(float(policy.max_ms), jittered))
