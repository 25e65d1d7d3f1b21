"""Reading executions, and acting on them."""

from pathlib import Path
from urllib.parse import quote

import pytest
from yarl import URL

from tests.rest.serving import Reply, Server, document, serving, sleep, sqlite, task

pytestmark = pytest.mark.anyio
ECHO = document(task("a"))
HELD = document(task("a", "held", compensate={"handler": "echo"}), task("b"))
STUCK = document(
    task("a", compensate={"handler": "broken", "retry": {"max_attempts": 1}}), task("b", "refuse")
)
NAP = document(sleep("nap", "1h"))


async def shown(server: Server, reply: Reply) -> Reply:
    return await server.get(f"/v1/executions/{reply.body['id']}")


async def act(server: Server, reply: Reply, act: str, **body: str) -> Reply:
    given = {"json": body} if body else {}
    return await server.post(f"/v1/executions/{reply.body['id']}/{act}", **given)


async def settled(server: Server, reply: Reply) -> str:
    """The status once the execution has ended or is stuck."""
    assert await server.application.engine.until_ended("default", reply.body["id"], 20_000)
    status: str = (await shown(server, reply)).body["status"]
    return status


async def test_an_execution_is_shown_from_memory_and_from_the_store_alike(server: Server) -> None:
    live = await server.start(HELD, wait=False)
    await server.handlers.until_held()
    running = (await shown(server, live)).body
    assert (running["status"], running["nodes"]["a"]["status"]) == ("running", "running")
    assert running["nodes"]["a"]["attempts"][0]["outcome"] is None
    server.handlers.release()
    assert await settled(server, live) == "completed"
    ended = (await shown(server, live)).body
    assert list(ended["nodes"]) == ["b", "a"]
    assert ended["compensations"] == [
        {"path": "a", "status": "armed", "attempt": 0, "error": None, "reason": None}
    ]


async def test_an_execution_is_found_by_its_id_in_upper_case_too(server: Server) -> None:
    started = await server.start(ECHO)
    upper = f"/v1/executions/{started.body['id'].upper()}"
    assert (await server.get(upper)).body == started.body
    assert (await server.get(f"{upper}/history")).status == 200
    assert (await server.post(f"{upper}/cancel")).code == "invalid_transition"


async def test_what_is_not_there_or_in_another_namespace_is_not_found(server: Server) -> None:
    reply = await server.start(HELD, wait=False)
    elsewhere = {"headers": {"Treadle-Namespace": "other"}}
    for path in (reply.body["id"], f"{reply.body['id']}/history"):
        assert (await server.get(f"/v1/executions/{path}", **elsewhere)).code == "execution_not_found"
        assert (await server.get(f"/v1/executions/no-{path}")).code == "execution_not_found"
    for verb in ("pause", "cancel", "terminate"):
        path = f"/v1/executions/{reply.body['id']}/{verb}"
        assert (await server.post(path, **elsewhere)).code == "execution_not_found"
    assert (await shown(server, reply)).body["status"] == "running"


async def test_lists_are_summaries_newest_first_page_by_page(server: Server) -> None:
    started = [(await server.start(ECHO)).body["id"] for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await server.get("/v1/executions", params=query)).body
        seen += [row["id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    assert sorted(seen) == sorted(started)
    assert len(seen) == 5
    summary = page["items"][0]
    missing = {"input", "vars", "output", "nodes", "compensations", "warnings"}
    assert not missing & set(summary)
    whole = (await server.get(f"/v1/executions/{summary['id']}")).body
    assert set(whole) - set(summary) == missing | {"nodes_truncated"}


async def test_lists_are_filtered(server: Server) -> None:
    one = await server.start(ECHO, business_key="k1", labels={"team": "red", "tier": "1"})
    other = await server.start(document(task("a", "refuse"), name="other", version="2"))
    for query, expected in (
        ([("status", "completed")], [one]),
        ([("status", "failed"), ("status", "completed")], [other, one]),
        ([("status", "running")], []),
        ([("definition", "other")], [other]),
        ([("definition", "saga"), ("version", "2")], []),
        ([("business_key", "k1")], [one]),
        ([("label", "team:red"), ("label", "tier:1")], [one]),
        ([("label", "team:red"), ("label", "tier:2")], []),
        ([("started_after", "2020-01-01T00:00:00Z")], [other, one]),
        ([("started_before", "2020-01-01T00:00:00Z")], []),
    ):
        found = (await server.get("/v1/executions", params=query)).body["items"]
        assert {row["id"] for row in found} == {reply.body["id"] for reply in expected}, query


async def test_history_is_told_event_by_event_across_commits(server: Server) -> None:
    reply = await server.start(ECHO)
    path = f"/v1/executions/{reply.body['id']}/history"
    whole = (await server.get(path)).body
    assert [item["seq"] for item in whole["items"]] == list(range(1, reply.body["version"] + 1))
    assert whole["next"] is None
    assert whole["items"][0]["type"] == "ExecutionStarted"
    assert whole["items"][-1]["type"] == "ExecutionCompleted"
    pages, after = [], "0"
    while after is not None:
        page = (await server.get(path, params={"after": after, "limit": "2"})).body
        assert len(page["items"]) <= 2
        pages += page["items"]
        after = page["next"]
    assert pages == whole["items"]


async def test_pause_holds_and_resume_goes_on(server: Server) -> None:
    reply = await server.start(HELD, wait=False)
    await server.handlers.until_held()
    paused = await act(server, reply, "pause")
    assert (paused.status, paused.body["status"], paused.body["reason"]) == (202, "paused", "operator")
    refused = await act(server, reply, "pause")
    assert (refused.status, refused.code) == (409, "invalid_transition")
    assert "paused" in refused.body["detail"]
    server.handlers.release()
    resumed = await act(server, reply, "resume", reason="checked")
    assert resumed.status == 202
    assert await settled(server, reply) == "completed"
    history = (await server.get(f"/v1/executions/{reply.body['id']}/history")).body["items"]
    acts = [(item["type"], item["actor"], item["reason"]) for item in history if item["actor"] == "dev"][1:]
    assert acts == [("ExecutionPaused", "dev", "operator"), ("ExecutionResumed", "dev", "checked")]


async def test_cancel_undoes_what_was_done(server: Server) -> None:
    reply = await server.start(HELD, wait=False)
    await server.handlers.until_held()
    cancelled = await act(server, reply, "cancel", reason="not wanted")
    assert (cancelled.status, cancelled.body["nodes"]["a"]["status"]) == (202, "closing")
    server.handlers.release()
    assert await settled(server, reply) == "cancelled"
    ended = (await shown(server, reply)).body
    assert [one["status"] for one in ended["compensations"]] == ["completed"]
    assert (await act(server, reply, "cancel")).code == "invalid_transition"


async def test_terminate_stops_at_once_and_drops_what_is_armed(server: Server) -> None:
    reply = await server.start(document(*STUCK["steps"][:1], sleep("nap", "1h")), wait=False)
    ended = await act(server, reply, "terminate")
    assert (ended.status, ended.body["status"]) == (202, "terminated")


async def test_an_act_on_what_sleeps_in_the_store_wakes_it(server: Server) -> None:
    reply = await server.start(NAP, wait=False)
    shown_now = (await shown(server, reply)).body
    assert (shown_now["status"], shown_now["nodes"]["nap"]["status"]) == ("waiting", "sleeping")
    assert shown_now["nodes"]["nap"]["wake_at"] > shown_now["nodes"]["nap"]["started_at"]
    assert (await act(server, reply, "cancel")).status == 202
    assert await settled(server, reply) == "cancelled"


@pytest.fixture
async def stuck(server: Server) -> Reply:
    reply = await server.start(STUCK)
    assert reply.body["status"] == "stuck"
    assert (
        reply.body["compensations"][0] | {"status": "failed", "attempt": 1} == reply.body["compensations"][0]
    )
    return reply


@pytest.mark.parametrize(("verb", "status"), [("skip", "skipped"), ("accept", "accepted")])
async def test_a_stuck_compensation_is_left_by_a_person_with_a_reason(
    server: Server, stuck: Reply, verb: str, status: str
) -> None:
    for body in ({}, {"reason": " "}):
        silent = await act(server, stuck, f"compensations/a/{verb}", **body)
        assert (silent.status, silent.code, silent.pointers) == (422, "reason_required", ["/reason"])
    assert (await act(server, stuck, f"compensations/a/{verb}", reason="by hand")).status == 202
    assert await settled(server, stuck) == "failed"
    ended = (await shown(server, stuck)).body
    one = ended["compensations"][0]
    assert (one["status"], one["reason"]) == (status, "by hand")


async def test_a_stuck_compensation_is_retried(server: Server, stuck: Reply) -> None:
    server.handlers.broken = False
    assert (await act(server, stuck, "compensations/a/retry")).status == 202
    assert await settled(server, stuck) == "failed"
    ended = (await shown(server, stuck)).body
    assert (ended["compensations"][0]["status"], ended["compensations"][0]["attempt"]) == ("completed", 2)


@pytest.mark.parametrize("path", ["a[3]~2", "fan/left", "a/retry", "100%"])
async def test_a_compensation_is_named_by_its_encoded_path(server: Server, stuck: Reply, path: str) -> None:
    named = URL(f"/v1/executions/{stuck.body['id']}/compensations/{quote(path, safe='')}/retry", encoded=True)
    unknown = await server.post(named)
    assert (unknown.status, unknown.code) == (404, "compensation_not_found")
    assert unknown.body["detail"].startswith(f"{path} ")


async def test_a_visit_without_an_undo_has_no_compensation(server: Server) -> None:
    done = await server.start(ECHO)
    assert (await act(server, done, "compensations/a/retry")).code == "compensation_not_found"


async def test_a_stuck_execution_is_still_stuck_after_a_restart(tmp_path: Path) -> None:
    async with serving(sqlite(tmp_path)) as first:
        stuck = await first.start(STUCK)
    async with serving(sqlite(tmp_path)) as second:
        second.handlers.broken = False
        assert (await shown(second, stuck)).body == stuck.body
        assert (await act(second, stuck, "compensations/a/retry")).status == 202
        assert await settled(second, stuck) == "failed"
