"""What request headers say: the trace, how long to wait."""

import re
from collections.abc import Mapping
from typing import Final

from treadle.rest.bounds import WAIT_S_MAX

TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
WAIT: Final = re.compile(r"\s*wait\s*=\s*\"?(\d{1,9})\"?\s*", re.IGNORECASE)


def read_traceparent(headers: Mapping[str, str]) -> str | None:
    """The caller's trace context, None without a good one (W3C: one that cannot be read is ignored)."""
    told = headers.get("traceparent")
    return told if told is not None and TRACEPARENT.fullmatch(told) is not None else None


def read_wait_s(headers: Mapping[str, str]) -> int | None:
    """The seconds of `Prefer: wait`, WAIT_S_MAX at most; None without it.

    Other preferences, and one that cannot be read, are ignored (RFC 7240).
    """
    for preference in headers.get("prefer", "").split(","):
        found = WAIT.fullmatch(preference.partition(";")[0])
        if found is not None:
            return min(int(found[1]), WAIT_S_MAX)
    return None
