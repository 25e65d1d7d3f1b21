"""How long a client waits before it asks again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.client import ApiError, Limits, Unreachable
from treadle.client.retrying import back_off_s, delay_s, may_repeat

LIMITS = Limits(back_off_s=0.2, back_off_s_max=5, retry_after_s_max=60)


def refusal(retry_after_s: int | None = None, *, retryable: bool = True) -> ApiError:
    return ApiError("overloaded", 503, "no", retryable=retryable, retry_after_s=retry_after_s)


def test_delays_double_up_to_their_bound() -> None:
    assert [back_off_s(n, LIMITS, 0) for n in range(1, 8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_half_of_a_delay_at_most_is_left_to_chance(attempt: int, share: float) -> None:
    whole = back_off_s(attempt, LIMITS, 0)
    assert whole / 2 <= back_off_s(attempt, LIMITS, share) <= whole <= LIMITS.back_off_s_max


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal(), 0.2),
        (refusal(3), 3),
        (refusal(60), 60),
        (refusal(61), None),
        (refusal(retryable=False), None),
        (Unreachable("gone", is_sent=True), 0.2),
    ],
)
def test_a_server_says_when_to_come_back(error: ApiError | Unreachable, expected: float | None) -> None:
    assert delay_s(error, 1, LIMITS, 0) == expected


@pytest.mark.parametrize(
    ("error", "once"),
    [
        (refusal(), True),
        (Unreachable("gone", is_sent=False), True),
        (Unreachable("gone", is_sent=True), False),
    ],
)
def test_only_an_unknown_end_asks_for_more_than_patience(error: ApiError | Unreachable, once: bool) -> None:
    assert may_repeat(error, is_repeatable=False) is once
    assert may_repeat(error, is_repeatable=True)
