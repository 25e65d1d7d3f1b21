"""Whether what an execution does late costs as much as what it does early: `python -m bench growth`."""

import random
import statistics
import string
from collections.abc import Iterator, Sequence
from typing import Final

from bench.core_loop import CoreLoop, Cost, collected_as_a_server, reference_us
from treadle.definition.bounds import DocumentBounds
from treadle.definition.compile import compile_definition
from treadle.definition.read import read_definition
from treadle.model.bounds import ExecutionBounds
from treadle.model.json import Json
from treadle.model.program import Program

STEPS: Final = 10_000
ITEMS: Final = 10_000
READERS: Final = 1_000
PAYLOAD_BYTES: Final = 1_000
VARS_BYTES: Final = 1_000_000
WARMING: Final = 100
"""Steps at the beginning that no window holds."""
WINDOW: Final = 1_000
NODES: Final = 20_000
STATE_BYTES: Final = 64 * 1024 * 1024
BOUNDS: Final = ExecutionBounds(state_bytes=STATE_BYTES)


def compiled(document: Json) -> Program:
    """The program of a document that is larger than documents may be by default."""
    return compile_definition(read_definition(document, DocumentBounds(nodes=NODES)))


def payloads(count: int) -> Iterator[str]:
    """Texts of PAYLOAD_BYTES that do not compress well, the same in every run."""
    drawing = random.Random(1)
    for _ in range(count):
        yield "".join(drawing.choices(string.ascii_letters, k=PAYLOAD_BYTES))


def step_document(steps: int) -> Json:
    """Distinct steps, each with an input and an undo that are rendered."""
    return {
        "name": "growth",
        "version": "1",
        "steps": [
            {
                "id": f"step{n}",
                "kind": "task",
                "handler": {"name": "noop", "input": {"order": "{{ execution.id }}"}},
                "compensate": {
                    "handler": {"name": "undo", "input": {"key": f"{{{{ nodes.step{n}.idempotency_key }}}}"}}
                },
            }
            for n in range(steps)
        ],
    }


def each_document(*, is_undone: bool = True) -> Json:
    """One task, with an undo or without, for every item of the input."""
    task: dict[str, Json] = {
        "id": "call",
        "kind": "task",
        "handler": {"name": "noop", "input": {"item": "{{ item }}"}},
    }
    if is_undone:
        task["compensate"] = {"handler": {"name": "undo", "input": {"item": "{{ item }}"}}}
    each = {"id": "all", "kind": "each", "items": "{{ input.items }}", "concurrency": 10, "steps": [task]}
    return {"name": "items", "version": "1", "steps": [each]}


def vars_document(readers: int) -> Json:
    """A large variable is set once, and read by every step after it, which sends a small part of it."""
    return {
        "name": "vars",
        "version": "1",
        "steps": [
            {"id": "load", "kind": "task", "handler": "noop"},
            {"id": "keep", "kind": "set", "vars": {"table": "{{ nodes.load.output }}"}},
            *(
                {
                    "id": f"read{n}",
                    "kind": "task",
                    "handler": {"name": "noop", "input": {"row": "{{ vars.table.rows[7] }}"}},
                }
                for n in range(readers)
            ),
        ],
    }


def large_value(size: int) -> Json:
    """A table of about `size` bytes of JSON."""
    drawing = random.Random(2)
    rows = ["".join(drawing.choices(string.ascii_letters, k=100)) for _ in range(size // 103)]
    return {"rows": list(rows)}


def answered(loop: CoreLoop, bodies: Iterator[str]) -> list[Cost]:
    """What each answer cost until nothing is in flight any more."""
    costs = []
    while loop.flights:
        costs.append(loop.answer(next(bodies)))
    return costs


def core_us(costs: Sequence[Cost]) -> tuple[float, float]:
    """The median and the mean of the core's time."""
    times = [cost.core_ns / 1e3 for cost in costs]
    return statistics.median(times), statistics.mean(times)


def history_bytes(costs: Sequence[Cost]) -> float:
    return statistics.fmean(cost.history_bytes for cost in costs)


def written_bytes(costs: Sequence[Cost]) -> float:
    """The mean of all that is written, snapshots included."""
    return statistics.fmean(cost.history_bytes + cost.snapshot_bytes for cost in costs)


def compared(name: str, costs: Sequence[Cost]) -> str:
    """The first window beside the last. The very last answer, which ends the execution, is in neither."""
    early, late = costs[WARMING : WARMING + WINDOW], costs[-WINDOW - 1 : -1]
    (early_us, early_mean), (late_us, late_mean) = core_us(early), core_us(late)
    early_bytes, late_bytes = history_bytes(early), history_bytes(late)
    return (
        f"{name}: {WARMING:,} to {WARMING + WINDOW:,} beside the last {WINDOW:,} of {len(costs):,}\n"
        f"  core: median {early_us:.1f} and {late_us:.1f} us ({late_us / early_us:.2f}), "
        f"mean {early_mean:.1f} and {late_mean:.1f} us ({late_mean / early_mean:.2f})\n"
        f"  history: {early_bytes:,.0f} and {late_bytes:,.0f} bytes ({late_bytes / early_bytes:.2f})\n"
        f"  written with snapshots, amortized: {written_bytes(costs[: WARMING + WINDOW]):,.0f} bytes each "
        f"up to {WARMING + WINDOW:,}, {written_bytes(costs):,.0f} up to {len(costs):,}"
    )


def steps_report() -> str:
    """Distinct steps with 1 kB of output and an undo each."""
    loop = CoreLoop(compiled(step_document(STEPS)), bounds=BOUNDS)
    costs = answered(loop, payloads(STEPS))
    return f"{compared('steps', costs)}, {loop.snapshots} snapshots; {loop.execution.ended}"


def each_report() -> str:
    """Items of one `each`, ten at a time."""
    items: Json = {"items": list(range(ITEMS))}
    told = []
    for is_undone in (False, True):
        loop = CoreLoop(compiled(each_document(is_undone=is_undone)), items, bounds=BOUNDS)
        costs = answered(loop, (str(n) for n in range(ITEMS)))
        name = "items of `each` with an undo" if is_undone else "items of `each`"
        told.append(f"{compared(name, costs)}, {loop.snapshots} snapshots; {loop.execution.ended}")
    return "\n".join(told)


def vars_report() -> str:
    """Steps that read a large variable, beside steps that read a small one."""
    program = compiled(vars_document(READERS))
    told = []
    for size in (1_000, VARS_BYTES):
        loop = CoreLoop(program, bounds=BOUNDS)
        setting = loop.answer(large_value(size))
        costs = answered(loop, payloads(READERS))
        median, mean = core_us(costs[:-1])
        told.append(
            f"vars of {size:,} bytes: set in {setting.core_ns / 1e3:,.0f} us and "
            f"{setting.history_bytes:,} bytes; read by {READERS:,} steps: median {median:.1f} us, "
            f"mean {mean:.1f} us, "
            f"{history_bytes(costs[:-1]):,.0f} bytes of history, {written_bytes(costs):,.0f} with snapshots "
            f"({loop.snapshots})"
        )
    return "\n".join(told)


def main() -> None:
    """Print all of it, the reference loop before and after each."""
    with collected_as_a_server():
        for report in (steps_report, each_report, vars_report):
            before = min(reference_us() for _ in range(20))
            print(report())
            after = min(reference_us() for _ in range(20))
            print(f"  reference loop: {before:.0f} us before, {after:.0f} us after")


if __name__ == "__main__":
    main()
