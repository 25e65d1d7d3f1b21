"""Random programs in worlds that a seed decides: whatever the order, every execution keeps its promises.

These are samples: `make prove` lives through a hundred thousand.
"""

import os
import subprocess
import sys
from collections import Counter
from typing import get_args

import pytest

from treadle.core.nodes.table import KINDS
from treadle.model.events import Event, NodeEntered
from treadle.model.execution import TERMINAL, ExecutionStatus
from treadle.testing.world import World, simulate

SINCE_ALL_KINDS = (164, 1_155, 3_731, 17_940, 19_301, 32_363, 46_187, 803_090)
EVER_FAILED = (96, 113, 115, 18476, 24091, 24936, 26809, 28040, 75_749, 94_601, 96_973, *SINCE_ALL_KINDS)
"""Every seed that once failed stays."""
QUICK = 100
SLOW = 1_000
WORTH = 400
RARE = {"CallTrailed", "InputRefused", "IterationsKept", "SignalExpired"}
"""Events that not every sample has."""
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
@pytest.mark.parametrize("first", range(10_000, 10_000 + 10 * SLOW, SLOW))
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
    """They reach every end, every event and every kind, run again, and undo more than one thing."""
    ends: Counter[ExecutionStatus] = Counter()
    seen: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    undone: Counter[int] = Counter()
    for seed in range(WORTH):
        world = World(seed)
        ends[world.run()] += 1
        history = [event for life in world.lives.values() for event in life.history]
        names = Counter(type(event).__name__ for event in history)
        seen.update(names.keys())
        kinds.update({event.kind for event in history if isinstance(event, NodeEntered)})
        undone[names["CompensationCompleted"]] += 1
        seen["crash"] += "crash" in world.trace
        seen["child"] += len(world.lives) > 1
    assert set(ends) == TERMINAL
    assert min(ends.values()) >= 15
    assert set(kinds) == {kind.name for kind in KINDS.values()}
    assert min(kinds.values()) >= 10
    assert {event.__name__ for event in get_args(Event)} - set(seen) <= RARE
    assert sum(times for count, times in undone.items() if count >= 3) >= 40
    assert seen["crash"] >= 100
    assert seen["child"] >= 30
    assert seen["ExecutionStuck"] >= 40
    assert seen["ExecutionRetried"] >= 40
    assert seen["ResultKept"] >= 20
    assert seen["BranchCancelled"] >= 60
