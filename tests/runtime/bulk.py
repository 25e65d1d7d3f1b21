"""Bulk acts under the control of a test: what is kept of them can fail, or never come to pass."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from anyio.lowlevel import checkpoint

from tests.runtime.world import NAMESPACE, RANDOMNESS, Stage
from treadle.model.bulk_acts import BulkAct, BulkAction
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import BulkId, ExecutionId, Instant, Namespace
from treadle.model.views import Cursor, ExecutionFilter
from treadle.ports.bulk_acts import BulkActs
from treadle.runtime.bulk_acting import BulkParts
from treadle.runtime.bulk_acts import BulkRunner
from treadle.service.bulk import bulk_command


class WatchedActs:
    """The bulk acts of a store. `saved` is what was to be kept; `fails` says of each whether it is not.

    What is saved while `gate` is closed waits.
    """

    def __init__(self, acts: BulkActs) -> None:
        self._acts = acts
        self.saved: list[BulkAct] = []
        self.fails: Callable[[BulkAct], Exception | None] = lambda _act: None
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_waiting = asyncio.Event()
        self.has_ended = asyncio.Event()

    async def add(self, act: BulkAct, running_max: int) -> bool:
        return await self._acts.add(act, running_max)

    async def save(self, act: BulkAct) -> None:
        self.saved.append(act)
        failure = self.fails(act)
        if failure is not None:
            raise failure
        if not self.gate.is_set():
            self.is_waiting.set()
            await self.gate.wait()
        await self._acts.save(act)
        if act.ended_at is not None:
            self.has_ended.set()

    async def stop(self, namespace: Namespace, bulk_id: BulkId) -> None:
        await self._acts.stop(namespace, bulk_id)

    async def find(self, namespace: Namespace, bulk_id: BulkId) -> BulkAct | None:
        return await self._acts.find(namespace, bulk_id)

    async def newest(self, namespace: Namespace, before: BulkId | None, limit: int) -> Sequence[BulkAct]:
        return await self._acts.newest(namespace, before, limit)

    async def next_running(self, after: BulkId | None) -> BulkAct | None:
        return await self._acts.next_running(after)

    async def forget_ended(self, before: Instant, limit: int) -> int:
        return await self._acts.forget_ended(before, limit)


def bulk_act(
    on: Stage,
    action: BulkAction,
    *statuses: ExecutionStatus,
    reason: str | None = None,
    created_at: Instant | None = None,
) -> BulkAct:
    """One that is asked for now, of all executions with these statuses."""
    now = on.engine.clock.now() if created_at is None else created_at
    return BulkAct(
        id=RANDOMNESS.bulk_id(),
        where=ExecutionFilter(namespace=NAMESPACE, statuses=statuses),
        action=action,
        reason=reason,
        actor="ops",
        created_at=now,
        total=0,
        after=Cursor(created_at=Instant(now + 1), id=""),
    )


@asynccontextmanager
async def carrying_out(on: Stage, acts: BulkActs | None = None) -> AsyncIterator[BulkRunner]:
    """A runner over the engine, stopped at the end."""
    parts = BulkParts(engine=on.engine, views=on.store.views, command=bulk_command)
    runner = BulkRunner(parts, acts or on.store.bulk_acts)
    runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


async def ended(on: Stage, act: BulkAct) -> BulkAct:
    """The bulk act once it has ended."""
    while True:
        found = await on.store.bulk_acts.find(NAMESPACE, act.id)
        assert found is not None
        if found.ended_at is not None:
            return found
        await checkpoint()


async def carried_out(on: Stage, act: BulkAct) -> BulkAct:
    """The bulk act once it was begun and has ended."""
    async with carrying_out(on) as runner:
        assert await runner.begin(act)
        return await ended(on, act)


async def at_rest(on: Stage, *executions: ExecutionId) -> None:
    """Return when nobody drives these any more: they wait in the store."""
    while any(on.engine.live(one) is not None for one in executions):
        await checkpoint()


async def times_told(on: Stage, execution_id: ExecutionId, event: type) -> int:
    """How often the history holds an event of that type by the actor of these bulk acts."""
    found = [one for one in await on.history(execution_id) if type(one) is event]
    return sum(getattr(one, "actor", None) == "ops" for one in found)
