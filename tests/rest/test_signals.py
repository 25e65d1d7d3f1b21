"""Signals: taken by a wait, kept for one, or refused."""

from pathlib import Path
from urllib.parse import quote

import pytest
from yarl import URL

from tests.rest.serving import Reply, Server, document, serving, sleep, sqlite, task
from treadle.model.json import Json

pytestmark = pytest.mark.anyio


def wait(node: str, signal: str, **fields: Json) -> Json:
    return {"id": node, "kind": "wait", "signal": signal, **fields}


APPROVAL = document(wait("approval", "approved"), task("ship"))
TWICE = document(wait("approval", "approved", count=2))
LATER = document(sleep("nap", "1h"), wait("approval", "approved"))
CHECKED = document(wait("approval", "approved", schema={"type": "object", "required": ["by"]}))


async def signal(server: Server, execution: Reply, name: str, **given: Json) -> Reply:
    return await server.post(f"/v1/executions/{execution.body['id']}/signals/{name}", **given)


@pytest.mark.parametrize("payload", [{"by": "kim"}, [1, 2.5], "yes", 0, False, None])
async def test_a_signal_may_be_any_json_and_is_the_output_of_its_wait(server: Server, payload: Json) -> None:
    execution = await server.start(APPROVAL, wait=False)
    assert execution.body["nodes"]["approval"]["waiting_for"] == {"signals": ["approved"]}
    sent = await signal(server, execution, "approved", json=payload)
    assert (sent.status, sent.body["nodes"]["approval"]["output"]) == (202, payload)
    assert (await server.settled(execution))["status"] == "completed"
    (received,) = [item for item in await server.history(execution) if item["type"] == "SignalReceived"]
    assert (received["actor"], received["path"]) == ("dev", "approval")
    assert received["data"]["payload"] == payload


async def test_a_signal_without_a_body_is_null(server: Server) -> None:
    execution = await server.start(APPROVAL, wait=False)
    sent = await signal(server, execution, "approved")
    assert (sent.status, sent.body["nodes"]["approval"]["status"]) == (202, "completed")
    assert sent.body["nodes"]["approval"]["output"] is None


async def test_a_signal_that_comes_early_is_kept_also_over_a_restart(tmp_path: Path) -> None:
    async with serving(sqlite(tmp_path)) as first:
        execution = await first.start(LATER, wait=False)
        kept = await signal(first, execution, "approved", json={"by": "kim"})
        assert (kept.status, kept.body["status"]) == (202, "waiting")
        item = (await first.history(execution))[-1]
        assert (item["type"], item["actor"]) == ("SignalKept", "dev")
        assert item["data"]["expires_at"] > item["at"]
    async with serving(sqlite(tmp_path)) as second:
        assert (await second.act(execution, "wake")).status == 202
        assert (await second.settled(execution))["output"] == {"by": "kim"}


async def test_what_no_wait_is_for_is_unknown(server: Server) -> None:
    execution = await server.start(APPROVAL, wait=False)
    for name in ("denied", "ä b", "approve%64"):
        path = f"/v1/executions/{execution.body['id']}/signals/{quote(name)}"
        refused = await server.post(URL(path, encoded=True), json=1)
        assert (refused.status, refused.code) == (404, "unknown_signal")
        assert name in refused.body["detail"]
    assert (await server.shown(execution))["version"] == execution.body["version"]


async def test_a_payload_that_does_not_fit_is_refused_and_changes_nothing(server: Server) -> None:
    execution = await server.start(CHECKED, wait=False)
    refused = await signal(server, execution, "approved", json={"to": "kim"})
    assert (refused.status, refused.code) == (422, "invalid_signal")
    assert (await server.shown(execution))["version"] == execution.body["version"]
    assert (await signal(server, execution, "approved", json={"by": "kim"})).status == 202


async def test_an_execution_that_has_ended_takes_none(server: Server) -> None:
    execution = await server.start(APPROVAL, wait=False)
    await server.act(execution, "cancel")
    await server.settled(execution)
    refused = await signal(server, execution, "approved", json=1)
    assert (refused.status, refused.code) == (409, "execution_ended")


async def test_a_signal_to_nobody_is_not_found(server: Server) -> None:
    execution = await server.start(APPROVAL, wait=False)
    elsewhere = {"headers": {"Treadle-Namespace": "other"}}
    assert (await signal(server, execution, "approved", json=1, **elsewhere)).code == "execution_not_found"
    assert (await server.post("/v1/executions/none/signals/approved", json=1)).code == "execution_not_found"


async def test_what_is_no_json_is_told(server: Server) -> None:
    execution = await server.start(APPROVAL, wait=False)
    headers = {"Content-Type": "application/json"}
    assert (await signal(server, execution, "approved", data=b"{", headers=headers)).code == (
        "malformed_request"
    )
    text = {"data": b"yes", "headers": {"Content-Type": "text/plain"}}
    assert (await signal(server, execution, "approved", **text)).code == "unsupported_media_type"
    query = {"params": {"wait": "1"}}
    assert (await signal(server, execution, "approved", json=1, **query)).code == "invalid_parameter"


async def test_a_signal_that_comes_again_under_its_key_is_the_same(server: Server) -> None:
    execution = await server.start(TWICE, wait=False)
    keyed = {"json": {"by": "eve"}, "headers": {"Idempotency-Key": "k"}}
    assert (await signal(server, execution, "approved", **keyed)).status == 202
    assert (await signal(server, execution, "approved", **keyed)).status == 202
    assert (await server.shown(execution))["status"] == "waiting"
    other = await signal(server, execution, "approved", json={"by": "bob"}, headers=keyed["headers"])
    assert (other.status, other.code) == (422, "idempotency_mismatch")
    assert (await signal(server, execution, "approved", json={"by": "bob"})).status == 202
    ended = await server.settled(execution)
    assert ended["output"] == [{"by": "eve"}, {"by": "bob"}]
    assert (await signal(server, execution, "approved", **keyed)).status == 202
    empty = await signal(server, execution, "approved", json=1, headers={"Idempotency-Key": "ü" * 3})
    assert (empty.status, empty.code) == (400, "malformed_request")
