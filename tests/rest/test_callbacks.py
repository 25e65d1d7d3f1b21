"""Callbacks: who has the token of an attempt answers it, once, and nobody else."""

from pathlib import Path

import pytest
from starlette.datastructures import Headers

from tests.rest.serving import Reply, Server, document, serving, sqlite, task
from treadle.model.errors import Rejected
from treadle.model.json import Json
from treadle.rest.bounds import CALLBACK_HEADERS_BYTES_MAX
from treadle.rest.callbacks import read_kept_headers, read_token

pytestmark = pytest.mark.anyio
ASKING = {"name": "note", "input": {"url": "{{ callback.url }}", "token": "{{ callback.token }}"}}
PIX = document(task("pix", ASKING, mode="async", callback={"timeout": "15m"}))
CHOOSY = document(
    task(
        "pix",
        ASKING,
        mode="async",
        callback={"timeout": "15m", "fail_when": {"==": [{"var": "body.status"}, "denied"]}},
    )
)


async def asked(server: Server, definition: Json = PIX, **body: Json) -> tuple[Reply, Json]:
    """An execution that waits for its callback, and what the trigger was given."""
    execution = await server.start(definition, wait=False, **body)
    given = await server.handlers.noted()
    await server.reached(execution, "pix", "waiting")
    return execution, given


async def answer(server: Server, token: str, body: Json = None, **headers: str) -> Reply:
    return await server.post(f"/v1/callbacks/{token}", json=body, headers=headers)


def forged(token: str) -> str:
    """The token with another signature."""
    at = len(token) - 20
    return f"{token[:at]}{'A' if token[at] != 'A' else 'B'}{token[at + 1 :]}"


async def test_a_callback_is_the_output_of_its_task(server: Server) -> None:
    execution, given = await asked(server)
    node = (await server.shown(execution))["nodes"]["pix"]
    assert node["status"] == "waiting"
    assert node["waiting_for"] == {"callback": True, "until": node["wake_at"]}
    assert given["url"] == f"{server.application.url}/v1/callbacks/{given['token']}"
    reply = await answer(server, given["token"], {"status": "paid"})
    assert (reply.status, reply.body) == (202, {"status": "accepted"})
    ended = await server.settled(execution)
    assert (ended["status"], ended["output"]) == ("completed", {"status": "paid"})


async def test_the_token_may_stand_in_a_header_and_the_namespace_is_that_of_the_execution(
    server: Server,
) -> None:
    elsewhere = {"headers": {"Treadle-Namespace": "other"}}
    body = {"definition": {"document": PIX}}
    execution = await server.post("/v1/executions", json=body, **elsewhere)
    given = await server.handlers.noted()
    headers = {
        "X-Callback-Token": given["token"],
        "Host": "hooks.example.com",
        "Origin": "https://example.com",
    }
    reply = await server.post("/v1/callbacks", json={"n": 1}, headers=headers)
    assert reply.status == 202
    path = f"/v1/executions/{execution.body['id']}"
    assert await server.application.engine.until_ended("other", execution.body["id"], 20_000)
    assert (await server.get(path, **elsewhere)).body["output"] == {"n": 1}


async def test_both_tokens_have_to_be_the_same(server: Server) -> None:
    _, given = await asked(server)
    token = given["token"]
    refused = await answer(server, token, **{"X-Callback-Token": forged(token)})
    assert (refused.status, refused.code) == (400, "malformed_token")
    none = await server.post("/v1/callbacks", json={})
    assert (none.status, none.code) == (400, "malformed_token")
    assert (await answer(server, token, **{"X-Callback-Token": token})).status == 202


@pytest.mark.parametrize("token", ["x", "x" * 600, "%20", "a.b.c"])
async def test_what_is_no_token_is_malformed(bare: Server, token: str) -> None:
    refused = await answer(bare, token)
    assert (refused.status, refused.code) == (400, "malformed_token")


async def test_a_token_that_was_not_signed_here_is_refused_and_the_wait_goes_on(server: Server) -> None:
    execution, given = await asked(server)
    refused = await answer(server, forged(given["token"]))
    assert (refused.status, refused.code) == (401, "bad_signature")
    assert (await server.shown(execution))["nodes"]["pix"]["status"] == "waiting"


async def test_a_callback_counts_once(server: Server) -> None:
    execution, given = await asked(server)
    assert (await answer(server, given["token"], 1)).status == 202
    await server.settled(execution)
    again = await answer(server, given["token"], 2)
    assert (again.status, again.code) == (409, "callback_already_used")
    assert (await server.shown(execution))["output"] == 1


async def test_nobody_waits_in_what_was_terminated(server: Server) -> None:
    execution, given = await asked(server)
    await server.act(execution, "terminate")
    refused = await answer(server, given["token"], 1)
    assert (refused.status, refused.code) == (410, "not_waiting")


async def test_a_callback_that_says_no_fails_the_task(server: Server) -> None:
    execution, given = await asked(server, CHOOSY)
    assert (await answer(server, given["token"], {"status": "denied"})).status == 202
    ended = await server.settled(execution)
    assert (ended["status"], ended["failure"]["code"]) == ("failed", "callback_refused")
    again = await answer(server, given["token"], {"status": "paid"})
    assert (again.status, again.code) == (409, "callback_already_used")


async def test_a_callback_is_kept_with_its_headers_but_for_those_that_would_let_others_in(
    server: Server,
) -> None:
    execution, given = await asked(server)
    headers = {"X-Trace": "t1", "Authorization": "Bearer secret", "Cookie": "s=secret"}
    await answer(server, given["token"], 1, **headers)
    (received,) = [item for item in await server.history(execution) if item["type"] == "CallbackReceived"]
    kept = received["data"]["headers"]
    assert kept["x-trace"] == "t1"
    assert not {"authorization", "cookie", "x-callback-token", "connection"} & set(kept)
    assert "secret" not in str(await server.history(execution))


async def test_a_callback_without_a_body_is_null(server: Server) -> None:
    execution, given = await asked(server)
    assert (await server.post(f"/v1/callbacks/{given['token']}")).status == 202
    assert (await server.settled(execution))["output"] is None


async def test_a_callback_takes_json_alone(server: Server) -> None:
    _, given = await asked(server)
    path = f"/v1/callbacks/{given['token']}"
    assert (await server.post(path, data=b"{", headers={"Content-Type": "application/json"})).code == (
        "malformed_request"
    )
    assert (await server.post(path, data=b"a=b", headers={"Content-Type": "text/plain"})).status == 415
    assert (await server.get(path)).code == "method_not_allowed"


async def test_a_token_is_good_after_a_restart(tmp_path: Path) -> None:
    async with serving(sqlite(tmp_path)) as first:
        execution, given = await asked(first)
    async with serving(sqlite(tmp_path)) as second:
        assert (await answer(second, given["token"], "late")).status == 202
        assert (await second.settled(execution))["output"] == "late"


def test_a_token_is_read_from_one_place_or_from_both_alike() -> None:
    assert read_token("a", Headers({})) == "a"
    assert read_token(None, Headers({"X-Callback-Token": "a"})) == "a"
    assert read_token("a", Headers({"X-Callback-Token": "a"})) == "a"
    twice = Headers(raw=[(b"x-callback-token", b"a"), (b"x-callback-token", b"b")])
    for in_path, headers in ((None, Headers({})), ("b", Headers({"X-Callback-Token": "a"})), (None, twice)):
        with pytest.raises(Rejected, match="malformed_token"):
            read_token(in_path, headers)


def test_headers_of_the_connection_are_not_kept_and_repeated_ones_are_one() -> None:
    given = [
        (b"connection", b"close, X-Hop"),
        (b"x-hop", b"1"),
        (b"transfer-encoding", b"chunked"),
        (b"proxy-authorization", b"secret"),
        (b"x-a", b"1"),
        (b"x-a", b"2"),
    ]
    assert read_kept_headers(Headers(raw=given)) == {"x-a": "1, 2"}


def test_headers_have_a_bound() -> None:
    fitting = "x" * (CALLBACK_HEADERS_BYTES_MAX - 1)
    assert read_kept_headers(Headers({"a": fitting})) == {"a": fitting}
    with pytest.raises(Rejected, match="headers_too_large"):
        read_kept_headers(Headers({"a": f"{fitting}x"}))
