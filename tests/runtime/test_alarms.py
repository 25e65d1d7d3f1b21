"""The newest alarm of an execution counts, and alarms that were replaced do not pile up."""

import asyncio
import weakref

import pytest

from treadle.model.ids import ExecutionId, Instant
from treadle.runtime.alarms import REPLACED_MIN, Alarms
from treadle.runtime.clocks import SystemClock

pytestmark = pytest.mark.anyio
FAR_MS = 30 * 24 * 3_600_000


class Name(str):
    """An id that says when nobody holds it any more."""

    __slots__ = ("__weakref__",)


async def test_alarms_of_executions_that_have_left_are_forgotten_long_before_they_are_due() -> None:
    clock = SystemClock()
    alarms = Alarms(clock, lambda _: None)
    held: weakref.WeakSet[Name] = weakref.WeakSet()
    for number in range(20 * REPLACED_MIN):
        name = Name(f"e{number}")
        held.add(name)
        alarms.set(ExecutionId(name), Instant(clock.now() + FAR_MS + number))
        alarms.set(ExecutionId(name), None)
        assert len(held) <= REPLACED_MIN + 3
    alarms.close()


async def test_alarms_that_stand_outlive_those_that_are_forgotten() -> None:
    clock, rung = SystemClock(), asyncio.Queue[ExecutionId]()
    alarms = Alarms(clock, rung.put_nowait)
    due_at = Instant(clock.now() + 1)
    standing = [ExecutionId(f"standing{number}") for number in range(5)]
    for name in standing:
        alarms.set(name, Instant(clock.now() + FAR_MS))
    for number in range(4 * REPLACED_MIN):
        alarms.set(ExecutionId("moving"), Instant(clock.now() + FAR_MS + number))
    for name in standing:
        alarms.set(name, due_at)
    async with asyncio.timeout(20):
        assert sorted([await rung.get() for _ in standing]) == standing
    assert rung.empty()
    alarms.close()
