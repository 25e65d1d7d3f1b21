"""When too much is under way starts are refused first; what executions wait for has room of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import msgspec
import pytest

from tests.rest.serving import Reply, Server, document, serving, task
from tests.rest.test_callbacks import PIX, answer, asked
from tests.rest.test_stopping import INLINE, over
from tests.runtime.world import FallibleStore
from treadle.model.errors import Unavailable
from treadle.rest.admission import Admission
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.clocks import SystemClock

pytestmark = pytest.mark.anyio
REQUESTS_MAX: Final = 4
STARTS_MAX: Final = 2
WAITS: Final = document({"id": "w", "kind": "wait", "signal": "go"})
START: Final = {"definition": {"document": document(task("a"))}}
JSON: Final = {"Content-Type": "application/json"}


@pytest.fixture
async def small() -> AsyncIterator[Server]:
    async with serving(requests_max=REQUESTS_MAX) as made:
        yield made


@asynccontextmanager
async def unfinished(server: Server, path: str, body: bytes) -> AsyncIterator[Callable[[], Awaitable[Reply]]]:
    """A POST whose body has not wholly arrived; what is yielded sends the rest and waits for the answer."""
    rest = asyncio.Event()

    async def data() -> AsyncIterator[bytes]:
        yield body[:1]
        await rest.wait()
        yield body[1:]

    before = await under_way(server)
    sending = asyncio.create_task(server.post(path, data=data(), headers=JSON))

    async def finished() -> Reply:
        rest.set()
        return await sending

    try:
        while await under_way(server) == before:
            if sending.done():  # refused: to be told by `finished`
                break
        yield finished
    finally:
        rest.set()
        await sending


async def under_way(server: Server) -> float:
    return (await server.metrics())["treadle_requests_under_way", ""]


def check_overloaded(reply: Reply) -> None:
    assert (reply.status, reply.code, reply.body["retryable"]) == (503, "overloaded", True)
    assert reply.headers["Retry-After"] == "1"


async def test_starts_are_refused_while_their_half_of_the_room_is_taken(small: Server) -> None:
    async with AsyncExitStack() as stack:
        begun = [
            await stack.enter_async_context(unfinished(small, "/v1/executions", msgspec.json.encode(START)))
            for _ in range(STARTS_MAX)
        ]
        check_overloaded(await small.post("/v1/executions", json=START))
        check_overloaded(await small.post("/v1/definitions/validate", json=START["definition"]["document"]))
        assert {(await finish()).status for finish in begun} == {202}
    assert (await small.get("/v1/executions/counts")).body["total"] == STARTS_MAX
    assert (await small.post("/v1/executions", json=START)).status == 202
    assert await under_way(small) == 0
    assert (await small.metrics())["treadle_requests_total", "overloaded"] == 2


async def test_what_executions_wait_for_is_taken_while_starts_are_refused(small: Server) -> None:
    pix, given = await asked(small, PIX)
    waits = await small.start(WAITS, wait=False)
    paused = await small.start(WAITS, wait=False)
    async with AsyncExitStack() as stack:
        for _ in range(STARTS_MAX):
            await stack.enter_async_context(unfinished(small, "/v1/executions", msgspec.json.encode(START)))
        check_overloaded(await small.post("/v1/executions", json=START))
        assert (await answer(small, given["token"], {"status": "paid"})).status == 202
        assert (await small.post(f"/v1/executions/{waits.body['id']}/signals/go", json=1)).status == 202
        assert (await small.act(paused, "pause")).status == 202
        assert (await small.post("/v1/definitions", json=WAITS)).status == 201
        assert (await small.get("/v1/executions")).status == 200
    assert [(await small.settled(one))["status"] for one in (pix, waits)] == ["completed", "completed"]


async def test_when_all_the_room_is_taken_answers_are_refused_too_and_may_come_again(small: Server) -> None:
    waits = await small.start(WAITS, wait=False)
    path = f"/v1/executions/{waits.body['id']}/signals/go"
    async with AsyncExitStack() as stack:
        for _ in range(REQUESTS_MAX):
            await stack.enter_async_context(unfinished(small, "/v1/callbacks/nonsense", b"{}"))
        check_overloaded(await small.post(path, json=1))
        check_overloaded(await small.post("/v1/callbacks/nonsense", json={}))
        assert (await small.get("/readyz")).status == 200
    assert (await small.post(path, json=1)).status == 202


async def test_who_waits_for_the_end_of_a_start_takes_no_room(small: Server) -> None:
    held = {"definition": {"document": document(task("a", "held"))}}
    wait = {"Prefer": "wait=60"}
    waiting = [asyncio.create_task(small.post("/v1/executions", json=held, headers=wait)) for _ in range(1)]
    await small.handlers.until_held()
    for _ in range(REQUESTS_MAX):
        waiting.append(asyncio.create_task(small.post("/v1/executions", json=held, headers=wait)))
        while small.handlers.calls.count("held") < len(waiting):
            assert not any(one.done() for one in waiting)
            await small.get("/livez")
    assert await under_way(small) == 0
    small.handlers.release()
    assert {reply.status for reply in await asyncio.gather(*waiting)} == {200}


async def test_a_request_that_fails_gives_its_room_back(small: Server) -> None:
    for _ in range(2 * REQUESTS_MAX):
        assert (await small.post("/v1/executions", data=b"{", headers=JSON)).status == 400
        assert (await small.post("/v1/callbacks/nonsense", json={})).status == 400
    assert await under_way(small) == 0


async def test_a_caller_who_goes_away_gives_its_room_back(small: Server) -> None:
    gone = asyncio.Event()

    async def data() -> AsyncIterator[bytes]:
        yield b"{"
        await gone.wait()

    for _ in range(REQUESTS_MAX):
        sending = asyncio.create_task(small.post("/v1/executions", data=data(), headers=JSON))
        while await under_way(small) == 0:
            assert not sending.done()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        while await under_way(small):
            pass


async def test_commands_of_callers_are_taken_until_all_commits_that_may_wait_do() -> None:
    store = FallibleStore()
    bounds = RuntimeBounds(commits_waiting_max=2, batch_rows_max=1, stop_grace_ms=0, keep_waiting_ms=10**9)
    async with over(store, bounds) as (session, _):
        ids = []
        for _ in range(6):
            async with session.post("/v1/executions", json=INLINE) as reply:
                ids.append((await reply.json())["id"])
        store.gate.clear()
        acts = {one: asyncio.create_task(session.post(f"/v1/executions/{one}/pause")) for one in ids}
        await asyncio.wait(acts.values(), return_when=asyncio.FIRST_COMPLETED)
        start = await session.post("/v1/executions", json=INLINE)
        assert (start.status, start.headers["Retry-After"]) == (503, "1")
        store.gate.set()
        answers = {one: await act for one, act in acts.items()}
        refused = {one: reply for one, reply in answers.items() if reply.status != 202}
        assert 0 < len(refused) <= len(ids) - 3
        for one, reply in refused.items():
            problem = await reply.json(content_type="application/problem+json")
            assert (reply.status, problem["code"]) == (503, "overloaded")
            async with session.post(f"/v1/executions/{one}/pause") as again:
                assert again.status == 202


def test_a_place_that_was_left_is_not_left_again() -> None:
    admission = Admission(SystemClock(), requests_max=2)
    with admission.entered(is_start=True) as place:
        place.leave()
        with admission.entered(is_start=True):
            place.leave()
            assert admission.under_way == 1
            with pytest.raises(Unavailable, match="overloaded"), admission.entered(is_start=True):
                raise AssertionError
            with admission.entered(is_start=False):
                assert admission.under_way == 2
    assert admission.under_way == 0
