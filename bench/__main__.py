"""All measurements of one run: `make bench`, or one of them: `python -m bench core`, `growth` and so on."""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from bench import core_steps, edges, growth, language
from bench.bare_loop import BareLoop, bare_commit_loop
from bench.bare_loop import report as bare_report
from bench.engine_loop import EngineLoop, compiled, engine_over, report, run_executions
from bench.overload import overload
from bench.workloads import answering_server, handlers, http_document, noop_document
from treadle.bootstrap.process import run
from treadle.invokers.http.invoker import HttpInvoker
from treadle.invokers.local.invoker import LocalInvoker
from treadle.runtime.clocks import SystemClock
from treadle.security.egress import EgressMode, EgressPolicy

T = TypeVar("T", BareLoop, EngineLoop)

STEPS = 5
ROUNDS = 5
"""Runs with a loop before and after each: the machine's mood changes within seconds."""
LIVE = 1_000
"""Executions at once, in the run and in the loops that spread over as many."""
CHOICES = ("engine", "core", "growth", "language", "edges", "overload")
ONLY_HELP = "by default everything but edges, which take a quarter of an hour, and overload"


def bare(directory: Path, batch: int, commits: int, live: int) -> BareLoop:
    """The bare loop in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        return bare_commit_loop(Path(folder), batch=batch, commits=commits, live=live)


async def noop(directory: Path, concurrency: int, executions: int) -> EngineLoop:
    """Five no-op handler steps."""
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        async with engine_over(Path(folder), LocalInvoker(handlers())) as (engine, store):
            program = compiled(noop_document(STEPS))
            await run_executions(engine, store, program, concurrency=concurrency, executions=concurrency)
            return await run_executions(
                engine, store, program, concurrency=concurrency, executions=executions
            )


async def http(directory: Path, concurrency: int, executions: int) -> EngineLoop:
    """Five HTTP tasks to a server in another process."""
    with tempfile.TemporaryDirectory(dir=directory) as folder:
        invoker = HttpInvoker(clock=SystemClock(), egress=EgressPolicy(mode=EgressMode.DEV))
        async with answering_server() as url, engine_over(Path(folder), invoker) as (engine, store):
            program = compiled(http_document(STEPS, url))
            await run_executions(engine, store, program, concurrency=concurrency, executions=concurrency)
            return await run_executions(
                engine, store, program, concurrency=concurrency, executions=executions
            )


def engine(directory: Path) -> None:
    """Print what the engine does, and the bare loops beside it: that of 100 before and after each run."""
    print(f"Python {sys.version.split()[0]}; latencies are of whole executions of {STEPS} steps")
    single = bare(directory, 1, 2_000, 1)
    alone = run(noop(directory, 1, 500))
    loops, runs = [bare(directory, 100, 60_000, 100)], []
    for _ in range(ROUNDS):
        runs.append(run(noop(directory, LIVE, 10_000)))
        loops.append(bare(directory, 100, 60_000, 100))
    calls = run(http(directory, 200, 4_000))
    many = middle(runs)
    spread = bare(directory, 100, 60_000, LIVE)
    matched = bare(directory, round(many.commits / many.batches), 60_000, LIVE)
    bare_rate = statistics.median(loop.commits_per_s for loop in loops)
    for one in (single, middle(loops), spread, matched):
        print(bare_report(one))
    print(report("no-op handlers, one alone", alone, single.commits_per_s))
    print(f"  one execution is {alone.p50_ms / single.batch_p50_ms:.1f} bare commits of one at a time")
    print(report("no-op handlers", many, bare_rate))
    for other in (spread, matched):
        ratio = many.commits_per_s / other.commits_per_s
        print(f"  {ratio:.2f} of the loop with {other.batch} a batch of {other.live:,} live")
    print(f"  each run, and the loops around it: {', '.join(ratios(runs, loops))}")
    print(report("HTTP tasks", calls, bare_rate))


def middle(results: Sequence[T]) -> T:
    """The one in the middle by commits a second."""
    return sorted(results, key=lambda result: result.commits_per_s)[len(results) // 2]


def ratios(runs: Sequence[EngineLoop], loops: Sequence[BareLoop]) -> Iterator[str]:
    """Each run as a part of the mean of the loops before and after it."""
    for result, (before, after) in zip(runs, pairwise(loops), strict=True):
        beside = statistics.mean([before.commits_per_s, after.commits_per_s])
        yield f"{result.commits_per_s:,.0f}/{beside:,.0f} = {result.commits_per_s / beside:.2f}"


def main() -> None:
    """Run what was asked for, everything by default."""
    parser = argparse.ArgumentParser(
        description="Measurements over SQLite with synchronous=FULL, and of the core."
    )
    parser.add_argument("only", nargs="?", choices=CHOICES, help=ONLY_HELP)
    parser.add_argument("part", nargs="?", choices=tuple(edges.PARTS), help="of edges; all by default")
    parser.add_argument("--seconds", type=int, default=30, help="for how long to overload a server")
    parser.add_argument("--directory", type=Path, default=Path.cwd(), help="on the disk to measure")
    options = parser.parse_args()
    measurements: dict[str, Callable[[], None]] = {
        "engine": lambda: engine(options.directory),
        "core": core_steps.main,
        "growth": growth.main,
        "language": language.main,
    }
    if options.only == "edges":
        edges.main(options.directory, options.part)
    if options.only == "overload":
        run(overload(options.directory, options.seconds))
    for name, measure in measurements.items():
        if options.only in (None, name):
            measure()


if __name__ == "__main__":
    main()
