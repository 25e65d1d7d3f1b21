"""Very many that wait take next to no memory, and all of them can be answered."""

import asyncio
import gc
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace

from tests.runtime.world import NAMESPACE, Stage, called, stage, start_of
from treadle.model.commands import SendSignal
from treadle.model.execution import Execution, ExecutionStatus
from treadle.model.ids import ExecutionId
from treadle.model.program import Program
from treadle.stores.sqlite.store import SqliteStore
from treadle.testing.builders import program, sleep, task
from treadle.testing.composites import wait

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(900)]

DAY_MS: Final = 24 * 3_600_000
ASKING: Final = called("asking", program(wait("approval"), task("last")))
NAPPING: Final = called("napping", program(sleep("nap", 30 * DAY_MS)))
PROGRAMS: Final = (ASKING, NAPPING)
FIRST, MANY = 1_000, 20_000
AT_ONCE: Final = 200
BYTES_EACH_MAX: Final = 500
"""A hundred thousand are 50 MB; a state that is kept takes three times this."""


async def begin_all(on: Stage, count: int) -> list[ExecutionId]:
    """Start so many, of each program in turn; half of them have to end within a month."""
    begun: list[ExecutionId] = []
    numbers = iter(range(count))

    async def begin(chosen: Iterable[int]) -> None:
        for number in chosen:
            what = PROGRAMS[number % len(PROGRAMS)]
            command = start_of(what)
            if number % 4 < 2:
                command = replace(command, deadline_ms=30 * DAY_MS)
            execution = await on.engine.start_execution(command, what)
            if what is ASKING:
                begun.append(execution.id)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(begin(numbers))
    return begun


@contextmanager
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def held_bytes() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def answered(on: Stage, execution_id: ExecutionId) -> Execution:
    command = SendSignal(name="approval", payload=1, actor="kim")
    await on.engine.submit(NAMESPACE, execution_id, command)
    return await on.ended(execution_id)


async def test_what_waits_takes_next_to_no_memory(tmp_path: Path) -> None:
    what: Program = ASKING
    store = SqliteStore.open(tmp_path / "treadle.db")
    async with stage(what, NAPPING, store=store) as on:
        await begin_all(on, FIRST)
        with traced():
            await begin_all(on, FIRST)
            before = held_bytes()
            begun = await begin_all(on, MANY)
            grown = held_bytes() - before
        assert on.engine.live_count == 0
        assert grown < MANY * BYTES_EACH_MAX
        for execution_id in islice(begun, 0, None, MANY // 20):
            ended = await answered(on, execution_id)
            assert ended.ended is ExecutionStatus.COMPLETED
    await store.close()
