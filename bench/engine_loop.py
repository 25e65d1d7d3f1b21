"""An engine over SQLite, without the API: what a durable step costs, alone and among many."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from treadle.definition.compile import compile_definition
from treadle.definition.read import read_definition
from treadle.model.commands import StartExecution
from treadle.model.execution import DefinitionRef
from treadle.model.ids import Namespace
from treadle.model.json import Json
from treadle.model.program import Program
from treadle.ports.invoker import Invoker
from treadle.runtime.clocks import SystemClock
from treadle.runtime.engine import Engine, Parts
from treadle.runtime.programs import Programs
from treadle.runtime.randomness import SystemRandomness
from treadle.stores.sqlite.facts import StoreFacts
from treadle.stores.sqlite.store import SqliteStore

NAMESPACE = Namespace("default")
DEADLINE_MS = 120_000
"""An execution that takes longer than this ends the measurement with an error."""


class EngineLoop(msgspec.Struct, frozen=True, kw_only=True):
    """What one run did; latencies are of whole executions, from the start asked for to the end durable."""

    concurrency: int
    executions: int
    steps_each: int
    commits: int
    batches: int
    elapsed_s: float
    cpu_s: float
    p50_ms: float
    p99_ms: float
    facts: StoreFacts

    @property
    def steps_per_s(self) -> float:
        return self.executions * self.steps_each / self.elapsed_s

    @property
    def commits_per_s(self) -> float:
        return self.commits / self.elapsed_s

    @property
    def commits_each(self) -> float:
        return self.commits / self.executions


def compiled(document: Json) -> Program:
    """The program of a document written in place."""
    return compile_definition(read_definition(document))


@asynccontextmanager
async def engine_over(directory: Path, invoker: Invoker) -> AsyncIterator[tuple[Engine, SqliteStore]]:
    """A started engine over a new file in `directory`."""
    store = SqliteStore.open(directory / "engine_loop.db")
    programs = Programs(store.views, 10, lambda document: compiled(msgspec.json.decode(document)))
    parts = Parts(
        id=SystemRandomness().engine_id(),
        store=store,
        views=store.views,
        invoker=invoker,
        programs=programs,
        clock=SystemClock(),
    )
    engine = Engine(parts)
    await engine.start()
    try:
        yield engine, store
    finally:
        await engine.stop()
        await invoker.close()
        await store.close()


async def run_executions(
    engine: Engine, store: SqliteStore, program: Program, *, concurrency: int, executions: int
) -> EngineLoop:
    """Keep `concurrency` executions going until `executions` have ended."""
    randomness = SystemRandomness()
    reference = DefinitionRef(name=program.name, version=program.version, digest=program.digest)
    latencies: list[float] = []
    left = iter(range(executions))

    async def one_after_another() -> None:
        for _ in left:
            begin = time.perf_counter()
            start = StartExecution(
                id=randomness.execution_id(), namespace=NAMESPACE, definition=reference, input={}
            )
            await engine.start_execution(start, program)
            if not await engine.until_ended(NAMESPACE, start.id, DEADLINE_MS):
                raise RuntimeError(f"{start.id} did not end")
            latencies.append(time.perf_counter() - begin)

    commits, batches = engine.commits, engine.batches
    begin, begin_cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(one_after_another())
    elapsed, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    latencies.sort()
    return EngineLoop(
        concurrency=concurrency,
        executions=executions,
        steps_each=len(program.nodes),
        commits=engine.commits - commits,
        batches=engine.batches - batches,
        elapsed_s=elapsed,
        cpu_s=cpu,
        p50_ms=latencies[len(latencies) // 2] * 1e3,
        p99_ms=latencies[len(latencies) * 99 // 100] * 1e3,
        facts=store.facts(),
    )


def report(name: str, run: EngineLoop, bare_commits_per_s: float) -> str:
    """The run in four lines for people."""
    facts = run.facts
    return (
        f"{name}: {run.steps_per_s:,.0f} steps/s ({run.executions:,} executions of {run.steps_each} steps, "
        f"{run.concurrency:,} at once)\n"
        f"  one execution: p50 {run.p50_ms:.2f} ms, p99 {run.p99_ms:.2f} ms\n"
        f"  {run.commits_per_s:,.0f} commits/s, {run.commits_each:.1f} an execution, "
        f"{run.commits / run.batches:.0f} a batch; {run.cpu_s / run.commits * 1e6:.0f} us of CPU a commit; "
        f"{run.commits_per_s / bare_commits_per_s:.2f} of the bare loop\n"
        f"  synchronous={facts.synchronous}, {facts.file_system}"
    )
