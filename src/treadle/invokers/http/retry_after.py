"""The Retry-After header: seconds, or an HTTP date (RFC 9110, section 10.2.3)."""

import datetime
import re
from email.utils import parsedate_to_datetime
from typing import Final

from treadle.model.ids import Instant
from treadle.model.policies import RETRY_AFTER_MS_MAX

SECONDS: Final = re.compile(r"[0-9]+")
DIGITS_MAX: Final = 9


def parse_retry_after(text: str | None, now: Instant) -> int | None:
    """Milliseconds to wait, from 0 to RETRY_AFTER_MS_MAX; None if there is nothing that can be read."""
    if text is None:
        return None
    text = text.strip()
    if SECONDS.fullmatch(text) is not None:
        wait = int(text) * 1_000 if len(text) <= DIGITS_MAX else RETRY_AFTER_MS_MAX
        return min(wait, RETRY_AFTER_MS_MAX)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.UTC)
    return max(0, min(round(at.timestamp() * 1_000) - now, RETRY_AFTER_MS_MAX))
