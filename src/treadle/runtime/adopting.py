"""How an engine comes to drive what is in the store: it claims, reads, and goes on where it stood."""

import asyncio
from collections.abc import MutableMapping, Set

import msgspec
import structlog

from treadle.model.errors import Unavailable
from treadle.model.ids import EngineId, ExecutionId
from treadle.model.program import Program
from treadle.ports.commit import Claimed
from treadle.ports.store import Store
from treadle.runtime.driver import Driver, House
from treadle.runtime.errands import Errands
from treadle.runtime.inboxes import Inboxes
from treadle.runtime.programs import Programs
from treadle.runtime.recording import Owner, restore_known
from treadle.runtime.taking_over import first_letters
from treadle.runtime.turn import Case

log = structlog.get_logger(__name__)


class AdoptionParts(msgspec.Struct, frozen=True, kw_only=True):
    """`drivers` are those of the live executions: what is adopted joins them."""

    engine: EngineId
    store: Store
    programs: Programs
    house: House
    drivers: MutableMapping[ExecutionId, Driver]
    inboxes: Inboxes
    errands: Errands


class Adoptions:
    """One claim of what is due at a time, and one of each execution that somebody asks for."""

    def __init__(self, parts: AdoptionParts) -> None:
        self._parts = parts
        self._house = parts.house
        self._drivers = parts.drivers
        self._inboxes = parts.inboxes
        self._claims: dict[ExecutionId, asyncio.Task[None]] = {}
        self._taking_due = asyncio.Lock()

    async def claim_due(self, limit: int) -> int:
        """Drive what nobody drives and is due; how many there were."""
        parts, house = self._parts, self._house
        with self._inboxes.claiming() as noted:
            async with self._taking_due:
                claimed = await parts.store.claim_due(
                    parts.engine, house.clock.now(), limit, house.bounds.claim_bytes_max
                )
                for one in claimed:
                    await self._adopt(one, noted)
                    await house.clock.sleep(0)  # a large state takes its time: others have theirs in between
        return len(claimed)

    async def claim(self, execution_id: ExecutionId) -> None:
        """Own an execution that nobody drives; callers who ask at the same time share one claim."""
        task = self._claims.get(execution_id)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._claim_one(execution_id))
            self._claims[execution_id] = task
            task.add_done_callback(lambda _: self._claims.pop(execution_id, None))
        await asyncio.shield(task)

    async def _claim_one(self, execution_id: ExecutionId) -> None:
        with self._inboxes.claiming() as noted:
            claimed = await self._parts.store.claim(self._parts.engine, execution_id)
            if claimed is not None:
                await self._adopt(claimed, noted)
                return
        async with self._taking_due:  # it may have been claimed with what is due, and be driven soon
            pass

    async def _adopt(self, claimed: Claimed, noted: Set[ExecutionId]) -> None:
        """Drive a claimed execution; one for which more was `noted` than the claim brought fetches it."""
        stored = claimed.state
        try:
            program = await self._parts.programs.get(stored.namespace, stored.definition.digest)
            self._drive(claimed, program)
        except Unavailable as fault:  # nobody else drives what this engine owns: it may not be forgotten
            log.warning("adoption put off", execution=stored.execution_id, message=fault.message)
            self._parts.errands.send(self._adopt_later(claimed))
        except Exception as broken:  # this execution stays owned and still, all others go on
            log.error("execution cannot be driven", execution=stored.execution_id, exc_info=broken)
        else:
            if stored.execution_id in noted:
                self._inboxes.fetch(stored.execution_id)

    def _drive(self, claimed: Claimed, program: Program) -> None:
        """Go on with it; one whose state cannot be is driven no further, and may raise anything."""
        stored = claimed.state
        execution, mark = restore_known(stored)
        case = Case(
            execution_id=stored.execution_id,
            namespace=stored.namespace,
            program=program,
            bounds=self._house.execution_bounds,
        )
        owner = Owner(engine=self._parts.engine, fence=claimed.fence)
        driver = Driver(self._house, case, owner, execution=execution, mark=mark)
        self._drivers[driver.id] = driver
        try:
            driver.take_over(first_letters(execution), claimed.inbox)
        except Exception:
            self._drivers.pop(driver.id, None)
            self._house.set_alarm(driver.id, None)
            raise

    async def _adopt_later(self, claimed: Claimed) -> None:
        await self._house.clock.sleep(self._house.bounds.store_retry_ms)
        if not self._house.is_draining:
            await self._adopt(claimed, {claimed.state.execution_id})
