"""What is no good request is told as a problem, and loses nothing."""

from collections.abc import AsyncIterator
from io import BytesIO

import pytest

from tests.rest.serving import Server, document, serving, task
from treadle.rest.bounds import BODY_BYTES_MAX, JSON_DEPTH_MAX

pytestmark = pytest.mark.anyio
ECHO = document(task("a"))
JSON = {"Content-Type": "application/json"}


def nested(depth: int) -> bytes:
    """A start whose body is `depth` deep."""
    inner = depth - 1
    return b'{"definition":"saga","input":' + b"[" * inner + b"]" * inner + b"}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{} x",
        b'"\xff"',
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
        b"NaN",
        b"\xef\xbb\xbf{}",
        nested(JSON_DEPTH_MAX + 1),
        b'{"definition":"saga","input":9223372036854775808}',
        b'{"definition":"saga","input":1e999}',
    ],
)
async def test_what_is_no_json_within_bounds_is_malformed(bare: Server, data: bytes) -> None:
    reply = await bare.post("/v1/executions", data=data, headers=JSON)
    assert (reply.status, reply.code, reply.pointers) == (400, "malformed_request", [""])


async def test_what_is_just_within_bounds_is_read(bare: Server) -> None:
    await bare.post("/v1/definitions", json=ECHO)
    for data in (nested(JSON_DEPTH_MAX), b'{"definition":"saga","input":9223372036854775807}'):
        assert (await bare.post("/v1/executions", data=data, headers=JSON)).status == 202
    many = b'{"definition":"saga","input":[' + b"[]," * 100 + b"[]]}"
    assert (await bare.post("/v1/executions", data=many, headers=JSON)).status == 202


@pytest.mark.parametrize("path", ["/v1/definitions", "/v1/executions", "/v1/executions/x/pause"])
async def test_a_body_that_is_too_large_is_refused_with_and_without_its_length(
    bare: Server, path: str
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(BODY_BYTES_MAX // 65_536 + 1):
            yield b" " * 65_536

    told = await bare.post(path, data=BytesIO(b" " * (BODY_BYTES_MAX + 1)), headers=JSON)
    untold = await bare.post(path, data=chunks(), headers=JSON)
    for reply in (told, untold):
        assert (reply.status, reply.code) == (413, "too_large")
    assert (await bare.get("/livez")).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
async def test_a_type_that_is_not_read_is_told(bare: Server, headers: dict[str, str]) -> None:
    reply = await bare.post("/v1/executions", data=b'{"definition":"saga"}', headers=headers)
    assert (reply.status, reply.code) == (415, "unsupported_media_type")


async def test_yaml_is_read_for_definitions_alone(bare: Server) -> None:
    headers = {"Content-Type": "application/yaml"}
    assert (await bare.post("/v1/executions", data=b"{}", headers=headers)).code == "unsupported_media_type"
    malformed = await bare.post("/v1/definitions", data=b"a: [", headers=headers)
    assert (malformed.status, malformed.code) == (400, "malformed_request")
    assert "line" in malformed.body["detail"]


async def test_a_body_without_a_type_is_not_read(bare: Server) -> None:
    given = {"data": b'{"definition":"saga"}', "skip_auto_headers": ["Content-Type"]}
    assert (await bare.post("/v1/executions", **given)).code == "unsupported_media_type"


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example.com"},
        {"Host": "rebound.example.com", "Origin": "http://rebound.example.com"},
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Host": "[::"},
        {"Host": "127.0.0.1.example.com:7070"},
    ],
)
async def test_a_browser_on_another_site_is_not_let_in(bare: Server, headers: dict[str, str]) -> None:
    for reply in (
        await bare.post("/v1/executions", json={"definition": "saga"}, headers=headers),
        await bare.get("/v1/executions", headers=headers),
    ):
        assert (reply.status, reply.code) == (403, "forbidden")


async def test_the_own_page_and_the_public_name_are_let_in() -> None:
    async with serving(public_url="https://tunnel.example.com/x") as server:
        here = server.application.url.removeprefix("http://")
        for headers in (
            {"Origin": f"http://{here}"},
            {"Host": "tunnel.example.com"},
            {"Host": "[::1]"},
        ):
            assert (await server.get("/v1/executions", headers=headers)).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/executions?statsu=running",
        "/v1/executions?status=walking",
        "/v1/executions?limit=0",
        "/v1/executions?limit=501",
        "/v1/executions?limit=ten",
        "/v1/executions?limit=",
        "/v1/executions?limit=1&limit=2",
        "/v1/executions?cursor=",
        "/v1/executions?cursor=a.b",
        "/v1/executions?cursor=AAAA",
        "/v1/executions?label=team",
        "/v1/executions?started_after=yesterday",
        "/v1/executions/x?at=0",
        "/v1/executions/x?at=-1",
        "/v1/executions/x?at=last",
        "/v1/executions/x?at=null",
        "/v1/executions/x?at=1&at=2",
        "/v1/executions/x?after=3",
        "/v1/executions/x/explanation?at=3",
        "/v1/executions/x/history?after=-1",
        "/v1/executions/x/history?after=99999999999999999999",
        "/v1/definitions?version=1",
        "/v1/definitions/x?y=z",
        "/livez?verbose",
    ],
)
async def test_a_parameter_that_is_unknown_or_wrong_is_told(bare: Server, path: str) -> None:
    reply = await bare.get(path)
    assert (reply.status, reply.code) == (400, "invalid_parameter")
    assert reply.body["errors"] == []


async def test_unknown_parameters_are_refused_on_posts_too(bare: Server) -> None:
    reply = await bare.post("/v1/executions?wait=5", json={"definition": {"document": ECHO}})
    assert reply.code == "invalid_parameter"
    assert (await bare.get("/v1/executions")).body["items"] == []


async def test_what_is_nowhere_and_what_is_not_done_there_are_told(bare: Server) -> None:
    for path in ("/", "/v1", "/v1/executions/", "/v2/executions", "/v1/executions/x/explode"):
        reply = await bare.get(path)
        assert (reply.status, reply.code) == (404, "not_found"), path
    reply = await bare.call("PATCH", "/v1/executions")
    assert (reply.status, reply.code, reply.headers["Allow"]) == (
        405,
        "method_not_allowed",
        "GET, HEAD, POST",
    )


async def test_head_is_get_without_the_body(bare: Server) -> None:
    reply = await bare.call("HEAD", "/v1/executions")
    assert (reply.status, reply.body) == (200, None)
    assert int(reply.headers["Content-Length"]) > 0


async def test_a_namespace_is_a_name(bare: Server) -> None:
    reply = await bare.get("/v1/executions", headers={"Treadle-Namespace": "a b"})
    assert (reply.status, reply.code) == (400, "malformed_request")


async def test_an_act_takes_a_reason_and_nothing_else(bare: Server) -> None:
    started = await bare.start(ECHO)
    path = f"/v1/executions/{started.body['id']}/pause"
    for body, pointer in (({"reasno": "x"}, "/reasno"), ({"reason": 7}, "/reason"), ([], "")):
        reply = await bare.post(path, json=body)
        assert (reply.status, reply.code, reply.pointers) == (400, "malformed_request", [pointer])
    assert (await bare.post(path)).code == "invalid_transition"


async def test_the_server_says_how_it_is_and_what_it_is(bare: Server) -> None:
    assert (await bare.get("/livez")).body == {"status": "live"}
    ready = await bare.get("/readyz")
    assert (ready.status, ready.body) == (200, {"status": "ready", "faults": []})
    info = (await bare.get("/v1/info")).body
    assert info["store"] == {"kind": "memory", "durable": False}
    assert {"task", "switch", "sleep", "http", "handler"} <= set(info["features"])
