"""Parts for engine tests: small programs, services under the test's control, a store that can fail."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from anyio.lowlevel import checkpoint
from msgspec.structs import replace

from treadle.codec.events import decode_events
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.commands import StartExecution
from treadle.model.effects import Invocation
from treadle.model.errors import Unavailable
from treadle.model.events import Event
from treadle.model.execution import DefinitionRef, Execution
from treadle.model.expression import Roots
from treadle.model.ids import Digest, EngineId, ExecutionId, Instant, Namespace, NodeId, Path, child_id
from treadle.model.json import Json
from treadle.model.outcomes import Cause, Failed, Ok, Outcome
from treadle.model.policies import RetryPolicy
from treadle.model.program import (
    ROOT_BODY,
    ActivityPlan,
    Body,
    CompensationPlan,
    Program,
    ProgramNode,
    SleepNode,
    TaskNode,
)
from treadle.model.requests import DefinitionRequest, HandlerRequest, Request
from treadle.model.views import StoredDefinition
from treadle.ports.commit import Claimed, Commit, CommitResult, InboxRow, StoredState
from treadle.ports.invoker import Invoker
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.clocks import SystemClock
from treadle.runtime.definitions import DefinitionInvoker
from treadle.runtime.engine import Engine, Parts
from treadle.runtime.programs import Programs
from treadle.runtime.randomness import SystemRandomness
from treadle.runtime.recording import restore
from treadle.stores.memory.store import MemoryStore
from treadle.stores.sqlite.store import SqliteStore

NAMESPACE = Namespace("default")
RANDOMNESS = SystemRandomness()


def plan(name: str, retry: RetryPolicy | None = None) -> ActivityPlan:
    request = HandlerRequest(name=name)

    def render(_roots: Roots) -> Request:
        return request

    return ActivityPlan(render=render, retry=retry or RetryPolicy(initial_ms=1, max_ms=1), timeout_ms=1_000)


class Constant:
    """An expression without a template."""

    reads: frozenset[tuple[str, ...]] = frozenset()

    def __init__(self, value: Json) -> None:
        self._value = value

    def __call__(self, _roots: Roots) -> Json:
        return self._value


def task(name: str, then: str | None = None, *, undo: bool = False) -> TaskNode:
    compensation = CompensationPlan(activity=plan(f"undo-{name}")) if undo else None
    following = NodeId(then) if then is not None else None
    return TaskNode(id=NodeId(name), next=following, activity=plan(name), compensation=compensation)


def sleep(name: str, ms: int, then: str | None = None) -> SleepNode:
    following = NodeId(then) if then is not None else None
    return SleepNode(id=NodeId(name), next=following, duration_ms=Constant(ms))


def program(*nodes: ProgramNode) -> Program:
    return Program(
        name="saga",
        version="1",
        digest=Digest("sha256:saga"),
        nodes={node.id: node for node in nodes},
        bodies={ROOT_BODY: Body(start=nodes[0].id, is_scope=True)},
    )


class Services:
    """What the outside sees and answers. A call of a held name waits until it is released."""

    def __init__(self) -> None:
        self.calls: list[Invocation] = []
        self.refusing: set[str] = set()
        self.failing_once: set[str] = set()
        self.found = 0
        self.definitions = asyncio.Event()
        self.definitions.set()
        self._held: dict[str, asyncio.Event] = {}
        self._arrived = asyncio.Condition()

    def hold(self, name: str) -> None:
        self._held[name] = asyncio.Event()

    def release(self, name: str) -> None:
        self._held.pop(name).set()

    def names(self) -> list[str]:
        return [named(call) for call in self.calls]

    async def until_called(self, name: str, times: int = 1) -> None:
        async with self._arrived:
            await self._arrived.wait_for(lambda: self.names().count(name) >= times)

    async def invoke(self, invocation: Invocation) -> Outcome:
        name = named(invocation)
        async with self._arrived:
            self.calls.append(invocation)
            self._arrived.notify_all()
        if name in self._held:
            await self._held[name].wait()
        if name in self.refusing:
            return Failed(code="no", message="refused", cause=Cause.ERROR, is_final=True)
        if name in self.failing_once:
            self.failing_once.discard(name)
            return Failed(code="busy", message="not now", cause=Cause.ERROR)
        return Ok(body={"by": name})

    async def close(self) -> None: ...


def named(invocation: Invocation) -> str:
    assert isinstance(invocation.request, HandlerRequest)
    return invocation.request.name


class Known:
    """The handlers are those of the test; definitions are looked up by the engine itself, and may wait."""

    def __init__(self, services: Services, definitions: Invoker) -> None:
        self._services = services
        self._definitions = definitions

    async def invoke(self, invocation: Invocation) -> Outcome:
        if not isinstance(invocation.request, DefinitionRequest):
            return await self._services.invoke(invocation)
        outcome = await self._definitions.invoke(invocation)
        self._services.found += 1
        await self._services.definitions.wait()
        return outcome

    async def close(self) -> None: ...


class Fallible:
    """Commits can be made to fail, to wait, or to be others; releases to fail or to wait.

    What was read of an inbox can be made to wait, what is claimed to be other than it was.
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.fails: Callable[[Commit], Exception | None] = lambda _commit: None
        self.rewrites: Callable[[Commit], Commit] = lambda commit: commit
        self.gate = asyncio.Event()
        self.gate.set()
        self.inbox_gate = asyncio.Event()
        self.inbox_gate.set()
        self.release_fails: Callable[[], Exception | None] = lambda: None
        self.release_gate = asyncio.Event()
        self.release_gate.set()
        self.releasing: list[ExecutionId] = []
        self.damages: Callable[[StoredState], StoredState] = lambda state: state
        self.inbox_fails: Callable[[], Exception | None] = lambda: None
        self.seen: list[Commit] = []
        self.batches: list[Sequence[Commit]] = []
        self.results: list[CommitResult] = []
        self.fetches: list[ExecutionId] = []
        self.under_way: set[ExecutionId] = set()

    async def commit(self, batch: Sequence[Commit]) -> Sequence[CommitResult]:
        self.seen.extend(batch)
        self.batches.append(batch)
        await self.gate.wait()
        for commit in batch:
            failure = self.fails(commit)
            if failure is not None:
                raise failure
        rewritten = [self.rewrites(commit) for commit in batch]
        results: Sequence[CommitResult] = await super().commit(rewritten)  # type: ignore[misc]  # of the store that it is mixed into
        self.results.extend(results)
        return results

    async def release(
        self, engine: EngineId, execution_id: ExecutionId, fence: int, due_at: Instant | None
    ) -> bool:
        self.releasing.append(execution_id)
        await self.release_gate.wait()
        failure = self.release_fails()
        if failure is not None:
            raise failure
        released: bool = await super().release(engine, execution_id, fence, due_at)  # type: ignore[misc]  # as above
        return released

    async def claim_due(
        self, engine: EngineId, now: Instant, limit: int, bytes_max: int | None = None
    ) -> Sequence[Claimed]:
        claimed: Sequence[Claimed] = await super().claim_due(engine, now, limit, bytes_max)  # type: ignore[misc]  # as above
        return [replace(one, state=self.damages(one.state)) for one in claimed]

    async def inbox(self, execution_id: ExecutionId, after: int) -> Sequence[InboxRow]:
        assert execution_id not in self.under_way, "one fetch at a time"
        self.fetches.append(execution_id)
        failure = self.inbox_fails()
        if failure is not None:
            raise failure
        self.under_way.add(execution_id)
        try:
            rows: Sequence[InboxRow] = await super().inbox(execution_id, after)  # type: ignore[misc]  # as above
            await self.inbox_gate.wait()
        finally:
            self.under_way.discard(execution_id)
        return rows


class FallibleStore(Fallible, MemoryStore):
    """A memory store under the test's control."""


class FallibleSqliteStore(Fallible, SqliteStore):
    """A SQLite store under the test's control."""


def unreachable(_commit: Commit) -> Exception:
    return Unavailable("store_unavailable", "the disk is full")


class Stage:
    """One engine over a store, with its services."""

    def __init__(self, engine: Engine, store: MemoryStore | SqliteStore, services: Services) -> None:
        self.engine = engine
        self.store = store
        self.services = services

    async def begin(self, what: Program) -> ExecutionId:
        execution = await self.engine.start_execution(start_of(what), what)
        return execution.id

    async def ended(self, execution_id: ExecutionId) -> Execution:
        assert await self.engine.until_ended(NAMESPACE, execution_id, 10_000)
        return await self.stored(execution_id)

    async def ended_when_there(self, execution_id: ExecutionId) -> Execution:
        while await self.store.views.execution(NAMESPACE, execution_id) is None:
            await checkpoint()
        return await self.ended(execution_id)

    async def history(self, execution_id: ExecutionId) -> list[Event]:
        rows = await self.store.views.history(execution_id, 0, 10_000)
        return [event for row in rows for event in decode_events(row.events)]

    async def stored(self, execution_id: ExecutionId) -> Execution:
        found = await self.store.views.execution(NAMESPACE, execution_id)
        assert found is not None
        return restore(found)[0]


def start_of(what: Program) -> StartExecution:
    reference = DefinitionRef(name=what.name, version=what.version, digest=what.digest)
    return StartExecution(id=RANDOMNESS.execution_id(), namespace=NAMESPACE, definition=reference, input={})


def called(name: str, what: Program) -> Program:
    """The same under another name, as a definition of its own."""
    return replace(what, name=name, digest=Digest(f"sha256:{name}"))


async def define(store: MemoryStore | SqliteStore, *programs: Program) -> None:
    """Keep definitions whose document is their digest."""
    for what in programs:
        await store.put_definition(
            StoredDefinition(
                namespace=NAMESPACE,
                name=what.name,
                version=what.version,
                digest=what.digest,
                document=what.digest.encode(),
                created_at=Instant(1),
            )
        )


def child_of(parent: ExecutionId, path: str) -> ExecutionId:
    """The id of the execution that the visit `path` starts."""
    return child_id(parent, Path(path))


@asynccontextmanager
async def stage(
    what: Program,
    *others: Program,
    store: MemoryStore | SqliteStore | None = None,
    services: Services | None = None,
    bounds: RuntimeBounds | None = None,
    execution_bounds: ExecutionBounds = DEFAULT_BOUNDS,
) -> AsyncIterator[Stage]:
    """A started engine that knows `what`, and `others` as definitions; stopped at the end."""
    store = store or FallibleStore()
    services = services or Services()
    documents = {other.digest.encode(): other for other in others}
    programs = Programs(store.views, 10, lambda document: documents.get(document, what))
    programs.put(what)
    await define(store, *others)
    parts = Parts(
        id=RANDOMNESS.engine_id(),
        store=store,
        views=store.views,
        invoker=Known(services, DefinitionInvoker(store.views, programs)),
        programs=programs,
        clock=SystemClock(),
        bounds=bounds or RuntimeBounds(store_retry_ms=5, stop_grace_ms=2_000),
        execution_bounds=execution_bounds,
    )
    engine = Engine(parts)
    await engine.start()
    try:
        yield Stage(engine, store, services)
    finally:
        await engine.stop()
