"""Instants as authors and callers write them: RFC 3339 -> milliseconds since the Unix epoch.

The way back is `format_instant` in the model, which the core needs too.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from treadle.model.ids import Instant

RFC_3339: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FORM: Final = "an instant is written in RFC 3339 with its offset, as `2026-03-01T09:30:00Z`"


def parse_instant(text: str) -> Instant:
    """The instant in milliseconds; what is finer than a millisecond is cut off.

    Raises:
        ValueError: the text is no instant, has no offset, or names a day that does not exist.
    """
    found = RFC_3339.fullmatch(text)
    if found is None:
        raise ValueError(FORM)
    date, time, fraction, offset = found.groups()
    # A leap second has no number of its own on this scale: it counts as the second after it.
    is_leap = time.endswith(":60")
    written = f"{date}T{time[:-2] + '59' if is_leap else time}{'+00:00' if offset in 'Zz' else offset}"
    try:
        whole = datetime.fromisoformat(written) - EPOCH
    except ValueError as error:
        raise ValueError(f"{FORM}: {error}") from error
    seconds = whole // timedelta(seconds=1) + is_leap
    return Instant(seconds * 1_000 + (0 if is_leap else int((fraction or "0").ljust(3, "0")[:3])))
