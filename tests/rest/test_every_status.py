"""Everything that is described happens: each operation ends with each of its statuses and codes.

What is described is read from the description, so a new operation or a new code asks for its line here.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from tests.rest.documented import BY_OPERATION, CODES_OF, STATUSES, address, told_by
from tests.rest.populated import ABSENT_ID, ECHO, NAP, NOBODY, Granted, granted, populate
from tests.rest.serving import Server, document, serving
from tests.rest.situations import OPTIONS, SITUATIONS
from tests.rest.test_admission import unfinished
from tests.rest.test_stopping import over
from tests.runtime.world import FallibleSqliteStore
from treadle.model.api_keys import Scope
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.views import StoredKey
from treadle.rest.bounds import BODY_BYTES_MAX
from treadle.rest.codes import CODES
from treadle.rest.identifying import KeyedCallers
from treadle.rest.table import ROUTES
from treadle.runtime.bounds import RuntimeBounds
from treadle.security.api_keys import parse_keys
from treadle.security.tokens import SECRET_BYTES, CallbackToken, KeyRing

pytestmark = pytest.mark.anyio
JSON: Final = {"Content-Type": "application/json"}
KNOWN_RING: Final = KeyRing([StoredKey(id="k", secret=bytes(SECRET_BYTES), created_at=Instant(0))])
"""That of servers which are made by `over`."""
LATE: Final = Instant(2**42)
KEYS: Final = ",".join(f"{scope}-key:default:{scope}:{scope}-secret" for scope in Scope)
EVERYWHERE: Final = frozenset(
    {
        "unauthenticated",
        "forbidden",
        "malformed_request",
        "invalid_parameter",
        "too_large",
        "unsupported_media_type",
        "execution_not_found",
        "rate_limited",
        "overloaded",
        "store_unavailable",
    }
)
"""Codes that several operations may end with for the same reason: each has a test over all of these."""
OF_THE_MOMENT: Final = frozenset({"internal", "request_timeout", "stopping", "not_owner", "commit_refused"})
"""What went wrong has nothing to do with the operation: one each shows it, in test_every_code.py."""
FURTHER: Final = {
    ("post_definitions", 200),
    ("post_executions", 202),
    ("post_executions_bulk", 200),
    ("get_executions_id_events", 204),
    ("get_readyz", 503),
}
"""Statuses beside those of `granted`."""


def key(scope: Scope) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {scope}-secret"}


def test_every_code_that_is_described_has_its_situation() -> None:
    single = {pair for pair in CODES_OF if pair[1] not in EVERYWHERE | OF_THE_MOMENT}
    assert single - SITUATIONS.keys() == set()
    assert SITUATIONS.keys() - CODES_OF == set(), "what happens is described"


@pytest.mark.parametrize(("operation", "code"), SITUATIONS, ids=list(map("-".join, SITUATIONS)))
async def test_an_operation_ends_with_its_code(operation: str, code: str) -> None:
    async with serving(**OPTIONS.get((operation, code), {})) as server:
        reply = await SITUATIONS[operation, code](server)
    assert (reply.code, reply.status) == (code, CODES[code].status), reply.body


async def test_every_status_is_answered() -> None:
    async with serving() as server:
        wanted = granted(await populate(server))
        answered = set[tuple[str, int]]()
        simple = {name: Granted() for name, route in BY_OPERATION.items() if "{" not in route.path}
        for operation, one in {**wanted, **{name: simple[name] for name in simple.keys() - wanted}}.items():
            route = BY_OPERATION[operation]
            given = {} if one.body is msgspec.UNSET else {"json": one.body}
            path = address(operation, **one.path)
            query = {name: str(value) for name, value in one.query.items()}
            reply = await server.call(route.method, path, headers=one.headers, params=query, **given)
            answered.add((operation, reply.status))
        again = await server.post("/v1/definitions", json=ECHO)
        started = await server.start(NAP, wait=False)
        seen = await server.post("/v1/executions/bulk", json=NOBODY | {"preview": True})
        ended = await server.start(ECHO)
        events = f"/v1/executions/{ended.body['id']}/events"
        nothing = await server.get(events, headers={"Last-Event-ID": str(ended.body["version"])})
        await server.application.engine.stop()
        ready = await server.get("/readyz")
    further = (again.status, started.status, seen.status, nothing.status, ready.status)
    assert further == (200, 202, 200, 204, 503)
    assert answered | FURTHER == STATUSES


def of_others(operation: str) -> list[dict[str, Any]]:
    """Requests that the caller may not make: in the namespace of others, and beyond each lesser key."""
    needed = BY_OPERATION[operation].scope
    lesser = {
        Scope.READ: (),
        Scope.RUN: (Scope.READ, Scope.OPERATE),
        Scope.OPERATE: (Scope.READ, Scope.RUN),
        Scope.ADMIN: (Scope.READ, Scope.RUN, Scope.OPERATE),
    }[needed]
    elsewhere = {**key(Scope.ADMIN), "Treadle-Namespace": "other"}
    return [{"headers": each} for each in (elsewhere, *map(key, lesser))]


GIVEN: Final[Mapping[str, Callable[[], Mapping[str, Any]]]] = {
    "malformed_request": lambda: {"headers": {"Treadle-Namespace": "a b", **JSON}, "data": b"{"},
    "invalid_parameter": lambda: {"params": {"nonsense": "1"}},
    "too_large": lambda: {"data": BytesIO(b" " * (BODY_BYTES_MAX + 1)), "headers": JSON},
    "unsupported_media_type": lambda: {"data": b"x", "headers": {"Content-Type": "text/plain"}},
    "unauthenticated": dict,
}
"""By code, what is wrong with a request whatever it asks for."""


async def wrongly_told(server: Server, code: str) -> list[str]:
    """The operations that are described to answer so, and answer otherwise."""
    found = []
    for operation in told_by(code):
        reply = await server.call(BY_OPERATION[operation].method, address(operation), **GIVEN[code]())
        if (reply.status, reply.code) != (CODES[code].status, code):
            found.append(f"{operation}: {reply.status} {reply.body}")
    return found


@pytest.mark.parametrize("code", [code for code in GIVEN if code != "unauthenticated"])
async def test_what_is_wrong_with_any_request_is_told_by_each_operation(bare: Server, code: str) -> None:
    assert len(told_by(code)) > 10
    assert await wrongly_told(bare, code) == []


async def test_an_execution_that_there_is_not_is_told_by_each_operation(bare: Server) -> None:
    given = granted(await populate(bare))
    for operation in told_by("execution_not_found"):
        body = given[operation].body
        sent = {} if body is msgspec.UNSET else {"json": body}
        path = address(operation, **{**given[operation].path, "id": ABSENT_ID})
        reply = await bare.call(BY_OPERATION[operation].method, path, **sent)
        assert (reply.status, reply.code) == (404, "execution_not_found"), operation


@pytest.fixture
async def keyed() -> AsyncIterator[Server]:
    async with serving(is_open=False, api_keys=KEYS) as made:
        yield made


async def test_nobody_and_who_may_not_is_told_by_each_operation(keyed: Server) -> None:
    assert await wrongly_told(keyed, "unauthenticated") == []
    for operation in told_by("forbidden"):
        for given in of_others(operation):
            reply = await keyed.call(BY_OPERATION[operation].method, address(operation), **given)
            assert (reply.status, reply.code) == (403, "forbidden"), (operation, given)
    assert set(told_by("forbidden")) == {name for name, route in BY_OPERATION.items() if not route.is_open}


async def test_who_asks_too_often_is_told_by_each_operation() -> None:
    """As often as it takes: what is allowed meanwhile is answered otherwise."""
    assert len(told_by("rate_limited")) > 10
    async with serving(rate_limit=1) as server:
        for operation in told_by("rate_limited"):
            reply = await server.post(address(operation))
            while reply.status != 429:
                reply = await server.post(address(operation))
            assert reply.code == "rate_limited"
            assert int(reply.headers["Retry-After"]) > 0


async def test_too_much_at_once_is_told_by_each_operation() -> None:
    """But for the one that is read: it has a bound of its own."""
    wanted = [name for name in told_by("overloaded") if not name.startswith("get_")]
    assert len(wanted) > 10
    async with serving(requests_max=2) as server, AsyncExitStack() as held:
        waiting = await server.start(document({"id": "w", "kind": "wait", "signal": "go"}), wait=False)
        path = f"/v1/executions/{waiting.body['id']}/signals/go"
        for _ in range(2):
            await held.enter_async_context(unfinished(server, path, b"[1]"))
        for operation in wanted:
            reply = await server.call(BY_OPERATION[operation].method, address(operation))
            assert (reply.status, reply.code) == (503, "overloaded"), operation
            assert int(reply.headers["Retry-After"]) > 0


async def test_a_store_that_is_gone_is_told_by_each_operation(tmp_path: Path) -> None:
    store = FallibleSqliteStore.open(tmp_path / "treadle.db")
    assert isinstance(store, FallibleSqliteStore)
    callers = KeyedCallers(parse_keys(KEYS, Instant(0)), store.views)
    waiting = CallbackToken(execution_id=ExecutionId("x"), activity=ActivityId(1), expires_at=LATE)
    token = KNOWN_RING.sign(waiting)
    headers = {**key(Scope.ADMIN), "X-Callback-Token": token}
    async with over(store, RuntimeBounds(stop_grace_ms=0), callers=callers) as (session, _):
        await store.close()
        for operation in told_by("store_unavailable"):
            path, method = address(operation, token=token), BY_OPERATION[operation].method
            async with session.request(method, path, headers=headers) as refused:
                problem = await refused.json(content_type="application/problem+json")
            assert (refused.status, problem["code"]) == (503, "store_unavailable"), operation
            assert (problem["retryable"], int(refused.headers["Retry-After"]) > 0) == (True, True)


async def test_what_no_operation_takes_is_told(bare: Server) -> None:
    for path in dict.fromkeys(route.path for route in ROUTES):
        operation = next(name for name, route in BY_OPERATION.items() if route.path == path)
        reply = await bare.call("PATCH", address(operation))
        assert (reply.status, reply.code) == (405, "method_not_allowed")
        nowhere = await bare.get(f"/nowhere{address(operation)}")
        assert (nowhere.status, nowhere.code) == (404, "not_found")
