"""`python -m treadle.testing.proving 100000`: that many worlds lived through, and what they were made of.

It prints every seed that fails with the last steps before, and exits with 1 if there is one.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Final

from treadle.model.events import NodeEntered
from treadle.testing.world import World

SEEDS_DEFAULT: Final = 100_000
SEEDS_A_CHUNK: Final = 500
FAILURES_TOLD: Final = 20


class Tally:
    """What a number of worlds came to. `seen` counts the worlds that had an event of the type."""

    def __init__(self) -> None:
        self.worlds = 0
        self.executions = 0
        self.events = 0
        self.ends: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.failures: list[str] = []

    def count(self, world: World) -> None:
        """Add a world that was lived through."""
        self.worlds += 1
        self.executions += len(world.lives)
        self.ends[world.status.value] += 1
        histories = [event for life in world.lives.values() for event in life.history]
        self.events += len(histories)
        self.seen.update({type(event).__name__ for event in histories})
        self.kinds.update({event.kind for event in histories if isinstance(event, NodeEntered)})

    def add(self, other: "Tally") -> None:
        """Add what another tally has counted."""
        self.worlds += other.worlds
        self.executions += other.executions
        self.events += other.events
        self.ends += other.ends
        self.kinds += other.kinds
        self.seen += other.seen
        self.failures += other.failures


def live_through(first: int, count: int) -> Tally:
    """The worlds of `count` seeds from `first` on."""
    tally = Tally()
    for seed in range(first, first + count):
        world = World(seed)
        try:
            world.run()
        except Exception as error:  # whatever it is, the seed is what matters
            tally.failures.append(f"seed {seed}: {type(error).__name__}: {error}")
        else:
            tally.count(world)
    return tally


def prove(seeds: int, first: int = 0) -> Tally:
    """The worlds of all these seeds, on every core."""
    starts = range(first, first + seeds, SEEDS_A_CHUNK)
    sizes = [min(SEEDS_A_CHUNK, first + seeds - start) for start in starts]
    total = Tally()
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for tally in pool.map(live_through, starts, sizes):
            total.add(tally)
            for failure in tally.failures[:FAILURES_TOLD]:
                sys.stderr.write(f"{failure}\n")
    return total


def told(total: Tally, first: int) -> Iterator[str]:
    """The lines that say what was lived through."""
    last = first + total.worlds + len(total.failures) - 1
    broken = len(total.failures)
    yield f"seeds {first} to {last}: {total.worlds:,} worlds kept their promises, {broken} did not"
    yield f"{total.executions:,} executions, {total.events:,} events"
    for what, counter in (("ends", total.ends), ("kinds", total.kinds), ("events", total.seen)):
        yield f"worlds by {what}: " + ", ".join(f"{name} {times:,}" for name, times in counter.most_common())


def main() -> None:
    """Arguments: how many seeds (100,000), and the first of them (0)."""
    given = dict(enumerate(int(argument) for argument in sys.argv[1:]))
    first = given.get(1, 0)
    total = prove(given.get(0, SEEDS_DEFAULT), first)
    sys.stdout.writelines(f"{line}\n" for line in told(total, first))
    sys.exit(bool(total.failures))


if __name__ == "__main__":
    main()
