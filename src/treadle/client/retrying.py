"""Whether, and after how long, a call is sent again."""

import asyncio
from contextlib import suppress

from treadle.client.errors import ApiError, ClientError, Unreachable
from treadle.client.limits import Limits


def back_off_s(attempt: int, limits: Limits, share: float) -> float:
    """The delay after the attempt of that number, from 1; `share`, 0 to 1, of its half is taken off."""
    longest = min(limits.back_off_s_max, limits.back_off_s * 2.0 ** min(attempt - 1, 30))
    return longest * (1 - share / 2)


def delay_s(error: ClientError, attempt: int, limits: Limits, share: float) -> float | None:
    """Seconds until a call that ended so is sent again; None when asking again will not help.

    A server that says when to come back is not asked before.
    """
    asked_s = 0
    if isinstance(error, ApiError):
        asked_s = error.retry_after_s or 0
        if not error.retryable or asked_s > limits.retry_after_s_max:
            return None
    elif not isinstance(error, Unreachable):
        return None
    return max(asked_s, back_off_s(attempt, limits, share))


def may_repeat(error: ClientError, *, is_repeatable: bool) -> bool:
    """Whether a call that ended so can be sent again without doing anything twice.

    A refusal changed nothing, and what was not sent did nothing; of what was sent and has no answer nobody
    knows, so the call itself has to be one that may be repeated.
    """
    return is_repeatable or not (isinstance(error, Unreachable) and error.is_sent)


async def pause(seconds: float) -> None:
    """Let that much time pass."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()
