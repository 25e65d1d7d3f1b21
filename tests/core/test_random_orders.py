"""Random programs in worlds that a seed decides: whatever the order, the execution keeps its promises."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from treadle.model.execution import ExecutionStatus
from treadle.testing.world import World, simulate

EVER_FAILED = (96, 113, 115, 18476, 24091, 24936, 26809, 28040)
"""Every seed that once failed stays."""
QUICK = 100
SLOW = 1_000
FINGERPRINT = """
import hashlib
from treadle.codec.events import encode_events
from treadle.testing.world import simulate
digest = hashlib.sha256()
for seed in range(40):
    world = simulate(seed)
    digest.update("".join(world.trace).encode())
    digest.update(encode_events(world.history))
print(digest.hexdigest())
"""


@pytest.mark.parametrize("seed", EVER_FAILED)
def test_a_seed_that_once_failed(seed: int) -> None:
    simulate(seed)


@pytest.mark.parametrize("first", range(0, 8 * QUICK, QUICK))
def test_random_orders(first: int) -> None:
    for seed in range(first, first + QUICK):
        simulate(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(10_000, 10_000 + 20 * SLOW, SLOW))
def test_many_random_orders(first: int) -> None:
    for seed in range(first, first + SLOW):
        simulate(seed)


def test_the_same_seed_twice_is_the_same_story() -> None:
    for seed in range(20):
        one, two = simulate(seed), simulate(seed)
        assert one.trace == two.trace
        assert one.history == two.history
        assert one.ledger.entries == two.ledger.entries


def test_a_seed_tells_the_same_story_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert len(told) == 1


def test_the_worlds_are_worth_living_in() -> None:
    """They reach every end and every event, and undo more than one thing."""
    ends: Counter[ExecutionStatus] = Counter()
    seen: Counter[str] = Counter()
    undone: Counter[int] = Counter()
    for seed in range(300):
        world = World(seed)
        ends[world.run()] += 1
        names = Counter(type(event).__name__ for event in world.history)
        seen.update(names.keys())
        undone[names["CompensationCompleted"]] += 1
        seen["crash"] += "crash" in world.trace
    assert set(ends) == {
        ExecutionStatus.COMPLETED,
        ExecutionStatus.FAILED,
        ExecutionStatus.CANCELLED,
        ExecutionStatus.TERMINATED,
    }
    assert min(ends.values()) >= 5
    assert sum(times for count, times in undone.items() if count >= 3) >= 20
    assert seen["crash"] >= 60
    assert seen["ExecutionStuck"] >= 20
    assert seen["BranchCancelled"] >= 3
