"""Parts for engine tests: small programs, services under the test's control, a store that can fail."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from treadle.model.commands import StartExecution
from treadle.model.effects import Invocation
from treadle.model.errors import Unavailable
from treadle.model.execution import DefinitionRef, Execution
from treadle.model.expression import Roots
from treadle.model.ids import Digest, ExecutionId, Namespace, NodeId
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
from treadle.model.requests import HandlerRequest, Request
from treadle.ports.commit import Commit, CommitResult
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.clocks import SystemClock
from treadle.runtime.engine import Engine, Parts
from treadle.runtime.programs import Programs
from treadle.runtime.randomness import SystemRandomness
from treadle.runtime.recording import restore
from treadle.stores.memory.store import MemoryStore

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


class FallibleStore(MemoryStore):
    """A memory store whose commits can be made to fail, or to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Callable[[Commit], Exception | None] = lambda _commit: None
        self.gate = asyncio.Event()
        self.gate.set()
        self.seen: list[Commit] = []

    async def commit(self, batch: Sequence[Commit]) -> Sequence[CommitResult]:
        self.seen.extend(batch)
        await self.gate.wait()
        for commit in batch:
            failure = self.fails(commit)
            if failure is not None:
                raise failure
        return await super().commit(batch)


def unreachable(_commit: Commit) -> Exception:
    return Unavailable("store_unavailable", "the disk is full")


class Stage:
    """One engine over a store, with its services."""

    def __init__(self, engine: Engine, store: MemoryStore, services: Services) -> None:
        self.engine = engine
        self.store = store
        self.services = services

    async def begin(self, what: Program) -> ExecutionId:
        execution = await self.engine.start_execution(start_of(what), what)
        return execution.id

    async def ended(self, execution_id: ExecutionId) -> Execution:
        assert await self.engine.until_ended(NAMESPACE, execution_id, 10_000)
        return await self.stored(execution_id)

    async def stored(self, execution_id: ExecutionId) -> Execution:
        found = await self.store.views.execution(NAMESPACE, execution_id)
        assert found is not None
        return restore(found)[0]


def start_of(what: Program) -> StartExecution:
    reference = DefinitionRef(name=what.name, version=what.version, digest=what.digest)
    return StartExecution(id=RANDOMNESS.execution_id(), namespace=NAMESPACE, definition=reference, input={})


@asynccontextmanager
async def stage(
    what: Program,
    *,
    store: MemoryStore | None = None,
    services: Services | None = None,
    bounds: RuntimeBounds | None = None,
) -> AsyncIterator[Stage]:
    """A started engine that knows `what`; stopped at the end."""
    store = store or FallibleStore()
    services = services or Services()
    programs = Programs(store.views, 10, lambda _document: what)
    programs.put(what)
    parts = Parts(
        id=RANDOMNESS.engine_id(),
        store=store,
        views=store.views,
        invoker=services,
        programs=programs,
        clock=SystemClock(),
        bounds=bounds or RuntimeBounds(store_retry_ms=5, stop_grace_ms=2_000),
    )
    engine = Engine(parts)
    await engine.start()
    try:
        yield Stage(engine, store, services)
    finally:
        await engine.stop()
