"""A server with keys: who may ask what, and in which namespace."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.rest.serving import Reply, Server, document, serving, sqlite, task
from treadle.bootstrap.backends import open_api_keys
from treadle.config.store_url import parse_store_url
from treadle.model.api_keys import ApiKey, Scope
from treadle.model.errors import Rejected
from treadle.model.ids import Instant, Namespace
from treadle.rest.table import ROUTES
from treadle.security.api_keys import digest_of

pytestmark = pytest.mark.anyio
KEYS = (
    ",".join(f"{scope}-key:default:{scope}:{scope}-secret" for scope in Scope)
    + ",other:shop:admin:shop-secret"
)
ECHO = document(task("a"))
ID = "0190a000-0000-7000-8000-000000000001"


def shown(key: str, **headers: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}", **headers}


@pytest.fixture
async def keyed() -> AsyncIterator[Server]:
    async with serving(is_open=False, api_keys=KEYS) as made:
        yield made


def asked(path: str) -> str:
    return (
        path.replace("{id}", ID).replace("{path:path}", "a").replace("{name}", "x").replace("{version}", "1")
    )


@pytest.mark.parametrize("scope", Scope)
async def test_every_route_takes_its_scope_and_no_less(keyed: Server, scope: Scope) -> None:
    """What a scope may not is refused before anything is read; what it may is answered otherwise."""
    may = {
        Scope.READ: {Scope.READ},
        Scope.RUN: {Scope.READ, Scope.RUN},
        Scope.OPERATE: {Scope.READ, Scope.OPERATE},
        Scope.ADMIN: set(Scope),
    }[scope]
    for route in ROUTES:
        if route.is_open:
            continue
        reply = await keyed.call(route.method, asked(route.path), headers=shown(f"{scope}-secret"))
        is_forbidden = reply.status == 403
        assert is_forbidden == (route.scope not in may), route.path
        if is_forbidden:
            assert reply.code == "forbidden"


SCOPES = {
    "GET": {Scope.READ},
    "POST /v1/definitions": {Scope.OPERATE},
    "POST /v1/definitions/validate": {Scope.RUN},
    "DELETE /v1/definitions/{name}/{version}": {Scope.OPERATE},
    "POST /v1/executions": {Scope.RUN},
    "POST /v1/executions/{id}/signals/{name}": {Scope.RUN},
}


async def test_what_writes_takes_more_than_read() -> None:
    for route in ROUTES:
        if not route.is_open:
            named = f"{route.method} {route.path}"
            acts = {Scope.OPERATE}
            assert route.scope in (SCOPES["GET"] if route.method == "GET" else SCOPES.get(named, acts)), named
    assert {route.path for route in ROUTES if route.is_open} == {
        "/livez",
        "/readyz",
        "/v1/callbacks",
        "/v1/callbacks/{token}",
    }


async def test_nobody_asks_without_a_key(keyed: Server) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic read-secret"},
        {"Authorization": "Bearer read-secret more"},
    ):
        for path in ("/v1/executions", "/v1/info", "/v1/definitions/x"):
            refused = await keyed.get(path, headers=headers)
            assert (refused.status, refused.code) == (401, "unauthenticated")
            assert refused.headers["WWW-Authenticate"] == "Bearer"
    for path in ("/livez", "/readyz"):
        assert (await keyed.get(path)).status == 200
    assert (await keyed.post("/v1/callbacks/x")).code == "malformed_token"


async def test_a_key_stands_in_its_namespace(keyed: Server) -> None:
    started = await keyed.post(
        "/v1/executions", json={"definition": {"document": ECHO}}, headers=shown("shop-secret")
    )
    assert (started.status, started.body["namespace"]) == (202, "shop")
    path = f"/v1/executions/{started.body['id']}"
    assert (await keyed.get(path, headers=shown("shop-secret"))).status == 200
    named = shown("shop-secret", **{"Treadle-Namespace": "shop"})
    assert (await keyed.get(path, headers=named)).status == 200
    other = await keyed.get(path, headers=shown("shop-secret", **{"Treadle-Namespace": "default"}))
    assert (other.status, other.code) == (403, "forbidden")
    assert (await keyed.get(path, headers=shown("admin-secret"))).code == "execution_not_found"
    wrong = await keyed.get(path, headers=shown("shop-secret", **{"Treadle-Namespace": "a b"}))
    assert (wrong.status, wrong.code) == (400, "malformed_request")


async def test_history_names_the_key_that_acted(keyed: Server) -> None:
    held = {"definition": {"document": document(task("a", "held"))}}
    started = await keyed.post("/v1/executions", json=held, headers=shown("run-secret"))
    await keyed.handlers.until_held()
    path = f"/v1/executions/{started.body['id']}"
    paused = await keyed.post(f"{path}/pause", json={"reason": "look"}, headers=shown("operate-secret"))
    assert paused.status == 202
    history: Reply = await keyed.get(f"{path}/history", headers=shown("read-secret"))
    assert [
        (one["actor"], one["reason"]) for one in history.body["items"] if one["type"] == "ExecutionPaused"
    ] == [("operate-key", "look")]
    keyed.handlers.release()


async def test_keys_of_the_store_are_known_while_the_server_runs(tmp_path: Path) -> None:
    kept = open_api_keys(parse_store_url(sqlite(tmp_path)))
    first = ApiKey(
        name="first",
        namespace=Namespace("default"),
        scopes=frozenset({Scope.READ}),
        digest=digest_of("one"),
        created_at=Instant(0),
    )
    assert kept.add(first)
    async with serving(sqlite(tmp_path), is_open=False) as server:
        assert (await server.get("/v1/executions", headers=shown("one"))).status == 200
        kept.add(ApiKey(**{**_fields(first), "name": "second", "digest": digest_of("two")}))
        async with asyncio.timeout(20):
            while (await server.get("/v1/executions", headers=shown("two"))).status == 401:
                pass
            assert kept.revoke("first", Instant(1))
            while (await server.get("/v1/executions", headers=shown("one"))).status == 200:
                pass
    kept.close()


def _fields(key: ApiKey) -> dict[str, object]:
    return {name: getattr(key, name) for name in key.__struct_fields__}


async def test_a_server_that_nobody_could_ask_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="there is no key") as refused:
        async with serving(sqlite(tmp_path), is_open=False):
            pass
    assert refused.value.code == "no_api_key"
    kept = open_api_keys(parse_store_url(sqlite(tmp_path)))
    kept.close()


@pytest.mark.parametrize("is_revoked", [False, True])
async def test_a_key_that_is_called_as_one_of_the_store_is_refused_at_the_start(
    tmp_path: Path, is_revoked: bool
) -> None:
    """Acts of the two could not be told apart in a history, also when one of them is good no more."""
    kept = open_api_keys(parse_store_url(sqlite(tmp_path)))
    kept.add(
        ApiKey(
            name="ops",
            namespace=Namespace("default"),
            scopes=frozenset({Scope.READ}),
            digest=digest_of("one"),
            created_at=Instant(0),
        )
    )
    if is_revoked:
        assert kept.revoke("ops", Instant(1))
    kept.close()
    given = "ci:default:read:two,ops:shop:admin:s3cret"
    with pytest.raises(Rejected, match=r"TREADLE_API_KEYS: .*'ops'") as refused:
        async with serving(sqlite(tmp_path), is_open=False, api_keys=given):
            pass
    assert refused.value.code == "invalid_api_keys"
    assert "s3cret" not in str(refused.value)
    async with serving(sqlite(tmp_path), is_open=False, api_keys=given.replace("ops", "ops-too")) as server:
        assert (await server.get("/v1/executions", headers=shown("two"))).status == 200
