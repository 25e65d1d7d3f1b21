"""Starts executions over HTTP as fast as they are answered, from a process of its own.

    python -m bench.starting URL DEFINITION COUNT CONNECTIONS [WAIT_S]

Prints the seconds that it took and the latencies as JSON. It reads no more of an answer than its length, so
that the process beside it is what is measured.
"""

import asyncio
import sys
import time
from typing import Final
from urllib.parse import urlsplit

import msgspec
import uvloop

ANSWER_BYTES_MAX: Final = 1_048_576
ACCEPTED: Final = (b"HTTP/1.1 202", b"HTTP/1.1 200")
LENGTH: Final = b"content-length: "


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """How long all of it took, and the latencies of answers."""

    elapsed_s: float
    p50_ms: float
    p99_ms: float


async def start_all(url: str, definition: str, count: int, connections: int, wait_s: int | None) -> Load:
    """Have `count` executions started over so many connections, each of which asks one after another."""
    request = _request(url, definition, wait_s)
    left = iter(range(count))
    latencies: list[float] = []

    async def one_after_another() -> None:
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=ANSWER_BYTES_MAX)
        for _ in left:
            begin = time.perf_counter()
            writer.write(request)
            await _answered(reader)
            latencies.append((time.perf_counter() - begin) * 1e3)
        writer.close()

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one_after_another())
    elapsed_s = time.perf_counter() - begin
    latencies.sort()
    return Load(elapsed_s=elapsed_s, p50_ms=latencies[count // 2], p99_ms=latencies[count * 99 // 100])


async def _answered(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(ACCEPTED):
        raise RuntimeError(f"a start was answered {head!r}")
    at = head.index(LENGTH) + len(LENGTH)
    await reader.readexactly(int(head[at : head.index(b"\r", at)]))


def _request(url: str, definition: str, wait_s: int | None) -> bytes:
    body = msgspec.json.encode({"definition": definition, "input": {"order": 7}})
    lines = [
        "POST /v1/executions HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *([] if wait_s is None else [f"Prefer: wait={wait_s}"]),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def main() -> None:
    """Run once and print."""
    url, definition, count, connections, *wait_s = sys.argv[1:]
    wait = int(wait_s[0]) if wait_s else None
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        load = runner.run(start_all(url, definition, int(count), int(connections), wait))
    print(msgspec.json.encode(load).decode())


if __name__ == "__main__":
    main()
