"""Starts over HTTP: from the request to the end of an execution of one handler step."""

import time
from pathlib import Path
from typing import Final

from bench.core_loop import reference_us
from bench.measured_server import MeasuredServer, serving
from bench.workloads import noop_document

WARM_UP: Final = 3_000
COUNT: Final = 10_000
WAIT_S: Final = 20
AIM_PER_S: Final = 1_500


async def measure(directory: Path, count: int = COUNT, warm_up: int = WARM_UP) -> None:
    """Print what starts cost, answered when they are durable and when they have ended."""
    async with serving(directory / "starts.db") as server:
        await server.define(noop_document(1))
        await server.load("noop@1", warm_up)
        await server.until_completed(warm_up)
        print(f"starts over REST to the end, one handler step each; the aim is {AIM_PER_S:,} a second")
        print(await _measured(server, "answered when durable", (warm_up, count), None))
        print(await _measured(server, "answered when ended", (warm_up + count, count), WAIT_S))


async def _measured(
    server: MeasuredServer, name: str, before_and_count: tuple[int, int], wait_s: int | None
) -> str:
    """`before` have completed already; the generator's own beginning is no part of the time."""
    before, count = before_and_count
    loop_us, cost = reference_us(), server.cost()
    load = await server.load("noop@1", count, wait_s=wait_s)
    last_answer_at = time.perf_counter()
    await server.until_completed(before + count)
    elapsed_s = load.elapsed_s + time.perf_counter() - last_answer_at
    used, loop_us = server.cost(), (loop_us + reference_us()) / 2
    all_us, in_loop_us = (used.all_s - cost.all_s) / count * 1e6, (used.loop_s - cost.loop_s) / count * 1e6
    return (
        f"  {name}: {count / elapsed_s:,.0f} executions/s; "
        f"an answer p50 {load.p50_ms:.1f} ms, p99 {load.p99_ms:.1f} ms\n"
        f"    {all_us:.0f} us of CPU an execution, {in_loop_us:.0f} of them in the event loop: "
        f"{all_us / loop_us:.2f} and {in_loop_us / loop_us:.2f} of the plain loop ({loop_us:.0f} us)"
    )
