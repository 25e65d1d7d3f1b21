"""One running engine: accepts starts and commands, drives live executions, recovers what others left."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from treadle.core.decide import decide
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.commands import Command, Continue, StartExecution
from treadle.model.decision import Refused
from treadle.model.errors import Corrupt, Rejected, TreadleError, Unavailable
from treadle.model.events import ExecutionStuck
from treadle.model.execution import Execution, is_settled
from treadle.model.ids import EngineId, ExecutionId, Instant, Namespace
from treadle.model.program import Program
from treadle.ports.clock import Clock
from treadle.ports.commit import Commit, IdempotencyKey
from treadle.ports.invoker import Invoker
from treadle.ports.store import Store
from treadle.ports.views import Views
from treadle.runtime.adopting import AdoptionParts, Adoptions
from treadle.runtime.alarms import Alarms
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.claimer import Claimer
from treadle.runtime.committer import Committer
from treadle.runtime.driver import Driver
from treadle.runtime.duties import Duties
from treadle.runtime.errands import Errands
from treadle.runtime.followers import Followers
from treadle.runtime.housekeeper import Housekeeper
from treadle.runtime.inboxes import Inboxes
from treadle.runtime.mailbox import Letter, refuse_all
from treadle.runtime.performer import Performer
from treadle.runtime.programs import Programs
from treadle.runtime.readings import Readings, ReadParts
from treadle.runtime.recording import Owner, Recording, restore, restore_known
from treadle.runtime.starting import StartsUnderWay
from treadle.runtime.telling import tell_stuck
from treadle.runtime.turn import Case
from treadle.runtime.watchers import Watchers
from treadle.telemetry.tally import Tally

log = structlog.get_logger(__name__)
CLAIMS_MAX: Final = 3
"""How often a command claims its execution: it may be let go as soon as what was lost is recorded."""


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine is built from. `bounds` are its own, `execution_bounds` those of any one execution."""

    id: EngineId
    store: Store
    views: Views
    invoker: Invoker
    programs: Programs
    clock: Clock
    bounds: RuntimeBounds = RuntimeBounds()
    execution_bounds: ExecutionBounds = DEFAULT_BOUNDS


class Engine:
    """Build it inside the event loop; `start` it, `stop` it once."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.clock = parts.clock
        self.bounds = parts.bounds
        self.execution_bounds = parts.execution_bounds
        self.is_draining = False
        self._drivers: dict[ExecutionId, Driver] = {}
        self._first_owner = Owner(engine=parts.id, fence=1)
        self._starts = StartsUnderWay()
        self._errands = Errands()
        self._tally = Tally()
        self._committer = Committer(parts.store, parts.bounds, self._tally)
        self._performer = Performer(parts.invoker, parts.bounds)
        self._watchers = Watchers(parts.clock)
        self.followers = Followers()
        self._alarms = Alarms(parts.clock, self._ring)
        # Every step of every execution comes here: nothing stands between its driver and who does it.
        self.write = self._committer.add
        self.perform = self._performer.perform
        self.set_alarm = self._alarms.set
        self._inboxes = Inboxes(
            parts.store, parts.clock, parts.bounds, drivers=self._drivers, starts=self._starts
        )
        self._adoptions = Adoptions(
            AdoptionParts(
                engine=parts.id,
                store=parts.store,
                programs=parts.programs,
                house=self,
                drivers=self._drivers,
                inboxes=self._inboxes,
                errands=self._errands,
            )
        )
        self._claimer = Claimer(
            parts.store, parts.clock, parts.bounds, room=self._room, claim=self._adoptions.claim_due
        )
        self._housekeeper = Housekeeper(parts.store, parts.clock, parts.bounds)
        self.duties = Duties(parts.id, parts.clock)
        self.readings = Readings(
            ReadParts(
                tally=self._tally,
                committer=self._committer,
                claimer=self._claimer,
                housekeeper=self._housekeeper,
                performer=self._performer,
                alarms=self._alarms,
                followers=self.followers,
                drivers=self._drivers.values(),
                live_max=parts.bounds.live_max,
            )
        )

    async def start(self) -> None:
        """Become the live engine of the store and begin to recover what an earlier one left."""
        await self._parts.store.register_engine(self._parts.id, self.clock.now())
        self.duties.begin("committer", self._committer.run())
        self.duties.begin("claimer", self._claimer.run(), role="timers")
        self.duties.begin("housekeeper", self._housekeeper.run(), role="housekeeping")

    async def stop(self) -> None:
        """Start nothing new, await what is in flight for a while, write what came of it."""
        if self.is_draining:
            return
        self.is_draining = True
        await self.duties.stop("claimer", "housekeeper")
        await self._inboxes.close()
        await self._errands.ended(self.bounds.store_silent_ms)
        # What is being written may owe calls: they are made and awaited, for their attempts are recorded.
        await self._committer.idle()
        await self._performer.drain(self.bounds.stop_grace_ms)
        await self._committer.idle()
        await self.duties.stop("committer")
        self._alarms.close()
        self._watchers.close()

    async def start_execution(
        self, command: StartExecution, program: Program, idempotency: IdempotencyKey | None = None
    ) -> Execution:
        """Accept a start; it is durable when this returns.

        Beyond `live_max` it is stored due, for when there is room.

        Raises:
            Rejected: `execution_exists`, or `idempotency_exists` when the key was used before.
            Unavailable: `overloaded` or `store_unavailable`; nothing was accepted.
        """
        self._admit_start()
        if not await self._starts.until_free(command.id) or command.id in self._drivers:
            raise Rejected("execution_exists", f"execution {command.id} exists already")
        self._parts.programs.put(program)
        due_at = max(self.clock.now(), command.start_at or Instant(0)) if self._room() <= 0 else None
        case = Case(
            execution_id=command.id,
            namespace=command.namespace,
            program=program,
            bounds=self.execution_bounds,
        )
        driver = Driver(self, case, self._first_owner)
        self._starts.begin(driver)
        reply: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()
        driver.begin(Letter(command=command, reply=reply), idempotency, due_at)
        try:
            return await reply
        except Rejected as rejected:
            if rejected.code == "execution_exists" and idempotency is not None:
                await self._explain_exists(command.namespace, idempotency)
            raise

    async def submit(self, namespace: Namespace, execution_id: ExecutionId, command: Command) -> Execution:
        """Have a command decided; what it did is durable when this returns.

        Raises:
            Rejected: the code of the refusal, or `execution_not_found`.
            Unavailable: nothing was accepted.
        """
        self._admit()
        driver = self._drivers.get(execution_id)
        if driver is None:
            await self._starts.until_ended(execution_id)
            driver = self._drivers.get(execution_id)
        for _ in range(CLAIMS_MAX):
            if driver is not None:
                break
            unchanged = await self._answer_early(namespace, execution_id, command)
            if unchanged is not None:
                return unchanged
            await self._adoptions.claim(execution_id)
            self._admit()
            # Looked up when it is written to: one that was claimed may have been let go again by now.
            driver = self._drivers.get(execution_id)
        if driver is None:
            raise Unavailable("not_owner", "the execution changed hands just now")
        if driver.namespace != namespace:
            raise Rejected("execution_not_found", f"there is no execution {execution_id}")
        reply: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()
        driver.post(Letter(command=command, reply=reply))
        return await reply

    def live(self, execution_id: ExecutionId) -> Execution | None:
        """The durable state of an execution that this engine drives."""
        driver = self._drivers.get(execution_id)
        return driver.execution if driver is not None else None

    async def until_ended(self, namespace: Namespace, execution_id: ExecutionId, timeout_ms: int) -> bool:
        """Whether it ends, or gets stuck, within the time; or has done so already."""
        return await self.until_settled(namespace, execution_id, timeout_ms) is not None

    async def until_settled(
        self, namespace: Namespace, execution_id: ExecutionId, timeout_ms: int
    ) -> Execution | None:
        """The state in which it ends, or gets stuck, within the time, or has done so already; else None."""
        watch = self._watchers.add(execution_id)
        try:
            execution = self.live(execution_id)
            if execution is None and execution_id not in self._drivers:
                stored = await self._parts.views.execution(namespace, execution_id)
                execution = restore(stored)[0] if stored is not None else None
            if execution is not None and is_settled(execution):
                return execution
            self._watchers.limit(watch, timeout_ms)
            return await watch.settled
        finally:
            self._watchers.remove(watch)

    def release_waiting(self) -> None:
        """Let everybody go who waits for an end: the edges are about to close."""
        self._watchers.release()

    def health(self) -> tuple[str, ...]:
        """What is wrong, in words; nothing when the engine is ready."""
        faults = ["the engine is stopping"] if self.is_draining else self.duties.faults()
        store_faults = {self._committer.fault, self._claimer.fault} - {None}
        faults += [f"the store cannot be reached: {fault}" for fault in sorted(map(str, store_faults))]
        return tuple(faults)

    @property
    def batches(self) -> int:
        """Transactions written since the start."""
        return self._committer.batches

    @property
    def commits(self) -> int:
        """Commits written since the start."""
        return self._committer.commits

    @property
    def live_count(self) -> int:
        """Executions that this engine drives now."""
        return len(self._drivers)

    def started(self, driver: Driver) -> None:
        """A start is durable: what it began is live."""
        self._drivers[driver.id] = driver
        if self._starts.end(driver):
            self._inboxes.fetch(driver.id)

    def release(self, driver: Driver, owner: Owner, due_at: Instant | None) -> None:
        """Have an execution given up that is as the store has it."""
        self._errands.send(self._release(driver, owner, due_at))

    def announce(self, commit: Commit) -> None:
        """Have what is due by this commit claimed, and the notes to live executions fetched."""
        self._tally.children += len(commit.starts)
        if self._inboxes.note(commit.notes) or commit.starts:
            self._claimer.hint(commit.columns.updated_at)

    def observe(self, recording: Recording) -> None:
        """Tell those who follow it, and those who wait for an end."""
        execution = recording.execution
        self.followers.tell(execution.id)
        if is_settled(execution):
            if ExecutionStuck in recording.types:
                tell_stuck(execution)
            self._watchers.observe(execution)

    def let_go(self, driver: Driver, undelivered: Sequence[Letter], due_at: Instant | None) -> None:
        """Forget a driver; what came for it too late is delivered to whoever drives the execution next."""
        was_full = self._room() <= 0
        if self._drivers.get(driver.id) is driver:
            del self._drivers[driver.id]
        else:
            self._starts.end(driver)
        for call in driver.calls.values():
            self._performer.drop(call)
        if self._inboxes.is_fetching(driver.id):  # the store has made it due at once
            due_at = self.clock.now()
        if was_full or due_at is not None:
            self._claimer.hint(None if was_full else due_at)
        waited_for = [letter for letter in undelivered if letter.reply is not None]
        if waited_for:
            self._errands.send(self._deliver(driver.namespace, driver.id, waited_for))

    async def _release(self, driver: Driver, owner: Owner, due_at: Instant | None) -> None:
        try:
            await self._parts.store.release(owner.engine, driver.id, owner.fence, due_at)
        except TreadleError as fault:
            log.warning("release put off", execution=driver.id, code=fault.code, message=fault.message)
            driver.stay()
        else:  # given up, or somebody else's already
            driver.leave(due_at)

    async def _deliver(
        self, namespace: Namespace, execution_id: ExecutionId, letters: Sequence[Letter]
    ) -> None:
        for letter in letters:
            try:
                execution = await self.submit(namespace, execution_id, letter.command)
            except (Rejected, Unavailable, Corrupt) as error:
                refuse_all([letter], error)
            else:
                if letter.reply is not None and not letter.reply.done():
                    letter.reply.set_result(execution)

    def _admit(self) -> None:
        if self.is_draining:
            raise Unavailable("stopping", "the engine is stopping")
        if self._committer.depth > self.bounds.commits_waiting_max:
            raise Unavailable("overloaded", "too many commits wait for the store")

    def _admit_start(self) -> None:
        if self.is_draining or self._committer.depth > self.bounds.commits_waiting_max // 2:
            self._admit()
            raise Unavailable("overloaded", "too many commits wait for the store to take further starts")

    def _room(self) -> int:
        return 0 if self.is_draining else self.bounds.live_max - len(self._drivers) - len(self._starts)

    def _ring(self, execution_id: ExecutionId) -> None:
        driver = self._drivers.get(execution_id)
        if driver is not None:
            driver.tell(Continue())

    async def _answer_early(
        self, namespace: Namespace, execution_id: ExecutionId, command: Command
    ) -> Execution | None:
        """Refuse without claiming what the stored state refuses: it ended, or there is none, or not so.

        A command that is refused, or changes nothing, leaves an execution where it was: in the store, and
        out of memory. The state that it does not change, None if it does.
        """
        stored = await self._parts.views.execution(namespace, execution_id)
        if stored is None:
            raise Rejected("execution_not_found", f"there is no execution {execution_id}")
        program = await self._parts.programs.get(namespace, stored.definition.digest)
        execution, _ = restore_known(stored)
        decision = decide(program, execution, command, self.clock.now(), bounds=self.execution_bounds)
        if isinstance(decision, Refused):
            raise Rejected(decision.code, decision.message)
        return None if decision.events else execution

    async def _explain_exists(self, namespace: Namespace, idempotency: IdempotencyKey) -> None:
        """A start was refused as taken: say whether it was the key or the id."""
        record = await self._parts.views.idempotency(namespace, idempotency.key)
        if record is not None and record.key.expires_at > self.clock.now():
            raise Rejected("idempotency_exists", "the Idempotency-Key was used before")
