"""POST /v1/executions: durable when it is answered, once for each Idempotency-Key."""

import asyncio
from pathlib import Path

import pytest

from tests.rest.serving import Server, document, serving, sleep, sqlite, task
from treadle.model.ids import Path as VisitPath
from treadle.model.ids import child_id

pytestmark = pytest.mark.anyio
ECHO = document(task("a"))
HELD = document(task("a", "held"))
NAP = document(sleep("nap", "1h"))
CHECKED = document(
    task("a"),
    input_schema={"type": "object", "required": ["order"], "properties": {"order": {"type": "string"}}},
)


def key(text: str, **more: str) -> dict[str, dict[str, str]]:
    return {"headers": {"Idempotency-Key": text, **more}}


async def test_a_start_is_accepted_with_its_address(server: Server) -> None:
    reply = await server.start(HELD, wait=False, input={"n": 1}, business_key="order-7", priority=3)
    assert reply.status == 202
    assert reply.headers["Location"] == f"/v1/executions/{reply.body['id']}"
    expected = {"status": "running", "input": {"n": 1}, "business_key": "order-7", "priority": 3, "run": 1}
    assert expected.items() <= reply.body.items()
    assert reply.body["definition"] | {"name": "saga", "version": "1"} == reply.body["definition"]


async def test_a_wait_is_answered_with_the_end(server: Server) -> None:
    reply = await server.start(ECHO, input={"n": 1})
    assert (reply.status, reply.body["status"], reply.body["output"]) == (200, "completed", {"n": 1})
    assert reply.headers["Preference-Applied"] == "wait=20"


async def test_a_wait_that_is_too_short_is_answered_with_the_state_as_it_is(server: Server) -> None:
    body = {"definition": {"document": HELD}}
    reply = await server.post("/v1/executions", json=body, headers={"Prefer": "wait=0"})
    assert (reply.status, reply.body["status"]) == (202, "running")


async def test_a_wait_ends_when_the_execution_is_stuck(server: Server) -> None:
    undo = {"handler": "broken", "retry": {"max_attempts": 1}}
    reply = await server.start(document(task("a", compensate=undo), task("b", "refuse")))
    assert (reply.status, reply.body["status"], reply.body["reason"]) == (
        200,
        "stuck",
        "compensation_exhausted",
    )
    assert reply.body["failure"]["code"] == "no_stock"


async def test_the_input_is_an_empty_object_unless_given_and_may_be_any_json(server: Server) -> None:
    assert (await server.start(ECHO)).body["input"] == {}
    for value in (None, False, 0, "text", [1, 2.5, {"deep": None}]):
        assert (await server.start(ECHO, input=value)).body["output"] == value


async def test_a_definition_is_named_with_or_without_its_version(server: Server) -> None:
    for version in ("1", "2"):
        await server.post("/v1/definitions", json=document(task("a"), version=version))
    assert (await server.start("saga")).body["definition"]["version"] == "2"
    assert (await server.start("saga@1")).body["definition"]["version"] == "1"
    for unknown in ("sage", "saga@3", "saga@", "", "@", "saga@1@2"):
        assert (await server.start(unknown)).code == "definition_not_found"


async def test_a_faulty_inline_document_points_into_the_body(server: Server) -> None:
    reply = await server.start(document({"id": "b", "kind": "tsak"}))
    assert (reply.status, reply.code, reply.pointers) == (
        422,
        "invalid_definition",
        ["/definition/document/steps/0/kind"],
    )


async def test_an_input_that_does_not_fit_its_schema_is_refused_with_its_places(server: Server) -> None:
    reply = await server.start(CHECKED, input={"order": 7})
    assert (reply.status, reply.code, reply.pointers) == (422, "invalid_input", ["/input/order"])
    assert (await server.get("/v1/executions")).body["items"] == []
    assert (await server.start(CHECKED, input={"order": "7"})).status == 200


async def test_an_id_is_a_uuid_that_is_used_once(server: Server) -> None:
    chosen = "0192F0C1-7A1E-7C3B-8F00-1B2C3D4E5F60"
    assert (await server.start(ECHO, id=chosen)).body["id"] == chosen.lower()
    again = await server.start(ECHO, id=chosen)
    assert (again.status, again.code) == (409, "execution_exists")
    wrong = await server.start(ECHO, id="order-7")
    assert (wrong.status, wrong.code, wrong.pointers) == (400, "malformed_request", ["/id"])


async def test_the_id_of_a_child_to_be_cannot_be_taken(server: Server) -> None:
    parent = await server.start(HELD, wait=False)
    for taken in (child_id(parent.body["id"], VisitPath("c")), "FAD698DD-0253-517F-B606-10A3E3FD93C4"):
        reply = await server.start(ECHO, id=taken)
        assert (reply.status, reply.code, reply.pointers) == (400, "malformed_request", ["/id"])
        assert "version 4 or 7" in reply.body["errors"][0]["message"]


async def test_a_start_in_the_future_is_pending_until_then(server: Server) -> None:
    reply = await server.start(ECHO, wait=False, start_at="2999-01-01T00:00:00+01:00")
    assert (reply.status, reply.body["status"], reply.body["started_at"]) == (202, "pending", None)
    past = await server.start(ECHO, start_at="1999-01-01T00:00:00Z")
    assert past.body["status"] == "completed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("deadline", "soon"),
        ("deadline", 300),
        ("business_key_policy", "replace"),
        ("business_key_policy", "return"),
        ("inptu", {}),
        ("priority", 101),
        ("priority", "high"),
        ("labels", {"team": 7}),
        ("labels", {"a:b": "x"}),
        ("labels", []),
        ("start_at", "tomorrow"),
        ("business_key", ""),
    ],
)
async def test_what_a_start_does_not_take_is_named_by_its_place(
    bare: Server, field: str, value: object
) -> None:
    reply = await bare.start(ECHO, **{field: value})
    assert (reply.status, reply.code) == (400, "malformed_request")
    assert reply.pointers[0].startswith(f"/{field}")


@pytest.mark.parametrize("deadline", ["1h", "2999-01-01T00:00:00Z"])
async def test_a_start_may_have_a_deadline_of_its_own(server: Server, deadline: str) -> None:
    reply = await server.start(HELD, wait=False, deadline=deadline)
    assert (reply.status, reply.body["status"]) == (202, "running")
    history = (await server.get(f"/v1/executions/{reply.body['id']}/history")).body["items"]
    until = history[0]["data"]["deadline_at"]
    assert until == ("2999-01-01T00:00:00.000Z" if deadline != "1h" else until)
    assert until > history[0]["at"]


async def test_an_execution_whose_deadline_has_passed_fails_by_it(server: Server) -> None:
    reply = await server.start(NAP, deadline="1ms")
    assert (reply.body["status"], reply.body["failure"]["kind"]) == ("failed", "timeout")
    assert reply.body["failure"]["code"] == "deadline"


async def test_a_start_under_a_business_key_that_lives_is_refused_where_that_is_wanted(
    server: Server,
) -> None:
    first = await server.start(HELD, wait=False, business_key="order-7")
    for policy, expected in (("reject", 409), ("return", 202), ("allow", 202)):
        again = await server.start(HELD, wait=False, business_key="order-7", business_key_policy=policy)
        assert again.status == expected
        if policy == "reject":
            assert again.code == "business_key_running"
            assert first.body["id"] in again.body["detail"]
        else:
            assert (again.body["id"] == first.body["id"]) is (policy == "return")


async def test_a_business_key_is_that_of_a_namespace_and_a_definition_and_of_what_lives(
    server: Server,
) -> None:
    def wanted(name: str) -> dict[str, object]:
        named = {"document": document(sleep("nap", "1h"), name=name)}
        return {"definition": named, "business_key": "k", "business_key_policy": "reject"}

    first = await server.post("/v1/executions", json=wanted("saga"))
    assert first.status == 202
    assert (await server.post("/v1/executions", json=wanted("other"))).status == 202
    elsewhere = {"Treadle-Namespace": "other"}
    assert (await server.post("/v1/executions", json=wanted("saga"), headers=elsewhere)).status == 202
    assert (await server.post("/v1/executions", json=wanted("saga"))).code == "business_key_running"
    await server.post(f"/v1/executions/{first.body['id']}/cancel")
    assert await server.application.engine.until_ended("default", first.body["id"], 20_000)
    assert (await server.post("/v1/executions", json=wanted("saga"))).status == 202


async def test_of_starts_at_the_same_time_under_one_business_key_one_begins(server: Server) -> None:
    body = {
        "definition": {"document": NAP},
        "business_key": "order-7",
        "business_key_policy": "return",
    }
    replies = await asyncio.gather(*(server.post("/v1/executions", json=body) for _ in range(8)))
    assert {reply.status for reply in replies} == {202}
    assert len({reply.body["id"] for reply in replies}) == 1


async def test_a_missing_definition_is_told(bare: Server) -> None:
    reply = await bare.post("/v1/executions", json={"input": {}})
    assert (reply.status, reply.code, reply.pointers) == (400, "malformed_request", [""])
    assert "`definition` is missing" in reply.body["detail"]


async def test_the_same_key_and_body_is_the_same_execution(server: Server) -> None:
    body = {"definition": {"document": HELD}, "input": {"a": 1, "b": 2}}
    reordered = {"input": {"b": 2.0, "a": 1}, "definition": {"document": HELD}}
    first = await server.post("/v1/executions", json=body, **key("k"))
    await server.handlers.until_held()
    second = await server.post("/v1/executions", json=reordered, **key("k"))
    assert (first.status, second.status) == (202, 202)
    assert first.body["id"] == second.body["id"]
    server.handlers.release()
    waited = await server.post("/v1/executions", json=body, **key("k", Prefer="wait=20"))
    after = await server.post("/v1/executions", json=body, **key("k"))
    assert (waited.status, after.status) == (200, 200)
    assert after.body["id"] == first.body["id"]
    assert server.handlers.calls == ["held"]


async def test_the_same_key_with_another_body_is_refused(server: Server) -> None:
    body = {"definition": {"document": ECHO}}
    await server.post("/v1/executions", json=body, **key("k"))
    other = await server.post("/v1/executions", json=body | {"input": 1}, **key("k"))
    assert (other.status, other.code) == (422, "idempotency_mismatch")
    elsewhere = key("k", **{"Treadle-Namespace": "other"})
    assert (await server.post("/v1/executions", json=body | {"input": 1}, **elsewhere)).status == 202


async def test_repeats_at_the_same_time_start_once(server: Server) -> None:
    body = {"definition": {"document": ECHO}}
    replies = await asyncio.gather(
        *(server.post("/v1/executions", json=body, **key("k", Prefer="wait=20")) for _ in range(8))
    )
    assert {reply.status for reply in replies} == {200}
    assert len({reply.body["id"] for reply in replies}) == 1
    assert server.handlers.calls == ["echo"]


async def test_a_refused_start_does_not_use_up_its_key(server: Server) -> None:
    body = {"definition": "saga"}
    assert (await server.post("/v1/executions", json=body, **key("k"))).code == "definition_not_found"
    await server.post("/v1/definitions", json=ECHO)
    assert (await server.post("/v1/executions", json=body, **key("k"))).status == 202


@pytest.mark.parametrize("text", ["", "x" * 256])
async def test_a_key_has_its_bounds(bare: Server, text: str) -> None:
    reply = await bare.post("/v1/executions", json={"definition": {"document": ECHO}}, **key(text))
    assert (reply.status, reply.code) == (400, "malformed_request")


async def test_a_key_is_known_after_a_restart(tmp_path: Path) -> None:
    body = {"definition": {"document": ECHO}, "input": 1}
    async with serving(sqlite(tmp_path)) as first:
        begun = await first.post("/v1/executions", json=body, **key("k", Prefer="wait=20"))
    async with serving(sqlite(tmp_path)) as second:
        again = await second.post("/v1/executions", json=body, **key("k"))
        assert (again.status, again.body["id"]) == (200, begun.body["id"])
        assert second.handlers.calls == []


async def test_an_inline_document_is_found_again_after_a_restart(tmp_path: Path) -> None:
    async with serving(sqlite(tmp_path)) as first:
        begun = await first.start(document(sleep("nap", "300ms"), task("a")), wait=False)
    async with serving(sqlite(tmp_path)) as second:
        path = f"/v1/executions/{begun.body['id']}"
        await second.application.engine.until_ended("default", begun.body["id"], 20_000)
        assert (await second.get(path)).body["status"] == "completed"
        assert (await second.get("/v1/definitions")).body["items"] == []


async def test_the_callers_trace_goes_on(server: Server) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    body = {"definition": {"document": ECHO}}
    for sent, is_kept in ((trace, True), ("00-zz", False)):
        reply = await server.post("/v1/executions", json=body, headers={"traceparent": sent})
        history = (await server.get(f"/v1/executions/{reply.body['id']}/history")).body["items"]
        stored = history[0]["data"]["traceparent"]
        assert (stored == sent) is is_kept
        assert len(stored) == 55
