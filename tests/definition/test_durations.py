"""Durations and instants: pure reading of text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from treadle.definition.durations import DURATION_MS_MAX, duration_text, parse_duration
from treadle.definition.instants import parse_instant
from treadle.model.ids import Instant
from treadle.model.instants import format_instant


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("200ms", 200),
        ("0s", 0),
        ("10s", 10_000),
        ("15m", 900_000),
        ("2h", 7_200_000),
        ("3d", 259_200_000),
        ("PT1M30S", 90_000),
        ("PT0.25S", 250),
        ("PT0,5S", 500),
        ("PT1.500000S", 1_500),
        ("P1D", 86_400_000),
        ("P2W", 1_209_600_000),
        ("P1DT2H3M4S", 93_784_000),
        ("PT36H", 129_600_000),
        ("36500d", DURATION_MS_MAX),
    ],
)
def test_a_duration_is_read(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        *("", "10", "s", "1.5s", "-1s", "+1s", "10 s", " 10s", "10s ", "10S", "1w", "1h30m", "ten", "1٣s"),
        *(
            "P",
            "PT",
            "P1",
            "P1Y",
            "P1M",
            "PT1",
            "P1DT",
            "P1W2D",
            "pt1s",
            "PT1S1M",
            "P-1D",
            "PT0.0005S",
            "PT1.S",
        ),
        *("36501d", "P36501D", "9" * 15 + "d", "9" * 5_000 + "s", "PT" + "9" * 5_000 + "S"),
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-03-01T09:30:00Z", 1_772_357_400_000),
        ("2026-03-01T09:30:00.25Z", 1_772_357_400_250),
        ("2026-03-01T09:30:00.123999999Z", 1_772_357_400_123),
        ("2026-03-01T10:30:00+01:00", 1_772_357_400_000),
        ("2026-03-01t09:30:00z", 1_772_357_400_000),
        ("2026-03-01 09:30:00-00:00", 1_772_357_400_000),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ],
)
def test_an_instant_is_read(text: str, ms: int) -> None:
    assert parse_instant(text) == ms


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-03-01", "2026-03-01T09:30:00", "2026-03-01T09:30Z", "20260301T093000Z"),
        *("2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "0000-01-01T00:00:00Z", "2026-03-01T24:30:00Z"),
        *(
            "2026-03-01T09:30:00+25:00",
            "2026-03-01T09:30:00.Z",
            "2026-W09-7T00:00:00Z",
            "٢026-03-01T09:30:00Z",
        ),
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="RFC 3339"):
        parse_instant(text)


@settings(deadline=None)
@given(st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999))
def test_an_instant_survives_being_written(ms: int) -> None:
    assert parse_instant(format_instant(Instant(ms))) == ms


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0s"),
        (1, "1ms"),
        (1_500, "1500ms"),
        (90_000, "90s"),
        (60_000, "1m"),
        (7_200_000, "2h"),
        (86_400_000, "1d"),
    ],
)
def test_a_duration_is_written_in_the_largest_unit_that_counts_it_whole(ms: int, text: str) -> None:
    assert duration_text(ms) == text
    assert parse_duration(text) == ms
