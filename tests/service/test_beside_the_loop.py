"""Documents are read and compiled beside the event loop: what has a thread holds nobody up."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from tests.runtime.world import NAMESPACE, FallibleStore, called, define
from treadle.model.errors import Rejected
from treadle.model.json import Json
from treadle.model.program import Program
from treadle.runtime.programs import Programs
from treadle.service.documents import (
    read_text,
    read_tree,
    report_on,
    stored_graph,
    tree_digest,
)
from treadle.service.workload import AT_ONCE_BYTES_MAX, worked
from treadle.testing.builders import program, task

pytestmark = pytest.mark.anyio


def document(steps: int) -> Json:
    """A document of so many tasks, each of which renders its input."""
    request = {"name": "h", "input": {"of": "{{ input.order }}", "in": "{{ execution.id }}"}}
    tasks = [{"id": f"n{at}", "kind": "task", "handler": request} for at in range(steps)]
    return {"name": "d", "version": "1", "steps": tasks}


TREE = document(1_000)
DATA = msgspec.json.encode(TREE)
SMALL = msgspec.json.encode(document(1))
YAML = b"name: d\nversion: '1'\nsteps: [{id: a, kind: task, handler: h}]\n"
FAULTY = msgspec.json.encode(document(1_000) | {"nonsense": 1})


class Counting(ThreadPoolExecutor):
    """The threads of a loop; `given` is how often they were given work."""

    def __init__(self) -> None:
        super().__init__(2)
        self.given = 0

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        return super().submit(*args, **kwargs)


async def given_to_threads(work: Awaitable[object]) -> int:
    """How often threads were given work until it was done, well or not."""
    threads = Counting()
    asyncio.get_running_loop().set_default_executor(threads)
    with suppress(Rejected):
        await work
    return threads.given


@pytest.mark.parametrize(
    "work",
    [
        lambda: read_text(DATA, "json"),
        lambda: read_text(YAML, "yaml"),
        lambda: read_text(FAULTY, "json"),
        lambda: read_tree(TREE, len(DATA), "/document"),
        lambda: tree_digest(TREE, len(DATA)),
        lambda: report_on(DATA, "json"),
        lambda: report_on(YAML, "yaml"),
        lambda: report_on(SMALL, "json"),
        lambda: stored_graph(DATA),
    ],
    ids=["JSON", "YAML", "faults", "tree", "digest", "report", "report of YAML", "small report", "graph"],
)
async def test_a_document_is_read_in_a_thread(work: Callable[[], Awaitable[object]]) -> None:
    assert await given_to_threads(work()) == 1


async def test_a_small_document_is_read_at_once() -> None:
    assert len(SMALL) <= AT_ONCE_BYTES_MAX
    assert await given_to_threads(read_text(SMALL, "json")) == 0


@pytest.mark.parametrize(
    ("size_bytes", "is_at_once"), [(AT_ONCE_BYTES_MAX, True), (AT_ONCE_BYTES_MAX + 1, False)]
)
async def test_long_work_has_a_thread_of_its_own(size_bytes: int, is_at_once: bool) -> None:
    ran_in = await worked(size_bytes, threading.get_ident)
    assert (ran_in == threading.get_ident()) is is_at_once


async def test_a_stored_document_is_compiled_in_a_thread() -> None:
    store, ran_in = FallibleStore(), set[int]()
    kept = called("kept", program(task("work")))
    await define(store, kept)

    def compile_document(_document: bytes) -> Program:
        ran_in.add(threading.get_ident())
        return kept

    programs = Programs(store.views, 10, compile_document)
    assert await programs.get(NAMESPACE, kept.digest) is kept
    assert ran_in
    assert threading.get_ident() not in ran_in
