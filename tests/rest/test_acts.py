"""Waking, resolving and retrying: what a person does to an execution that does not go on by itself."""

import pytest

from tests.rest.serving import Reply, Server, document, sleep, task
from treadle.model.json import Json

pytestmark = pytest.mark.anyio
NAP = document(sleep("nap", "1h"), task("a"))
NAPS = document(
    {
        "id": "both",
        "kind": "parallel",
        "branches": {"left": {"steps": [sleep("one", "1h")]}, "right": {"steps": [sleep("two", "1h")]}},
    }
)
UNSURE = document(task("pay", "held", timeout="50ms", on_unknown="pause"), task("b"))
FAILING = document(task("a"), task("b", "broken"))


async def test_a_sleep_is_ended(server: Server) -> None:
    execution = await server.start(NAP, wait=False)
    woken = await server.act(execution, "wake", reason="no need to wait")
    assert woken.status == 202
    assert (await server.settled(execution))["status"] == "completed"
    (item,) = [item for item in await server.history(execution) if item["type"] == "ExecutionWoken"]
    assert (item["path"], item["actor"], item["reason"]) == ("nap", "dev", "no need to wait")


async def test_of_several_sleeps_one_is_named(server: Server) -> None:
    execution = await server.start(NAPS, wait=False)
    silent = await server.act(execution, "wake")
    assert (silent.status, silent.code) == (422, "ambiguous_path")
    assert "one, two" in silent.body["detail"]
    elsewhere = await server.act(execution, "wake", path="three")
    assert (elsewhere.status, elsewhere.code) == (409, "nothing_to_wake")
    assert (await server.act(execution, "wake", path="one")).status == 202
    assert (await server.shown(execution))["nodes"]["one"]["status"] == "completed"
    assert (await server.act(execution, "wake")).status == 202
    assert (await server.settled(execution))["status"] == "completed"


async def test_where_nothing_sleeps_there_is_nothing_to_wake(server: Server) -> None:
    execution = await server.start(document(task("a", "held")), wait=False)
    await server.handlers.until_held()
    refused = await server.act(execution, "wake")
    assert (refused.status, refused.code) == (409, "nothing_to_wake")
    server.handlers.release()
    await server.settled(execution)
    ended = await server.act(execution, "wake")
    assert (ended.status, ended.code) == (409, "invalid_transition")
    assert "completed" in ended.body["detail"]


async def unsure(server: Server) -> Reply:
    """An execution that is paused because nobody knows what `pay` did."""
    execution = await server.start(UNSURE, wait=False)
    now = await server.reached(execution, "pay", "unknown")
    assert (now["status"], now["reason"]) == ("paused", "unknown_outcome")
    assert now["nodes"]["pay"]["waiting_for"] == {"resolution": True}
    return execution


async def test_an_unknown_outcome_is_resolved_as_done_with_its_output(server: Server) -> None:
    execution = await unsure(server)
    said = {"outcome": "done", "output": {"id": 7}, "path": "pay", "reason": "seen in the ledger"}
    assert (await server.act(execution, "resolve", **said)).status == 202
    ended = await server.settled(execution)
    assert (ended["status"], ended["nodes"]["pay"]["output"]) == ("completed", {"id": 7})
    (item,) = [item for item in await server.history(execution) if item["type"] == "OutcomeResolved"]
    assert (item["actor"], item["reason"], item["data"]["outcome"]) == ("dev", "seen in the ledger", "done")


async def test_an_unknown_outcome_is_resolved_as_not_done_and_tried_again(server: Server) -> None:
    execution = await unsure(server)
    server.handlers.release()
    assert (await server.act(execution, "resolve", outcome="not_done")).status == 202
    ended = await server.settled(execution)
    assert (ended["status"], ended["nodes"]["pay"]["attempt"]) == ("completed", 2)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"outcome": "perhaps"}, "/outcome"),
        ({"outcome": "not_done", "output": 1}, "/output"),
        ({"outcome": "done", "path": 7}, "/path"),
        ({"outcome": "done", "answer": 7}, "/answer"),
    ],
)
async def test_a_resolution_that_cannot_be_read_is_told(bare: Server, body: Json, pointer: str) -> None:
    refused = await bare.post("/v1/executions/x/resolve", json=body)
    assert (refused.status, refused.code, refused.pointers) == (400, "malformed_request", [pointer])


async def test_what_is_not_unknown_is_not_resolved(server: Server) -> None:
    execution = await server.start(NAP, wait=False)
    refused = await server.act(execution, "resolve", outcome="done")
    assert (refused.status, refused.code) == (409, "invalid_transition")
    assert "waiting" in refused.body["detail"]


async def test_a_failed_execution_runs_again_from_what_did_not_stand(server: Server) -> None:
    execution = await server.start(FAILING)
    assert (execution.body["status"], execution.body["run"]) == ("failed", 1)
    server.handlers.broken = False
    retried = await server.act(execution, "retry", reason="repaired")
    assert (retried.status, retried.body["run"]) == (202, 2)
    ended = await server.settled(execution)
    assert (ended["status"], ended["failure"], ended["ended_at"] is None) == ("completed", None, False)
    assert server.handlers.calls == ["echo"]
    (item,) = [item for item in await server.history(execution) if item["type"] == "ExecutionRetried"]
    assert (item["actor"], item["reason"], item["data"]["run"]) == ("dev", "repaired", 2)


async def test_what_has_not_failed_is_not_retried(server: Server) -> None:
    for execution in (await server.start(document(task("a"))), await server.start(NAP, wait=False)):
        refused = await server.act(execution, "retry")
        assert (refused.status, refused.code) == (409, "invalid_transition")
        assert execution.body["status"] in refused.body["detail"]
