"""A caller who asks more often than it may is told when to come back, and nothing of it was accepted."""

from typing import Final

import pytest

from tests.rest.serving import document, serving, sleep
from tests.rest.test_stopping import over
from tests.runtime.clocks import HandClock
from tests.runtime.world import FallibleStore
from treadle.model.ids import Namespace
from treadle.model.views import ExecutionFilter
from treadle.runtime.bounds import RuntimeBounds
from treadle.security.rate_limits import RateLimit

pytestmark = pytest.mark.anyio
NAP: Final = {"definition": {"document": document(sleep("nap", "30d"))}}
BOUNDS: Final = RuntimeBounds(stop_grace_ms=0)
KEYS: Final = "one:default:admin:first,two:default:admin:second,three:shop:admin:third"


def shown(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    ("per_s", "burst", "after_ms", "retry_after"),
    [(2, 3, 0, "1"), (1, 3, 1, "1"), (1, 3, 999, "1"), (1, 1, 0, "1")],
)
async def test_beyond_the_burst_a_post_is_429_with_whole_seconds(
    per_s: int, burst: int, after_ms: int, retry_after: str
) -> None:
    clock, store = HandClock(), FallibleStore()
    async with over(store, BOUNDS, clock, RateLimit(per_s=per_s, burst=burst)) as (session, _):
        for _ in range(burst):
            async with session.post("/v1/executions", json=NAP) as answer:
                assert answer.status == 202
        clock.advance(after_ms)
        async with session.post("/v1/executions", json=NAP) as answer:
            problem = await answer.json(content_type="application/problem+json")
            assert (answer.status, problem["code"], problem["retryable"]) == (429, "rate_limited", True)
            assert answer.headers["Retry-After"] == retry_after
        where = ExecutionFilter(namespace=Namespace("default"))
        assert len(await store.views.executions(where, None, 100)) == burst
        clock.advance(1_000 - after_ms)
        async with session.post("/v1/executions", json=NAP) as answer:
            assert answer.status == 202


async def test_reads_and_deletes_take_nothing_of_it() -> None:
    async with over(FallibleStore(), BOUNDS, HandClock(), RateLimit(per_s=1, burst=1)) as (session, _):
        for _ in range(5):
            async with session.get("/v1/executions") as answer:
                assert answer.status == 200
            async with session.delete("/v1/definitions/a/1") as answer:
                assert answer.status == 404
        async with session.post("/v1/executions", json=NAP) as answer:
            assert answer.status == 202


async def test_callbacks_are_of_nobody_and_never_limited() -> None:
    async with over(FallibleStore(), BOUNDS, HandClock(), RateLimit(per_s=1, burst=1)) as (session, _):
        for _ in range(5):
            async with session.post("/v1/callbacks/nonsense", json={}) as answer:
                assert answer.status == 400


async def test_each_key_has_its_own_and_who_may_not_ask_uses_up_nothing() -> None:
    options = {"is_open": False, "api_keys": f"{KEYS},four:default:read:fourth", "rate_limit": 1}
    async with serving(**options, rate_burst=2) as server:
        path = "/v1/executions/none/pause"
        for key in ("first", "second", "third"):
            seen = [(await server.post(path, headers=shown(key))).status for _ in range(3)]
            assert seen[:2] == [404, 404]
        many = [(await server.post(path, headers=shown("first"))).status for _ in range(200)]
        assert 429 in many
        assert {(await server.post(path, headers=shown("fourth"))).status for _ in range(5)} == {403}
        said = {key: (await server.get("/v1/executions", headers=shown(key))).status for key in ("first",)}
        assert said == {"first": 200}


async def test_without_the_setting_there_is_no_limit() -> None:
    async with serving() as server:
        seen = {(await server.post("/v1/executions/none/pause")).status for _ in range(300)}
        assert seen == {404}
