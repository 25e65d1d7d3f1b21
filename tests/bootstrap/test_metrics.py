"""What is asked of the store for a scrape: seldom, for a short time, and not at any price."""

import asyncio
from collections.abc import Mapping

import pytest

from tests.invokers.invocations import FixedClock
from treadle.bootstrap.metrics import StoreReading
from treadle.model.errors import Unavailable
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Instant
from treadle.stores.memory.store import MemoryStore
from treadle.stores.memory.views import MemoryViews

pytestmark = pytest.mark.anyio


class Due(MemoryStore):
    """Something is due since `due_at`."""

    def __init__(self, due_at: int | None) -> None:
        super().__init__()
        self.due_at = due_at

    async def next_due(self) -> Instant | None:
        return None if self.due_at is None else Instant(self.due_at)


class Unreachable(MemoryStore):
    async def next_due(self) -> Instant | None:
        raise Unavailable("store_unavailable", "the disk is full")


class Counted(MemoryViews):
    """Says how often it was asked; `answers` lets it answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def open_counts(self) -> Mapping[ExecutionStatus, int]:
        self.asked += 1
        await self.answers.wait()
        return {ExecutionStatus.STUCK: 2}


def told(reading: StoreReading) -> dict[str, dict[str, float]]:
    return {
        family.name: {",".join(sample.labels.values()): sample.value for sample in family.samples}
        for family in reading.families()
    }


@pytest.mark.parametrize(
    ("due_at", "lag_s"), [(None, 0.0), (1_000_000, 0.0), (1_500_000, 0.0), (997_500, 2.5)]
)
async def test_lag_is_for_how_long_something_has_been_due(due_at: int | None, lag_s: float) -> None:
    reading = StoreReading(Due(due_at), Counted(), FixedClock(1_000_000))
    await reading.look()
    assert told(reading)["treadle_due_lag_seconds"] == {"": lag_s}


async def test_every_open_status_is_told_and_what_there_is_none_of_is_0() -> None:
    reading = StoreReading(Due(None), Counted(), FixedClock())
    await reading.look()
    statuses = ("pending", "running", "waiting", "compensating", "paused")
    assert told(reading)["treadle_executions_open"] == {**dict.fromkeys(statuses, 0), "stuck": 2}


async def test_those_who_look_at_the_same_time_and_soon_after_share_one_look() -> None:
    views = Counted()
    reading = StoreReading(Due(None), views, FixedClock())
    await asyncio.gather(*(reading.look() for _ in range(10)))
    await reading.look()
    assert views.asked == 1


async def test_a_store_that_cannot_be_reached_is_left_out() -> None:
    reading = StoreReading(Unreachable(), Counted(), FixedClock())
    await reading.look()
    assert told(reading) == {}


async def test_a_store_that_does_not_answer_is_left_out_and_not_asked_again_at_once() -> None:
    views = Counted()
    views.answers.clear()
    reading = StoreReading(Due(None), views, FixedClock(), answers_s_max=0.01)
    await reading.look()
    views.answers.set()
    await reading.look()
    assert (told(reading), views.asked) == ({}, 1)
