"""Lists over a million executions: each filter, several together, deep cursors, counts and failures."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.core_loop import reference_us
from bench.many_executions import fill, place
from bench.measured_server import MeasuredServer, serving
from treadle.model.ids import Instant
from treadle.model.instants import format_instant
from treadle.model.views import Cursor
from treadle.service.cursors import encode_cursor

EXECUTIONS: Final = 1_000_000
REQUESTS: Final = 200
FEWER: Final = 40
"""Of counts and of failures."""
AIM_MS: Final = 30
Query = Mapping[str, str]


async def measure(directory: Path, executions: int = EXECUTIONS, requests: int = REQUESTS) -> None:
    """Print the latencies of lists."""
    path = directory / "lists.db"
    begin = time.perf_counter()
    await fill(path, executions)
    filled_s, size_mb = time.perf_counter() - begin, path.stat().st_size / 1e6
    print(f"lists over {executions:,} executions ({size_mb:,.0f} MB, written in {filled_s:.0f} s)")
    async with serving(path) as server:
        print(f"  ready after {server.ready_s:.2f} s; pages of 50; the aim is p99 {AIM_MS} ms")
        await _told(server, "an answer that reads nothing", "/livez", {}, requests)
        deep = encode_cursor(Cursor(created_at=place(executions // 4), id="~"))
        for name, query in _filters(executions):
            await _told(server, name, "/v1/executions", query, requests)
            await _told(server, f"{name}, deep", "/v1/executions", {**query, "cursor": deep}, requests)
        for path_of, name in (("/v1/executions/counts", "counts"), ("/v1/executions/failures", "failures")):
            for filtered, query in _filters(executions):
                await _told(server, f"{name}: {filtered}", path_of, query, min(requests, FEWER))


def _filters(executions: int) -> list[tuple[str, Query]]:
    half, soon = _instant(executions // 2), _instant(executions // 2 + 5_000)
    return [
        ("everything", {}),
        ("completed, most are", {"status": "completed"}),
        ("stuck, few are", {"status": "stuck"}),
        ("a definition", {"definition": "order"}),
        ("a rare definition", {"definition": "audit"}),
        ("a version of a definition", {"definition": "order", "version": "1"}),
        ("a version", {"version": "1"}),
        ("a version that nobody has", {"version": "9"}),
        ("a business key of its own", {"business_key": "order-70002"}),
        ("a business key of very many", {"business_key": "nightly"}),
        ("a label of very many", {"label": "team:east"}),
        ("a label of few", {"label": "customer:c-333"}),
        ("failed ones of a definition", {"status": "failed", "definition": "order"}),
        ("waiting ones of a rare definition", {"status": "waiting", "definition": "audit"}),
        ("completed ones of no definition", {"status": "completed", "definition": "none"}),
        ("stuck ones of a common business key", {"status": "stuck", "business_key": "nightly"}),
        ("stuck ones of a common label", {"status": "stuck", "label": "team:east"}),
        ("a label and no definition", {"label": "team:east", "definition": "none"}),
        ("started after", {"started_after": half}),
        ("started before", {"started_before": half}),
        ("failed and started within", {"status": "failed", "started_after": half, "started_before": soon}),
    ]


def _instant(index: int) -> str:
    return format_instant(Instant(place(index)))


async def _told(server: MeasuredServer, name: str, path: str, query: Query, requests: int) -> None:
    """A line: latencies as the asker sees them, and what the server computed for each."""
    loop_us, cost = reference_us(), server.cost()
    latencies = []
    for _ in range(requests):
        begin = time.perf_counter()
        body = await server.get(path, query)
        latencies.append((time.perf_counter() - begin) * 1e3)
    latencies.sort()
    p50, p99 = latencies[requests // 2], latencies[requests * 99 // 100]
    cpu_ms = (server.cost().all_s - cost.all_s) / requests * 1e3
    loop_us = (loop_us + reference_us()) / 2
    held = body.get("total", len(body.get("items", ())))
    print(
        f"  {name:<45} p50 {p50:6.2f} ms, p99 {p99:6.2f} ms; CPU {cpu_ms:5.2f} ms, "
        f"{cpu_ms * 1e3 / loop_us:5.1f} plain loops ({loop_us:.0f} us); {held:,} told"
    )
