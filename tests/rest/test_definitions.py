"""/v1/definitions: kept once, never changed."""

import pytest

from tests.rest.serving import Server, document, task

pytestmark = pytest.mark.anyio
SAGA = document(task("reserve", compensate={"handler": "echo"}), task("pay"))
YAML = b"""
name: saga
version: "1"
steps:
  - {id: reserve, kind: task, handler: echo, compensate: {handler: echo}}
  - {id: pay, kind: task, handler: echo}
"""


async def put(server: Server, written: object) -> tuple[int, str]:
    reply = await server.post("/v1/definitions", json=written)
    return reply.status, reply.body.get("code") or reply.body["digest"]


async def test_a_new_version_is_kept_and_drawn(server: Server) -> None:
    reply = await server.post("/v1/definitions", json=SAGA)
    assert (reply.status, reply.headers["Location"]) == (201, "/v1/definitions/saga/1")
    assert {"name": "saga", "version": "1", "document": SAGA}.items() <= reply.body.items()
    assert reply.body["digest"].startswith("sha256:")
    assert reply.body["created_at"].endswith("Z")
    assert [node["id"] for node in reply.body["graph"]["nodes"]] == ["reserve", "pay"]
    assert reply.body["graph"]["edges"][0] | {"kind": "next"} == reply.body["graph"]["edges"][0]


async def test_the_same_document_again_is_no_change_and_another_is_refused(server: Server) -> None:
    first, digest = await put(server, SAGA)
    again = await put(server, SAGA)
    other = await put(server, document(task("other")))
    assert (first, again, other) == (201, (200, digest), (409, "definition_exists"))


async def test_yaml_is_the_same_document(server: Server) -> None:
    _, digest = await put(server, SAGA)
    headers = {"Content-Type": "application/yaml; charset=utf-8"}
    reply = await server.post("/v1/definitions", data=YAML, headers=headers)
    assert (reply.status, reply.body["digest"]) == (200, digest)


async def test_every_fault_is_told_at_once_and_nothing_is_kept(server: Server) -> None:
    faulty = document(task("a", timeout="soon"), task("a"), {"id": "b", "kind": "tsak"})
    reply = await server.post("/v1/definitions", json=faulty)
    assert (reply.status, reply.code) == (422, "invalid_definition")
    assert {"/steps/0/timeout", "/steps/2/kind"} <= set(reply.pointers)
    assert (await server.get("/v1/definitions/saga")).status == 404


FAULTY_YAML = b"""\
name: saga
version: "1"
steps:
  - {id: a, kind: task, handler: echo, timeout: soon}
  - id: b
    kind: tsak
"""
AS_YAML = {"Content-Type": "application/yaml"}


async def test_faults_of_yaml_say_in_which_line_and_column(server: Server) -> None:
    refused = await server.post("/v1/definitions", data=FAULTY_YAML, headers=AS_YAML)
    told = await server.post("/v1/definitions/validate", data=FAULTY_YAML, headers=AS_YAML)
    assert (refused.status, told.status) == (422, 200)
    assert refused.body["errors"] == told.body["errors"]
    places = {error["pointer"]: (error["line"], error["column"]) for error in told.body["errors"]}
    assert places == {"/steps/0/timeout": (4, 49), "/steps/1/kind": (6, 11)}


async def test_warnings_of_yaml_say_so_too_and_those_of_json_do_not(server: Server) -> None:
    suspicious = FAULTY_YAML.replace(b"soon", b"1h, deadline: 1s").replace(b"tsak", b"task\n    handler: h")
    told = await server.post("/v1/definitions/validate", data=suspicious, headers=AS_YAML)
    kept = await server.post("/v1/definitions", data=suspicious, headers=AS_YAML)
    json = await server.post("/v1/definitions/validate", json=kept.body["document"])
    (warning,) = told.body["warnings"]
    assert kept.body["warnings"] == [warning]
    assert (warning["code"], warning["line"], warning["column"]) == ("longer_than_deadline", 4, 49)
    assert json.body["warnings"] == [{name: warning[name] for name in ("pointer", "code", "message")}]


async def test_yaml_that_cannot_be_read_is_refused_with_its_place(server: Server) -> None:
    reply = await server.post("/v1/definitions", data=b"labels:\n  1: a\n", headers=AS_YAML)
    (error,) = reply.body["errors"]
    assert (reply.status, reply.code) == (400, "malformed_request")
    assert (error["pointer"], error["line"], error["column"]) == ("/labels", 2, 3)


async def test_validation_tells_all_and_keeps_nothing(server: Server) -> None:
    good = await server.post("/v1/definitions/validate", json=SAGA)
    bad = await server.post("/v1/definitions/validate", json=document({"id": "b", "kind": "tsak"}))
    assert good.status == bad.status == 200
    assert (good.body["valid"], good.body["errors"]) == (True, [])
    assert [edge["to"] for edge in good.body["graph"]["edges"]] == ["pay"]
    assert (bad.body["valid"], bad.body["graph"]) == (False, None)
    assert bad.body["errors"][0]["pointer"] == "/steps/0/kind"
    assert (await server.get("/v1/definitions")).body["items"] == []


async def test_the_newest_is_the_one_stored_last(server: Server) -> None:
    for version in ("2", "1"):
        await put(server, document(task("a"), version=version))
    assert (await server.get("/v1/definitions/saga")).body["version"] == "1"
    assert (await server.get("/v1/definitions/saga/2")).body["version"] == "2"
    assert (await server.get("/v1/definitions/saga/3")).code == "definition_not_found"


async def test_a_deleted_version_stays_readable_and_its_name_taken(server: Server) -> None:
    _, digest = await put(server, SAGA)
    assert (await server.call("DELETE", "/v1/definitions/saga/1")).status == 204
    assert (await server.call("DELETE", "/v1/definitions/saga/1")).code == "definition_not_found"
    assert (await server.get("/v1/definitions/saga/1")).body["deleted_at"].endswith("Z")
    assert (await server.get("/v1/definitions/saga")).code == "definition_not_found"
    assert (await server.get("/v1/definitions")).body["items"] == []
    for named in ("saga", "saga@1"):
        assert (await server.start(named)).code == "definition_not_found"
    assert await put(server, document(task("other"))) == (409, "definition_exists")
    assert await put(server, SAGA) == (200, digest)
    assert "deleted_at" not in (await server.get("/v1/definitions/saga")).body


async def test_lists_are_newest_first_and_go_on_where_they_stopped(server: Server) -> None:
    for version in "12345":
        await put(server, document(task("a"), version=version))
    await put(server, document(task("a"), name="other"))
    seen, cursor = [], ""
    while cursor is not None:
        query = {"name": "saga", "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await server.get("/v1/definitions", params=query)).body
        seen += [row["version"] for row in page["items"]]
        cursor = page["next"]
    assert seen == list("54321")


async def test_namespaces_do_not_see_each_other(server: Server) -> None:
    await put(server, SAGA)
    elsewhere = {"Treadle-Namespace": "other"}
    assert (await server.get("/v1/definitions/saga", headers=elsewhere)).status == 404
    other = document(task("other"))
    assert (await server.post("/v1/definitions", json=other, headers=elsewhere)).status == 201
