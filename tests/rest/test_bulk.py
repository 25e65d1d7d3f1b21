"""Acting on many executions over HTTP: what is asked, what is answered, and what came of it."""

import asyncio
from pathlib import Path

import pytest

from tests.rest.serving import Reply, Server, document, serving, sleep, sqlite, task
from treadle.model.json import Json
from treadle.rest.queries import FilterQuery
from treadle.runtime.bulk_acts import RUNNING_MAX
from treadle.service.bulk_orders import BulkFilter

pytestmark = pytest.mark.anyio
NAP = document(sleep("nap", "1h"), name="nap")


async def bulk(server: Server, action: str, given: Json, **order: Json) -> Reply:
    return await server.post("/v1/executions/bulk", json={"action": action, "filter": given, **order})


async def done(server: Server, begun: Reply) -> Json:
    """The bulk act once it is done; each look is a request of its own."""
    assert begun.status == 202, begun.body
    async with asyncio.timeout(60):
        while True:
            now = (await server.get(begun.headers["Location"])).body
            if now["status"] == "done":
                return now


async def test_every_execution_that_matches_is_acted_on(server: Server) -> None:
    inside = [await server.start(NAP, wait=False, labels={"team": "x"}) for _ in range(3)]
    outside = await server.start(NAP, wait=False, labels={"team": "y"})
    begun = await bulk(server, "pause", {"label": ["team:x"]}, reason="closed")
    assert begun.headers["Location"] == f"/v1/bulk/{begun.body['bulk_id']}"
    assert (begun.body["status"], begun.body["total"]) == ("running", 3)
    ended = await done(server, begun)
    assert ended == {
        "bulk_id": begun.body["bulk_id"],
        "status": "done",
        "action": "pause",
        "filter": {"label": ["team:x"]},
        "reason": "closed",
        "actor": "dev",
        "total": 3,
        "done": 3,
        "refused": 0,
        "refusals": [],
        "created_at": begun.body["created_at"],
        "ended_at": ended["ended_at"],
    }
    assert ended["ended_at"] >= ended["created_at"]
    for execution in inside:
        assert (await server.shown(execution))["status"] == "paused"
        last = (await server.history(execution))[-1]
        assert (last["type"], last["actor"], last["reason"]) == ("ExecutionPaused", "dev", "closed")
    assert (await server.shown(outside))["status"] == "waiting"


async def test_a_preview_says_how_many_match_and_does_nothing(server: Server) -> None:
    napping = await server.start(NAP, wait=False)
    over = await server.start(document(task("a"), name="echo"))
    await server.reached(napping, "nap", "sleeping")
    everything = await bulk(server, "terminate", {}, preview=True)
    assert everything.status == 200
    both = {"count": 2, "by_status": {"waiting": 1, "completed": 1}, "at_least": []}
    assert everything.body == both
    some = await bulk(server, "terminate", {"status": ["waiting", "paused"]}, preview=True)
    assert some.body == {"count": 1, "by_status": {"waiting": 1}, "at_least": []}
    assert (await server.shown(napping))["status"] == "waiting"
    assert (await server.shown(over))["status"] == "completed"


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("pause", (), "paused"),
        ("resume", ("pause",), "waiting"),
        ("cancel", (), "cancelled"),
        ("terminate", (), "terminated"),
        ("wake", (), "completed"),
    ],
)
async def test_each_action_does_to_all_what_the_act_does_to_one(
    server: Server, action: str, before: tuple[str, ...], after: str
) -> None:
    executions = [await server.start(NAP, wait=False) for _ in range(2)]
    for execution in executions:
        await server.reached(execution, "nap", "sleeping")
        for act in before:
            assert (await server.act(execution, act)).status == 202
    ended = await done(server, await bulk(server, action, {"definition": "nap"}))
    assert (ended["total"], ended["done"], ended["refused"]) == (2, 2, 0)
    for execution in executions:
        if after in ("completed", "cancelled"):
            await server.settled(execution)
        assert (await server.shown(execution))["status"] == after


async def test_failed_executions_are_retried(server: Server) -> None:
    failed = [await server.start(document(task("a", "refuse"), name="failing")) for _ in range(2)]
    await server.start(document(task("a"), name="echo"))
    ended = await done(server, await bulk(server, "retry", {"status": ["failed"]}, reason="in stock"))
    assert (ended["total"], ended["done"]) == (2, 2)
    for execution in failed:
        assert (await server.settled(execution))["run"] == 2
        retried = [one for one in await server.history(execution) if one["type"] == "ExecutionRetried"]
        assert [(one["actor"], one["reason"]) for one in retried] == [("dev", "in stock")]


async def test_refusals_are_counted_and_the_last_of_each_code_are_told(server: Server) -> None:
    over = [await server.start(document(task("a"), name="echo")) for _ in range(12)]
    failed = await server.start(document(task("a", "refuse"), name="failing"))
    napping = await server.start(NAP, wait=False)
    await server.reached(napping, "nap", "sleeping")
    ended = await done(server, await bulk(server, "wake", {}, all=True))
    assert (ended["total"], ended["done"], ended["refused"]) == (14, 1, 13)
    (group,) = ended["refusals"]
    assert (group["code"], group["count"], len(group["last"])) == ("invalid_transition", 13, 10)
    known = {execution.body["id"] for execution in (*over, failed)}
    assert {one["execution_id"] for one in group["last"]} <= known
    assert all("cannot wake an execution that is " in one["message"] for one in group["last"])


async def test_refusals_of_several_codes_stand_apart(server: Server) -> None:
    held = await server.start(document(task("a", "held"), name="held"), wait=False)
    await server.handlers.until_held()
    await server.start(document(task("a"), name="echo"))
    ended = await done(server, await bulk(server, "wake", {}, all=True))
    counts = {group["code"]: group["count"] for group in ended["refusals"]}
    assert counts == {"nothing_to_wake": 1, "invalid_transition": 1}
    server.handlers.release()
    await server.settled(held)


async def test_everything_is_meant_only_by_those_who_say_so(server: Server) -> None:
    refused = await bulk(server, "pause", {})
    assert (refused.status, refused.code, refused.pointers) == (422, "empty_filter", ["/filter"])
    assert '"all": true' in refused.body["detail"]
    both = await bulk(server, "pause", {"definition": "nap"}, all=True)
    assert (both.status, both.code, both.pointers) == (400, "malformed_request", ["/all"])


@pytest.mark.parametrize(
    ("order", "pointer"),
    [
        ({"filter": {}}, ""),
        ({"action": "pause"}, ""),
        ({"action": "resolve", "filter": {"definition": "nap"}}, "/action"),
        ({"action": "pause", "filter": {"definition": "nap"}, "path": "a"}, "/path"),
        ({"action": "pause", "filter": {"definition": "nap"}, "reason": "x" * 2_001}, "/reason"),
        ({"action": "pause", "filter": {"definition": "nap"}, "preview": "yes"}, "/preview"),
        ({"action": "pause", "filter": {"stauts": ["waiting"]}}, "/filter/stauts"),
        ({"action": "pause", "filter": {"status": "waiting"}}, "/filter/status"),
        ({"action": "pause", "filter": {"status": ["asleep"]}}, "/filter/status/0"),
        ({"action": "pause", "filter": {"status": ["waiting"] * 11}}, "/filter/status"),
        ({"action": "pause", "filter": {"label": ["team:x", "team"]}}, "/filter/label/1"),
        ({"action": "pause", "filter": {"label": ["a:b"] * 65}}, "/filter/label"),
        ({"action": "pause", "filter": {"started_after": "yesterday"}}, "/filter/started_after"),
        ({"action": "pause", "filter": {"business_key": "x" * 1_025}}, "/filter/business_key"),
    ],
)
@pytest.mark.parametrize("preview", [True, False])
async def test_what_cannot_be_read_is_refused_with_its_place(
    bare: Server, order: Json, pointer: str, preview: bool
) -> None:
    refused = await bare.post("/v1/executions/bulk", json={"preview": preview, **order})
    assert (refused.status, refused.code, refused.pointers) == (400, "malformed_request", [pointer])


def test_the_filter_has_the_parameters_of_a_list() -> None:
    assert BulkFilter.__struct_fields__ == FilterQuery.__struct_fields__


async def test_a_full_filter_finds_what_the_list_finds(server: Server) -> None:
    wanted = await server.start(NAP, wait=False, business_key="k", labels={"team": "x", "tier": "gold"})
    await server.reached(wanted, "nap", "sleeping")
    await server.start(NAP, wait=False, business_key="k", labels={"team": "x"})
    given = {
        "status": ["waiting"],
        "definition": "nap",
        "version": "1",
        "business_key": "k",
        "label": ["team:x", "tier:gold"],
        "started_after": "2020-01-01T00:00:00Z",
        "started_before": "2999-01-01T02:00:00+02:00",
    }
    listed = await server.get("/v1/executions", params=given)
    assert [item["id"] for item in listed.body["items"]] == [wanted.body["id"]]
    ended = await done(server, await bulk(server, "terminate", given))
    assert (ended["total"], ended["done"]) == (1, 1)
    assert ended["filter"] == {
        **given,
        "started_after": "2020-01-01T00:00:00.000Z",
        "started_before": "2999-01-01T00:00:00.000Z",
    }
    assert (await server.shown(wanted))["status"] == "terminated"


async def test_a_bulk_act_that_there_is_not_is_not_found(server: Server) -> None:
    for bulk_id in ("0190a000-0000-7000-8000-000000000001", "nothing"):
        refused = await server.get(f"/v1/bulk/{bulk_id}")
        assert (refused.status, refused.code) == (404, "bulk_act_not_found")
    assert (await server.get("/v1/executions/bulk")).status == 405


async def test_a_bulk_act_stays_within_its_namespace_and_names_its_key() -> None:
    keys = "ops:default:operate:one,other:shop:admin:two,reader:default:read:three"
    async with serving(is_open=False, api_keys=keys) as server:
        ops, shop, reader = ({"Authorization": f"Bearer {key}"} for key in ("one", "two", "three"))
        started = [
            await server.post("/v1/executions", json={"definition": {"document": NAP}}, headers=shop)
            for _ in range(2)
        ]
        order = {"action": "pause", "filter": {}, "all": True}
        refused = await server.post("/v1/executions/bulk", json=order, headers=reader)
        assert (refused.status, refused.code) == (403, "forbidden")
        nothing = await server.post("/v1/executions/bulk", json=order, headers=ops)
        assert (nothing.status, nothing.body["total"], nothing.body["actor"]) == (202, 0, "ops")
        address = nothing.headers["Location"]
        assert (await server.get(address, headers=reader)).status == 200
        assert (await server.get(address, headers=shop)).code == "bulk_act_not_found"
        server.session.headers.update(shop)
        ended = await done(server, await server.post("/v1/executions/bulk", json=order))
        assert (ended["done"], ended["actor"]) == (2, "other")
        for execution in started:
            assert (await server.history(execution))[-1]["actor"] == "other"


async def test_no_more_run_in_a_namespace_than_may() -> None:
    """The engine has no room for what they would set going, so none of them ends."""
    keys = "ops:default:admin:one,other:shop:admin:two"
    async with serving(is_open=False, api_keys=keys, live_max=1) as server:
        ops, shop = ({"Authorization": f"Bearer {key}"} for key in ("one", "two"))
        held = document(task("a", "held"), name="held")
        for _ in range(2):
            await server.post("/v1/executions", json={"definition": {"document": held}}, headers=ops)
        await server.handlers.until_held()
        order = {"action": "wake", "filter": {"definition": "held"}}
        for _ in range(RUNNING_MAX):
            begun = await server.post("/v1/executions/bulk", json=order, headers=ops)
            assert begun.status == 202
        full = await server.post("/v1/executions/bulk", json=order, headers=ops)
        assert (full.status, full.code, full.body["retryable"]) == (429, "bulk_acts_full", True)
        assert int(full.headers["Retry-After"]) > 0
        assert (await server.post("/v1/executions/bulk", json=order, headers=shop)).status == 202
        preview = await server.post("/v1/executions/bulk", json={**order, "preview": True}, headers=ops)
        assert preview.body["count"] == 2
        server.handlers.release()
        server.session.headers.update(ops)
        await done(server, begun)
        assert (await server.post("/v1/executions/bulk", json=order)).status == 202


async def test_what_bulk_acts_come_to_is_counted(bare: Server) -> None:
    await bare.start(document(task("a"), name="echo"))
    napping = await bare.start(NAP, wait=False)
    await bare.reached(napping, "nap", "sleeping")
    await done(bare, await bulk(bare, "wake", {}, all=True))
    samples = await bare.metrics()
    assert samples["treadle_bulk_executions_total", "done"] == 1
    assert samples["treadle_bulk_executions_total", "refused"] == 1
    assert samples["treadle_bulk_acts_running", ""] == 0


async def test_a_bulk_act_is_known_to_the_next_process(tmp_path: Path) -> None:
    async with serving(sqlite(tmp_path)) as server:
        await server.start(NAP, wait=False)
        ended = await done(server, await bulk(server, "pause", {"definition": "nap"}))
    async with serving(sqlite(tmp_path)) as again:
        assert (await again.get(f"/v1/bulk/{ended['bulk_id']}")).body == ended


async def test_a_bulk_act_that_is_stopped_acts_on_no_more() -> None:
    """There is no place for what it would set going, so that it has not come to any."""
    async with serving(live_max=1) as server:
        held = document(task("a", "held"), name="held")
        for _ in range(2):
            await server.start(held, wait=False)
        await server.handlers.until_held()
        begun = await bulk(server, "cancel", {"definition": "held"})
        stopped = await server.post(f"{begun.headers['Location']}/stop")
        assert stopped.status == 202
        assert stopped.body["status"] in ("stopping", "stopped")
        async with asyncio.timeout(60):
            while (now := (await server.get(begun.headers["Location"])).body)["ended_at"] is None:
                pass
        assert (now["status"], now["total"], now["done"], now["refused"]) == ("stopped", 0, 0, 0)
        again = await server.post(f"{begun.headers['Location']}/stop")
        assert again.body == now, "what has ended stays as it is"
        server.handlers.release()


async def test_what_is_done_is_not_stopped(server: Server) -> None:
    ended = await done(server, await bulk(server, "pause", {"definition": "nobody"}))
    assert (await server.post(f"/v1/bulk/{ended['bulk_id']}/stop")).body == ended
    absent = await server.post("/v1/bulk/0190a000-0000-7000-8000-000000000001/stop")
    assert (absent.status, absent.code) == (404, "bulk_act_not_found")


async def test_bulk_acts_are_listed_newest_first_in_pages(server: Server) -> None:
    begun = [(await bulk(server, "pause", {"definition": f"d{number}"})).body for number in range(3)]
    first = await server.get("/v1/bulk", params={"limit": "2"})
    assert [item["bulk_id"] for item in first.body["items"]] == [begun[2]["bulk_id"], begun[1]["bulk_id"]]
    second = await server.get("/v1/bulk", params={"limit": "2", "cursor": first.body["next"]})
    assert [item["filter"] for item in second.body["items"]] == [{"definition": "d0"}]
    assert second.body["next"] is None
    other = await server.get("/v1/bulk", headers={"Treadle-Namespace": "other"})
    assert other.body == {"items": [], "next": None}
    assert (await server.get("/v1/bulk", params={"cursor": "?"})).code == "invalid_parameter"
