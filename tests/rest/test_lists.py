"""Executions counted, failures in groups, visits by the page."""

import pytest

from tests.rest.serving import Server, document, sleep, task
from treadle.model.json import Json

pytestmark = pytest.mark.anyio
REFUSED = document(task("a"), task("pay", "refuse"), name="order")
BROKEN = document(task("pay", "broken"), name="order", version="2")
STUCK = document(
    task("a", compensate={"handler": "broken", "retry": {"max_attempts": 1}}), task("pay", "refuse"), name="x"
)
NAP = document(sleep("nap", "1h"))


async def pages(server: Server, path: str, **parameters: str) -> list[Json]:
    """Everything in a list, read a page at a time."""
    items: list[Json] = []
    reply = await server.get(path, params=parameters)
    while True:
        items += reply.body["items"]
        if reply.body["next"] is None:
            return items
        reply = await server.get(path, params={**parameters, "cursor": reply.body["next"]})


async def test_executions_are_counted_by_status(server: Server) -> None:
    assert (await server.get("/v1/executions/counts")).body == {
        "by_status": {},
        "total": 0,
        "at_least": [],
    }
    await server.start(document(task("a")), labels={"team": "x"})
    await server.start(REFUSED)
    await server.start(NAP, wait=False)
    assert (await server.get("/v1/executions/counts")).body == {
        "by_status": {"completed": 1, "failed": 1, "waiting": 1},
        "total": 3,
        "at_least": [],
    }
    labelled = await server.get("/v1/executions/counts", params={"label": "team:x"})
    assert labelled.body == {"by_status": {"completed": 1}, "total": 1, "at_least": []}
    refused = await server.get("/v1/executions/counts", params={"limit": "1"})
    assert (refused.status, refused.code) == (400, "invalid_parameter")


async def test_failures_are_grouped_by_where_and_how(server: Server) -> None:
    for definition in (REFUSED, BROKEN, REFUSED):
        await server.start(definition)
    stuck = await server.start(STUCK)
    assert stuck.body["status"] == "stuck"
    groups = await pages(server, "/v1/executions/failures", limit="1")
    told = [(one["definition"], one["node"], one["kind"], one["code"], one["count"]) for one in groups]
    assert told == [
        ("x", "pay", "error", "no_stock", 1),
        ("order", "pay", "error", "no_stock", 2),
        ("order", "pay", "error", "down", 1),
    ]
    assert groups[0]["sample_id"] == stuck.body["id"]
    only = await pages(server, "/v1/executions/failures", status="stuck")
    assert [one["definition"] for one in only] == ["x"]
    assert await pages(server, "/v1/executions/failures", status="completed") == []


async def test_all_visits_are_read_by_the_page(server: Server) -> None:
    many = await server.start(document(*(task(f"n{index}") for index in range(7))))
    shown = (await server.shown(many))["nodes"]
    visits = await pages(server, f"/v1/executions/{many.body['id']}/nodes", limit="3")
    assert [visit["path"] for visit in visits] == [f"n{index}" for index in reversed(range(7))]
    assert {visit.pop("path"): visit for visit in visits} == shown
    for cursor in ("x", "IiI"):
        wrong = await server.get(f"/v1/executions/{many.body['id']}/nodes", params={"cursor": cursor})
        assert (wrong.status, wrong.code) == (400, "invalid_parameter")
    nowhere = await server.get("/v1/executions/0190a000-0000-7000-8000-000000000001/nodes")
    assert nowhere.code == "execution_not_found"
