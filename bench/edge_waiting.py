"""A hundred thousand executions that wait: what they take, and how soon a server is ready with them."""

import time
from pathlib import Path
from typing import Final

from bench.core_loop import reference_us
from bench.measured_server import MeasuredServer, serving
from bench.workloads import noop_document

WAITING: Final = 100_000
STEPS: Final = 5
EXECUTIONS: Final = 3_000
ROUNDS: Final = 3
APPROVAL: Final = {
    "name": "approval",
    "version": "1",
    "steps": [{"id": "approval", "kind": "wait", "signal": "approved"}],
}
NAP: Final = {"name": "nap", "version": "1", "steps": [{"id": "nap", "kind": "sleep", "for": "30d"}]}
DEFINITIONS: Final = ("approval@1", "nap@1")


async def measure(
    directory: Path, waiting: int = WAITING, executions: int = EXECUTIONS, *, is_restarted: bool = True
) -> None:
    """Print memory and the cost of a step beside the waiting ones; then kill the server and begin another."""
    path = directory / "waiting.db"
    async with serving(path) as server:
        for document in (APPROVAL, NAP, noop_document(STEPS)):
            await server.define(document)
        for definition in (*DEFINITIONS, "noop@1"):
            await server.load(definition, executions)
        await server.until_completed(executions)
        before_mb, before_us = server.rss_mb(), await _step_us(server, executions, executions)
        full_mb = server.rss_mb()
        begin = time.perf_counter()
        for definition in DEFINITIONS:
            await server.load(definition, waiting // len(DEFINITIONS))
        grown_mb, filled_s = server.rss_mb() - full_mb, time.perf_counter() - begin
        after_us = await _step_us(server, (ROUNDS + 1) * executions, executions)
        print(
            f"{waiting:,} executions that wait, half of them for a signal and half asleep\n"
            f"  {grown_mb:.1f} MB more of resident memory, {grown_mb * 1e6 / waiting:.0f} bytes each (of "
            f"{before_mb:.0f} MB before, {full_mb:.0f} MB under load); begun in {filled_s:.0f} s; "
            "the aim is 150 MB\n"
            f"  a step costs {before_us:.2f} plain loops of CPU before and {after_us:.2f} after: "
            f"{after_us / before_us - 1:+.1%}; the aim is +10 %"
        )
        server.kill()
    if is_restarted:
        await restart(path, waiting)


async def restart(path: Path, waiting: int) -> None:
    """Begin a server over a store whose last one was killed, and over an empty store beside it."""
    async with serving(path.with_name("empty.db")) as empty:
        bare_s = empty.ready_s
    async with serving(path) as server:
        begin = time.perf_counter()
        await server.load("noop@1", 1, connections=1, wait_s=20)
        first_s = time.perf_counter() - begin
        print(
            f"  killed and begun again with {waiting:,} waiting: ready after {server.ready_s:.2f} s, beside "
            f"{bare_s:.2f} s with an empty store; the aim is 5 s\n"
            f"    {server.rss_mb():.0f} MB; the first start ended {first_s:.2f} s later, most of it the "
            "beginning of the process that asks"
        )


async def _step_us(server: MeasuredServer, before: int, executions: int) -> float:
    """What a step costs a server in plain loops of CPU: the least of some rounds; `before` have completed."""
    costs = []
    for number in range(ROUNDS):
        loop_us, cost = reference_us(), server.cost()
        await server.load("noop@1", executions)
        await server.until_completed(before + (number + 1) * executions)
        used_us = (server.cost().all_s - cost.all_s) * 1e6 / (executions * STEPS)
        costs.append(used_us / ((loop_us + reference_us()) / 2))
    return min(costs)
