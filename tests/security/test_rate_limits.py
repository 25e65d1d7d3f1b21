"""So many requests at once, so many a second on the average: for each caller by itself, at a virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.model.ids import Instant
from treadle.security.rate_limits import RateLimit, RateLimits

ME, YOU = ("default", "me"), ("default", "you")
BEGIN = 1_700_000_000_000


def at(ms: int) -> Instant:
    return Instant(BEGIN + ms)


def limits(per_s: int, burst: int, callers_max: int = 100) -> RateLimits:
    return RateLimits(RateLimit(per_s=per_s, burst=burst), callers_max)


def taken(made: RateLimits, count: int, ms: int, caller: tuple[str, str] = ME) -> list[int]:
    return [made.take(caller, at(ms)) for _ in range(count)]


def test_a_burst_is_let_through_at_once_and_no_more() -> None:
    assert taken(limits(10, 3), 5, 0) == [0, 0, 0, 100, 100]


def test_what_is_refused_costs_nothing() -> None:
    made = limits(10, 1)
    assert taken(made, 50, 0) == [0, *[100] * 49]
    assert taken(made, 2, 100) == [0, 100]


def test_one_comes_back_after_each_part_of_a_second() -> None:
    made = limits(4, 2)
    assert taken(made, 3, 0) == [0, 0, 250]
    assert taken(made, 1, 249) == [1]
    assert taken(made, 2, 250) == [0, 250]
    assert taken(made, 3, 750) == [0, 0, 250]


def test_who_asked_for_long_nothing_has_his_burst_and_not_more() -> None:
    made = limits(10, 3)
    taken(made, 3, 0)
    assert taken(made, 4, 1_000_000) == [0, 0, 0, 100]


def test_callers_and_namespaces_are_apart() -> None:
    made = limits(1, 1)
    assert taken(made, 2, 0) == [0, 1_000]
    assert taken(made, 1, 0, YOU) == [0]
    assert taken(made, 1, 0, ("other", "me")) == [0]


def test_a_rate_that_divides_no_second_loses_nothing() -> None:
    made = limits(3, 2)
    assert taken(made, 3, 0) == [0, 0, 334]
    assert taken(made, 2, 334) == [0, 333]
    assert taken(made, 2, 667) == [0, 333]
    assert taken(made, 2, 1_000) == [0, 334]


def test_no_more_callers_are_remembered_than_the_bound_and_the_most_silent_goes_first() -> None:
    made = limits(1, 1, callers_max=2)
    assert taken(made, 1, 0, ME) == [0]
    assert taken(made, 1, 0, YOU) == [0]
    assert taken(made, 1, 0, ME) == [1_000]
    for number in range(100):
        made.take(("default", f"other-{number}"), at(0))
        assert len(made) == 2
        assert taken(made, 1, 0, ME) == [1_000]
    assert taken(made, 1, 0, YOU) == [0]


@given(
    per_s=st.integers(1, 5_000),
    burst=st.integers(1, 50),
    steps=st.lists(st.integers(0, 2_000), min_size=1, max_size=60),
)
def test_no_stretch_of_time_has_more_than_its_share(per_s: int, burst: int, steps: list[int]) -> None:
    made, now, let_through = limits(per_s, burst), 0, list[int]()
    for step in steps:
        now += step
        if made.take(ME, at(now)) == 0:
            let_through.append(now)
    for first, begin in enumerate(let_through):
        for last, end in enumerate(let_through[first:], first):
            # In parts of a second: `burst` at once, and then `per_s` in each second.
            assert (last - first + 1 - burst) * 1_000 <= (end - begin) * per_s


@given(per_s=st.integers(1, 5_000), burst=st.integers(1, 50), asked=st.integers(1, 200))
def test_who_comes_back_when_told_is_let_through_and_not_before(per_s: int, burst: int, asked: int) -> None:
    made = limits(per_s, burst)
    wait_ms = max(taken(made, asked, 0))
    if wait_ms:
        assert made.take(ME, at(wait_ms - 1)) == 1
        assert made.take(ME, at(wait_ms)) == 0


@pytest.mark.parametrize("per_s", [1, 7, 1_000])
def test_the_average_is_reached_by_who_asks_all_the_time(per_s: int) -> None:
    made = limits(per_s, per_s)
    for second in range(4):
        assert taken(made, per_s + 1, second * 1_000).count(0) == per_s
