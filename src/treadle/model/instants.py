"""Instants as text, without a clock or a calendar library (the core may use neither)."""

from functools import lru_cache
from typing import Final

from treadle.model.ids import Instant

DAY_MS: Final = 86_400_000
REMEMBERED_MAX: Final = 10_000
"""Instants whose text is remembered: every request of an execution may tell when it started."""


@lru_cache(maxsize=REMEMBERED_MAX)
def format_instant(at: Instant) -> str:
    """RFC 3339, UTC, with milliseconds: `2026-03-01T09:30:00.250Z`.

    The date is reckoned in eras of 400 years that begin on 1 March, so that the leap day ends a year.
    """
    days, of_day = divmod(at, DAY_MS)
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (month <= 2)
    seconds, ms = divmod(of_day, 1_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{ms:03d}Z"
