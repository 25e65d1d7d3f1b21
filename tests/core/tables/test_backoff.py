"""When the next attempt begins. The formula is reckoned here a second time, from its words."""

import hashlib
from fractions import Fraction

import pytest

from treadle.core.backoff import delay_ms, unit
from treadle.model.events import RetryScheduled
from treadle.model.ids import ExecutionId
from treadle.model.outcomes import Cause, Failed, Unknown
from treadle.model.policies import RetryPolicy
from treadle.testing.builders import plan, program, task, undo
from treadle.testing.playing import BUSY, EXECUTION, LOST, REFUSED, Play, begun

HOUR_MS = 3_600_000


def u(text: str) -> Fraction:
    """The first 8 bytes of the SHA-256, big-endian, over 2^64."""
    return Fraction(int(hashlib.sha256(text.encode()).hexdigest()[:16], 16), 2**64)


def reckoned(policy: RetryPolicy, n: int, seed: str) -> int:
    """min(max, initial x multiplier^(n-1)), then x (1 - ratio + 2 x ratio x u), capped again."""
    ratio, most = Fraction(policy.jitter), Fraction(policy.max_ms)
    capped = min(most, policy.initial_ms * Fraction(policy.multiplier) ** (n - 1))
    return int(min(most, capped * (1 - ratio + 2 * ratio * u(seed))))


def waited(play: Play) -> int:
    """How long after now the next attempt begins."""
    last = play.history[-1]
    assert isinstance(last, RetryScheduled)
    assert play.wakes_at() == last.wake_at
    return last.wake_at - play.now


def failing(policy: RetryPolicy) -> Play:
    return begun(program(task("pay", activity=plan("pay", retry=policy))))


@pytest.mark.parametrize(
    ("policy", "delays"),
    [
        (RetryPolicy(max_attempts=9, jitter=0.0), [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600]),
        (RetryPolicy(max_attempts=5, jitter=0.0, max_ms=700), [200, 400, 700, 700]),
        (RetryPolicy(max_attempts=4, jitter=0.0, multiplier=1.0, initial_ms=50), [50, 50, 50]),
        (RetryPolicy(max_attempts=4, jitter=0.0, multiplier=1.5, initial_ms=100), [100, 150, 225]),
        (RetryPolicy(max_attempts=3, jitter=0.0, initial_ms=0), [0, 0]),
        (RetryPolicy(max_attempts=3, jitter=0.0, initial_ms=900, max_ms=500), [500, 500]),
        (RetryPolicy(max_attempts=1), []),
    ],
)
def test_the_delay_grows_up_to_its_cap(policy: RetryPolicy, delays: list[int]) -> None:
    play = failing(policy)
    found = []
    for _ in delays:
        play.report(BUSY)
        found.append(waited(play))
        play.wake()
    assert found == delays
    assert "NodeFailed" in [type(event).__name__ for event in play.report(BUSY).events]


@pytest.mark.parametrize("jitter", [0.1, 0.5, 1.0])
def test_the_jitter_is_that_of_the_formula(jitter: float) -> None:
    policy = RetryPolicy(max_attempts=8, jitter=jitter, initial_ms=1_000, max_ms=3_000)
    play = failing(policy)
    for attempt in range(1, 8):
        play.report(BUSY)
        assert waited(play) == reckoned(policy, attempt, f"{EXECUTION}/pay/{attempt}")
        play.wake()


def test_the_jitter_of_an_undo_and_of_a_hook_goes_by_their_own_names() -> None:
    policy = RetryPolicy(max_attempts=2, jitter=1.0, initial_ms=1_000_000, max_ms=2_000_000)
    first = task("first", compensation=undo("undo-first", retry=policy))
    play = begun(program(first, task("second"), hooks={"on_failure": plan("note", retry=policy)}))
    play.ok()
    play.report(REFUSED)
    play.report(BUSY)
    assert waited(play) == reckoned(policy, 1, f"{EXECUTION}/first/1")
    play.wake()
    play.ok()
    play.report(BUSY)
    assert waited(play) == reckoned(policy, 1, f"{EXECUTION}/$on_failure/1")


def test_the_seed_has_the_number_of_the_attempt_and_the_power_counts_those_that_count() -> None:
    policy = RetryPolicy(max_attempts=4, jitter=0.3, initial_ms=1_000)
    play = failing(policy)
    for end in (LOST, LOST):
        play.report(end)
        assert waited(play) == 0
        play.wake()
    play.report(BUSY)
    assert waited(play) == reckoned(policy, 1, f"{EXECUTION}/pay/3")
    play.wake()
    play.report(LOST)
    play.wake()
    play.report(BUSY)
    assert waited(play) == reckoned(policy, 2, f"{EXECUTION}/pay/5")


@pytest.mark.parametrize(
    ("retry_after_ms", "delay"),
    [(0, 0), (1, 1), (90_000, 90_000), (HOUR_MS, HOUR_MS), (HOUR_MS + 1, HOUR_MS), (10**12, HOUR_MS)],
)
@pytest.mark.parametrize("is_unknown", [False, True])
def test_what_the_service_asks_for_replaces_the_rule(
    retry_after_ms: int, delay: int, *, is_unknown: bool
) -> None:
    play = failing(RetryPolicy(max_ms=500))
    if is_unknown:
        play.report(Unknown(code="http_504", message="late", http_status=504, retry_after_ms=retry_after_ms))
    else:
        play.report(
            Failed(
                code="http_429",
                message="slow down",
                cause=Cause.HTTP,
                http_status=429,
                retry_after_ms=retry_after_ms,
            )
        )
    assert waited(play) == delay


@pytest.mark.parametrize("text", ["", "a", f"{EXECUTION}/charge[3]~2/7", "ü"])
def test_the_unit_is_a_number_below_one_that_the_text_decides(text: str) -> None:
    assert unit(text) == float(u(text))
    assert 0 <= unit(text) < 1


def test_a_very_late_attempt_waits_the_cap() -> None:
    policy = RetryPolicy(max_attempts=10_000, multiplier=1_000.0, jitter=0.0)
    delay = delay_ms(policy, BUSY, counted=9_999, execution_id=ExecutionId("x"), seed="a/9999")
    assert delay == policy.max_ms


@pytest.mark.parametrize(("multiplier", "counted"), [(1.05, 70), (1.05, 101), (1.01, 400)])
def test_a_flat_back_off_goes_on_growing(multiplier: float, counted: int) -> None:
    policy = RetryPolicy(max_attempts=1_000, multiplier=multiplier, jitter=0.0)
    delay = delay_ms(policy, BUSY, counted=counted, execution_id=ExecutionId("x"), seed="a/1")
    assert delay == reckoned(policy, counted, "x/a/1")
    assert delay < policy.max_ms
