"""Instants and lengths of time: their text, their ranges, and what a calendar says of them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from treadle.expressions.cel.evaluation import CelError
from treadle.expressions.cel.values import Duration, Timestamp

SECOND_NS: Final = 1_000_000_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TIMESTAMP_MIN_S: Final = -62_135_596_800
TIMESTAMP_MAX_S: Final = 253_402_300_799
"""The years 1 to 9999."""
DURATION_S_MAX: Final = 315_576_000_000
"""Ten thousand years."""
RFC_3339: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
OFFSET: Final = re.compile(r"([+-]?)(\d{2}):(\d{2})", re.ASCII)
UNIT_NS: Final = {
    "h": 3_600 * SECOND_NS,
    "m": 60 * SECOND_NS,
    "s": SECOND_NS,
    "ms": 1_000_000,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ns": 1,
}
PART: Final = re.compile(r"(\d{0,18})(?:\.(\d{0,18}))?(h|ms|m|s|us|µs|μs|ns)", re.ASCII)
DURATION: Final = re.compile(r"([+-]?)(0|(?:[\d.]+(?:h|ms|m|s|us|µs|μs|ns))+)", re.ASCII)
WITH_UNIT: Final = re.compile(r"[\d.]+(?:h|ms|m|s|us|µs|μs|ns)", re.ASCII)
DURATION_CHARS_MAX: Final = 200
DURATION_FORM: Final = "a length of time is written `1h30m`, `1.5s`, `200ms` and the like"


def checked_timestamp(ns: int) -> Timestamp:
    """The instant.

    Raises:
        CelError: it is outside the years 1 to 9999.
    """
    if TIMESTAMP_MIN_S <= ns // SECOND_NS <= TIMESTAMP_MAX_S:
        return Timestamp(ns=ns)
    raise CelError("an instant is outside the years 1 to 9999")


def checked_duration(ns: int) -> Duration:
    """The length of time.

    Raises:
        CelError: it is longer than ten thousand years.
    """
    if abs(ns) <= DURATION_S_MAX * SECOND_NS:
        return Duration(ns=ns)
    raise CelError("a length of time is longer than ten thousand years")


def read_timestamp(text: str) -> Timestamp:
    """The instant that a text of RFC 3339 names.

    Raises:
        CelError: it names none.
    """
    found = RFC_3339.fullmatch(text)
    if found is None:
        raise CelError("an instant is written in RFC 3339, as `2026-03-01T09:30:00Z`")
    date, time, fraction, offset = found.groups()
    # A leap second has no number of its own on this scale: it counts as the second after it.
    is_leap = time.endswith(":60")
    try:
        local = datetime.fromisoformat(f"{date}T{time[:-2] + '59' if is_leap else time}+00:00")
    except ValueError as error:
        raise CelError(f"there is no such instant: {error}") from error
    whole = (local - EPOCH) // timedelta(seconds=1) - (0 if offset in "Zz" else read_offset(offset))
    ns = SECOND_NS if is_leap else int((fraction or "").ljust(9, "0"))
    return checked_timestamp(whole * SECOND_NS + ns)


def read_offset(text: str) -> int:
    """Seconds before UTC (below 0) or after it: `UTC`, `+02:00`, `-08:00`.

    Raises:
        CelError: the text is no offset. Names of places are not known: what they mean changes.
    """
    if text in {"", "UTC", "Z"}:
        return 0
    found = OFFSET.fullmatch(text)
    if found is None or int(found[2]) > 23 or int(found[3]) > 59:
        raise CelError("a time zone is written as its offset, `+02:00`, or `UTC`")
    seconds = int(found[2]) * 3_600 + int(found[3]) * 60
    return -seconds if found[1] == "-" else seconds


def read_duration(text: str) -> Duration:
    """The length of time that a text such as `1h30m`, `-1.5s` or `200ms` names.

    Raises:
        CelError: it names none.
    """
    found = DURATION.fullmatch(text) if len(text) <= DURATION_CHARS_MAX else None
    if found is None:
        raise CelError(DURATION_FORM)
    total = sum(_part_ns(part) for part in WITH_UNIT.findall(found[2]))
    return checked_duration(-total if found[1] == "-" else total)


def _part_ns(written: str) -> int:
    part = PART.fullmatch(written)
    if part is None or not (part[1] or part[2]):
        raise CelError(DURATION_FORM)
    ns = int(part[1] or "0") * UNIT_NS[part[3]]
    return ns + int(part[2]) * UNIT_NS[part[3]] // 10 ** len(part[2]) if part[2] else ns


def timestamp_text(value: Timestamp) -> str:
    """RFC 3339 in UTC, with as many decimals as it needs: none, 3, 6 or 9."""
    seconds, ns = divmod(value.ns, SECOND_NS)
    return f"{date_of(seconds).replace(tzinfo=None).isoformat()}{_fraction(ns)}Z"


def duration_text(value: Duration) -> str:
    """Seconds, with as many decimals as it needs: none, 3, 6 or 9."""
    seconds, ns = divmod(abs(value.ns), SECOND_NS)
    return f"{'-' if value.ns < 0 else ''}{seconds}{_fraction(ns)}s"


def date_of(seconds: int) -> datetime:
    """The date and time in UTC, seconds after the epoch.

    Raises:
        CelError: no calendar has it.
    """
    try:
        return EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise CelError("an instant is outside the years 1 to 9999") from error


def _fraction(ns: int) -> str:
    if ns == 0:
        return ""
    digits = f"{ns:09d}"
    for length in (3, 6):
        if not digits[length:].strip("0"):
            return f".{digits[:length]}"
    return f".{digits}"
