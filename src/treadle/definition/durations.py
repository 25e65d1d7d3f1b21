"""Durations as authors write them: `200ms 10s 15m 2h 3d`, or ISO 8601 without years and months."""

import re
from typing import Final

DURATION_MS_MAX: Final = 36_500 * 86_400_000
"""A hundred years: far more than is meant, and every instant it leads to can still be written."""
UNIT_MS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
SHORT: Final = re.compile(r"([0-9]{1,15})(ms|s|m|h|d)")
ISO: Final = re.compile(
    r"P(?:([0-9]{1,9})W|(?:([0-9]{1,9})D)?"
    r"(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,12})(?:[.,]([0-9]{1,9}))?S)?)?)"
)
FORMS: Final = "a duration is written `200ms`, `10s`, `15m`, `2h`, `3d` or in ISO 8601, as `PT1M30S`"


def parse_duration(text: str) -> int:
    """The duration in milliseconds.

    Raises:
        ValueError: the text is no duration, or one of more than DURATION_MS_MAX.
    """
    short = SHORT.fullmatch(text)
    ms = int(short[1]) * UNIT_MS[short[2]] if short is not None else _iso_ms(text)
    if ms > DURATION_MS_MAX:
        raise ValueError(f"a duration may be {DURATION_MS_MAX // UNIT_MS['d']} days at most")
    return ms


def _iso_ms(text: str) -> int:
    found = ISO.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        raise ValueError(FORMS)
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in found.groups()[:5])
    fraction = (found[6] or "").ljust(3, "0")
    if fraction[3:].strip("0"):
        raise ValueError("a duration counts whole milliseconds")
    whole = ((weeks * 7 + days) * 24 + hours) * 3_600 + minutes * 60 + seconds
    return whole * 1_000 + int(fraction[:3])


def duration_text(ms: int) -> str:
    """The duration in the largest unit that counts it whole: `90s`, `15m`."""
    whole = [(size, unit) for unit, size in UNIT_MS.items() if ms % size == 0]
    size, unit = max(whole) if ms else (UNIT_MS["s"], "s")
    return f"{ms // size}{unit}"
