"""Carries out bulk acts: a page of one, then a page of the next, until there is none that runs."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from treadle.model.bulk_acts import BulkAct
from treadle.model.errors import TreadleError
from treadle.model.ids import BulkId, Instant, Namespace
from treadle.model.instants import DAY_MS
from treadle.ports.bulk_acts import BulkActs
from treadle.runtime.bulk_acting import BulkActor, BulkParts
from treadle.runtime.bulk_progress import ended, planned

log = structlog.get_logger(__name__)

RUNNING_MAX: Final = 8
"""Bulk acts of one namespace that run at once."""
KEPT_DAYS: Final = 30
"""A bulk act that has ended is kept for so long."""
FORGOTTEN_AT_ONCE: Final = 1_000
"""Bulk acts that are forgotten in one transaction."""
REST_S: Final = 60
"""How long an engine without bulk acts rests between two looks for them."""
NO_ROOM_MS: Final = 100
"""How long a bulk act waits that may not make more executions live."""


class BulkRunner:
    """Build it inside the event loop; `start` it after its engine, `stop` it before.

    What is to be acted on is kept before it is, and how that ended after: a process that dies in between
    leaves targets, and the next one asks their histories which of them were acted on. Nothing is held in
    memory from one page to the next.
    """

    def __init__(self, parts: BulkParts, acts: BulkActs) -> None:
        self._acts = acts
        self._views = parts.views
        self._clock = parts.engine.clock
        self._duties = parts.engine.duties
        self._bounds = parts.engine.bounds
        self._actor = BulkActor(parts)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._running: set[BulkId] = set()
        self._done = 0
        self._refused = 0

    def start(self) -> None:
        """Go on with those that an earlier process left, and with what is begun from now on."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="bulk acts")
        self._duties.hold("bulk-acts", self._task)

    async def stop(self) -> None:
        """Begin no further command; what runs is gone on with by the next process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    def health(self) -> tuple[str, ...]:
        """What is wrong, in words."""
        return ("the bulk acts have stopped",) if self._task is not None and self._task.done() else ()

    async def newest(self, namespace: Namespace, before: BulkId | None, limit: int) -> Sequence[BulkAct]:
        """Those of the namespace, running or ended, newest first from the one below `before`."""
        return await self._acts.newest(namespace, before, limit)

    @property
    def running(self) -> int:
        """Bulk acts that run, as far as they were looked at."""
        return len(self._running)

    @property
    def endings(self) -> Mapping[str, int]:
        """Executions that were come to since the start of the process: `done` and `refused`."""
        return {"done": self._done, "refused": self._refused}

    async def begin(self, act: BulkAct) -> bool:
        """Keep a new one and carry it out; False, and nothing was kept, if RUNNING_MAX run already.

        Raises:
            Unavailable: nothing was accepted.
        """
        is_kept = await self._acts.add(act, RUNNING_MAX)
        if is_kept:
            self._wake.set()
        return is_kept

    async def stop_act(self, namespace: Namespace, bulk_id: BulkId) -> BulkAct | None:
        """Have one act on no more, if it runs; how far it has come, None if there is none."""
        await self._acts.stop(namespace, bulk_id)
        return await self._acts.find(namespace, bulk_id)

    async def find(self, namespace: Namespace, bulk_id: BulkId) -> BulkAct | None:
        """How far that one has come; None if there is none in this namespace."""
        return await self._acts.find(namespace, bulk_id)

    async def _run(self) -> None:
        last: BulkId | None = None
        while True:
            try:
                act = await self._acts.next_running(last)
                if act is not None:
                    last = act.id
                    self._running.add(act.id)
                    await self._turn(act)
                elif last is not None:
                    last = None
                else:
                    await self._forget()
                    await self._rest()
            except TreadleError as fault:
                log.warning("bulk acts put off", code=fault.code, message=fault.message)
                await self._clock.sleep(self._bounds.store_retry_ms)
            except Exception as broken:  # unreadable: this one stays as it is, all others go on
                log.error("bulk act broken", bulk_act=last, exc_info=broken)
                await self._clock.sleep(self._bounds.store_retry_ms)

    async def _turn(self, act: BulkAct) -> None:
        """Act on the next page, or on what is left of the last one; one that is stopping ends."""
        if act.is_stopping:
            looked_at = await self._actor.look(act)
            await self._save(act, ended(looked_at, self._clock.now()))
        elif act.targets:
            await self._act(act, is_repeat=True)
        else:
            found = await self._views.page(act.where, act.after, self._bounds.bulk_page_max)
            further = planned(act, found, self._clock.now())
            await self._save(act, further)
            if further.targets:
                await self._act(further, is_repeat=False)

    async def _act(self, act: BulkAct, *, is_repeat: bool) -> None:
        further = await self._actor.act(act, is_repeat=is_repeat)
        if further.targets != act.targets:
            await self._save(act, further)
        if further.targets:
            await self._clock.sleep(NO_ROOM_MS)

    async def _save(self, before: BulkAct, act: BulkAct) -> None:
        """Keep how far it has come since `before`, and count that."""
        await self._acts.save(act)
        self._done += act.done - before.done
        self._refused += act.refused - before.refused
        if act.ended_at is not None:
            self._running.discard(act.id)

    async def _forget(self) -> None:
        before = Instant(self._clock.now() - KEPT_DAYS * DAY_MS)
        while await self._acts.forget_ended(before, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
            pass

    async def _rest(self) -> None:
        """Until one is begun, or for REST_S."""
        try:
            async with asyncio.timeout(REST_S):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()
