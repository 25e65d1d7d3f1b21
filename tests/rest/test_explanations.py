"""Executions as they were, and why they do not move now."""

import pytest

from tests.rest.serving import Server, document, sleep, task

pytestmark = pytest.mark.anyio
SAGA = document(
    task("reserve", compensate={"handler": "echo"}),
    {"id": "both", "kind": "parallel", "branches": {"left": {"steps": [task("l")]}, "right": {"steps": []}}},
    task("pay", "refuse"),
    on_failure={"handler": "echo"},
)
NAP = document(sleep("nap", "1h"))


async def test_an_execution_is_shown_as_it_was_after_each_of_its_events(server: Server) -> None:
    execution = await server.start(SAGA)
    path = f"/v1/executions/{execution.body['id']}"
    history = await server.history(execution)
    assert len(history) == execution.body["version"]
    for item in history:
        was = (await server.get(path, params={"at": str(item["seq"])})).body
        assert (was["version"], was["updated_at"]) == (item["seq"], item["at"])
        assert set(was) == set(execution.body)
        if item["type"] == "NodeEntered":
            assert was["nodes"][item["path"]]["ended_at"] is None
        if item["type"] == "NodeCompleted":
            assert was["nodes"][item["path"]]["status"] == "completed"
    assert was == (await server.get(path)).body
    assert was["status"] == "failed"
    first = (await server.get(path, params={"at": "1"})).body
    assert (first["nodes"], first["failure"]) == ({}, None)


async def test_there_is_nothing_beyond_the_last_event(server: Server) -> None:
    execution = await server.start(NAP, wait=False)
    path = f"/v1/executions/{execution.body['id']}"
    last = execution.body["version"]
    assert (await server.get(path, params={"at": str(last)})).body == (await server.get(path)).body
    for beyond in (last + 1, 2**53 - 1):
        refused = await server.get(path, params={"at": str(beyond)})
        assert (refused.status, refused.code) == (400, "invalid_parameter")
        assert f"is {last}" in refused.body["detail"]
    elsewhere = {"headers": {"Treadle-Namespace": "other"}}
    assert (await server.get(path, params={"at": "1"}, **elsewhere)).code == "execution_not_found"


async def test_a_long_history_is_folded_piece_by_piece(bare: Server) -> None:
    steps = [{"id": f"s{number}", "kind": "set", "vars": {"n": number}} for number in range(700)]
    execution = await bare.start(document(*steps))
    assert execution.body["version"] > 2_000
    path = f"/v1/executions/{execution.body['id']}"
    for seq in (999, 1_000, 1_001, 2_000, execution.body["version"]):
        was = (await bare.get(path, params={"at": str(seq)})).body
        assert was["version"] == seq
    assert was["vars"] == {"n": 699}


async def test_what_does_not_move_says_why(server: Server) -> None:
    execution = await server.start(NAP, wait=False)
    path = f"/v1/executions/{execution.body['id']}/explanation"
    sleeping = (await server.get(path)).body
    (reason,) = sleeping["reasons"]
    wake_at = execution.body["nodes"]["nap"]["wake_at"]
    assert sleeping["status"] == "waiting"
    assert (reason["code"], reason["path"], reason["until"]) == ("sleeping", "nap", wake_at)
    assert wake_at in reason["message"]
    await server.act(execution, "pause")
    paused = (await server.get(path)).body
    assert [reason["code"] for reason in paused["reasons"]] == ["paused", "sleeping"]
    assert paused["reasons"][0]["detail"] == {"actor": "dev", "reason": "operator"}
    assert "until" not in paused["reasons"][0]
    await server.act(execution, "terminate")
    ended = (await server.get(path)).body
    assert (ended["status"], [reason["code"] for reason in ended["reasons"]]) == ("terminated", ["ended"])
    elsewhere = {"headers": {"Treadle-Namespace": "other"}}
    assert (await server.get(path, **elsewhere)).code == "execution_not_found"
