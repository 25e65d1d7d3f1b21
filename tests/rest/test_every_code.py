"""Every code that a caller may be told is answered in some test of this room; those that are rare, here."""

import ast
import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace
from starlette.requests import Request
from starlette.types import Message

from tests.rest.serving import document, serving, task
from tests.rest.test_callbacks import ASKING, answer
from tests.rest.test_signals import LATER, signal
from tests.rest.test_stopping import INLINE, over
from tests.runtime.world import FallibleStore
from treadle.model.errors import Corrupt, Rejected, Unavailable
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.views import StoredKey
from treadle.rest.codes import CODES
from treadle.rest.problems import problem_response
from treadle.rest.reading import read_body
from treadle.runtime.bounds import RuntimeBounds
from treadle.security.tokens import SECRET_BYTES, CallbackToken, KeyRing

ABOUT_THE_TABLE: Final = {"test_codes.py", "test_openapi.py"}
TOLD_TO_NOBODY: Final = {"activity_ended"}
"""Recorded in a history: what ended, ended inside."""


def codes_in_tests() -> Iterator[tuple[str, str]]:
    """(code, name) of each test of this room that says a code."""
    for path in Path(__file__).parent.glob("test_*.py"):
        if path.name in ABOUT_THE_TABLE:
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                said = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant)}
                yield from ((code, f"{path.name}::{node.name}") for code in CODES if code in said)


def test_every_code_is_answered_in_some_test() -> None:
    answered = {code for code, _ in codes_in_tests()}
    assert set(CODES) - answered == TOLD_TO_NOBODY


async def silence() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.anyio
async def test_a_body_that_does_not_arrive_is_not_awaited_for_ever() -> None:
    request = Request({"type": "http", "method": "POST", "headers": []}, silence)
    with pytest.raises(Rejected) as refused:
        await read_body(request, within_s=0)
    assert (refused.value.code, problem_response(refused.value).status_code) == ("request_timeout", 408)


@pytest.mark.anyio
async def test_no_more_signals_are_kept_than_may_be() -> None:
    async with serving(kept_signals_max=1) as server:
        execution = await server.start(LATER, wait=False)
        assert (await signal(server, execution, "approved", json=1)).status == 202
        refused = await signal(server, execution, "approved", json=2)
        assert (refused.status, refused.code) == (409, "signals_full")


@pytest.mark.anyio
async def test_a_child_whose_parent_took_its_failure_is_not_retried() -> None:
    async with serving() as server:
        child = document(task("a", "refuse"), name="child")
        assert (await server.post("/v1/definitions", json=child)).status == 201
        parent = await server.start(document({"id": "c", "kind": "child", "definition": "child"}))
        assert parent.body["status"] == "failed"
        (item,) = (await server.get("/v1/executions", params={"definition": "child"})).body["items"]
        refused = await server.post(f"/v1/executions/{item['id']}/retry")
        assert (refused.status, refused.code) == (409, "parent_moved_on")


@pytest.mark.anyio
async def test_a_callback_for_an_attempt_that_has_failed_is_told_so() -> None:
    silent = task("pix", ASKING, mode="async", callback={"timeout": "50ms"}, on_unknown="pause")
    async with serving() as server:
        execution = await server.start(document(silent), wait=False)
        given = await server.handlers.noted()
        await server.reached(execution, "pix", "unknown")
        assert (await server.act(execution, "resolve", outcome="not_done")).status == 202
        late = await answer(server, given["token"], {"paid": True})
        assert (late.status, late.code) == (409, "attempt_mismatch")


@pytest.mark.anyio
async def test_a_token_whose_time_is_over_is_told_so() -> None:
    keys = KeyRing([StoredKey(id="k", secret=bytes(SECRET_BYTES), created_at=Instant(0))])
    token = keys.sign(
        CallbackToken(execution_id=ExecutionId("x"), activity=ActivityId(1), expires_at=Instant(1))
    )
    async with (
        over(FallibleStore(), RuntimeBounds(stop_grace_ms=0)) as (session, _),
        session.post(f"/v1/callbacks/{token}") as late,
    ):
        problem = await late.json(content_type="application/problem+json")
    assert (late.status, problem["code"]) == (410, "callback_expired")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("fails", "status", "code"),
    [
        (lambda _commit: Corrupt("commit_refused", "no"), 500, "commit_refused"),
        (lambda _commit: Unavailable("not_owner", "it is another's"), 503, "not_owner"),
    ],
)
async def test_a_start_that_the_store_does_not_take_is_told_as_that(
    fails: Callable[[object], Exception], status: int, code: str
) -> None:
    store = FallibleStore()
    async with over(store, RuntimeBounds(stop_grace_ms=0)) as (session, _):
        store.fails = fails
        async with session.post("/v1/executions", json=INLINE) as refused:
            problem = await refused.json(content_type="application/problem+json")
    assert (refused.status, problem["code"]) == (status, code)


@pytest.mark.anyio
async def test_a_history_that_cannot_be_read_is_a_fault_of_ours_and_nothing_of_it_is_told() -> None:
    store = FallibleStore()
    async with over(store, RuntimeBounds(stop_grace_ms=0)) as (session, _):
        store.rewrites = lambda commit: replace(commit, history=replace(commit.history, events=b"a secret"))
        async with session.post("/v1/executions", json=INLINE) as begun:
            path = f"/v1/executions/{(await begun.json())['id']}/history"
        async with session.get(path) as refused:
            problem = await refused.json(content_type="application/problem+json")
    assert (refused.status, problem["code"], problem["retryable"]) == (500, "internal", False)
    assert "secret" not in problem["detail"]


@pytest.mark.anyio
async def test_an_engine_that_stops_says_so() -> None:
    async with over(FallibleStore(), RuntimeBounds(stop_grace_ms=0)) as (session, engine):
        await engine.stop()
        async with session.post("/v1/executions", json=INLINE) as refused:
            problem = await refused.json(content_type="application/problem+json")
    assert (refused.status, problem["code"], problem["retryable"]) == (503, "stopping", True)
