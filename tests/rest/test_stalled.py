"""One who follows a history and takes nothing of it is let go of, and what was held for him is free."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

from tests.rest.serving import Reply, Server, document, serving, task

pytestmark = pytest.mark.anyio

TEXT: Final = "x" * 600_000
TURNS: Final = 12
"""So many times that text, twice each, is more than the system holds for one who does not read."""
RECEIVED_MAX: Final = 4_096
"""Bytes that the system takes for one who does not read, doubled for its own use."""
PART_MAX: Final = 1_048_576
LARGE: Final = document(
    {
        "id": "again",
        "kind": "loop",
        "until": {"==": [1, 2]},
        "max_iterations": TURNS,
        "steps": [task("say", {"name": "echo", "input": "{{ input }}"})],
    },
)
HANGS_S: Final = 20
"""Nothing takes so long that is going to end; less than what a follower has by default."""


@contextmanager
def asking(server: Server, path: str, received_max: int) -> Iterator[socket.socket]:
    """A connection on which that was asked, and from which nobody reads but the test."""
    host, _, port = server.application.url.removeprefix("http://").rpartition(":")
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received_max)
        made.connect((host, int(port)))
        made.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        yield made


async def large(server: Server) -> Reply:
    """An execution that has ended with a history of many megabytes."""
    ended = await server.start(LARGE, input=TEXT)
    assert ended.body["status"] in ("completed", "failed"), ended.body
    return ended


async def until_followed(server: Server, followers: int) -> None:
    """Return when so many follow."""
    async with asyncio.timeout(HANGS_S):
        while server.application.use_cases.following.places != followers:
            await server.get("/livez")


async def test_who_takes_nothing_is_let_go_of() -> None:
    async with serving(event_send_ms_max=50) as server:
        execution = await large(server)
        path = f"/v1/executions/{execution.body['id']}/events"
        with asking(server, path, RECEIVED_MAX) as connection:
            await until_followed(server, 1)
            await until_followed(server, 0)
            assert server.application.engine.followers.count == 0
            connection.settimeout(HANGS_S)
            head = await asyncio.to_thread(connection.recv, RECEIVED_MAX)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert (await server.get("/v1/executions")).status == 200


async def test_who_takes_little_at_a_time_is_told_all() -> None:
    async with serving() as server:
        execution = await large(server)
        history = await server.history(execution)
        path = f"/v1/executions/{execution.body['id']}/events"
        with asking(server, path, PART_MAX) as connection:
            await until_followed(server, 1)
            connection.settimeout(HANGS_S)
            taken = b""
            while b"\r\n0\r\n\r\n" not in taken[-7:]:
                part = await asyncio.to_thread(connection.recv, PART_MAX)
                assert part, "it is not cut off"
                taken += part
        assert taken.count(b"\nevent: ") == len(history)
        await until_followed(server, 0)
