"""What a server says of the engines of its store, of what they hold and how far they are behind."""

from datetime import datetime
from pathlib import Path
from typing import Final

import pytest

from tests.rest.serving import Server, document, serving, sleep, sqlite, task
from tests.rest.test_keys import shown
from tests.rest.test_stopping import over
from tests.runtime.clocks import HandClock
from tests.runtime.world import FallibleStore
from treadle.model.errors import Unavailable
from treadle.model.ids import Instant
from treadle.runtime.bounds import RuntimeBounds

pytestmark = pytest.mark.anyio
HOUR_MS: Final = 3_600_000
ROLES: Final = ["treadle-timers", "treadle-housekeeping", "treadle-bulk-acts"]
NAP: Final = {"definition": {"document": document(sleep("nap", "1h"))}}


async def test_the_one_engine_has_the_store_to_itself(server: Server) -> None:
    (engine,) = (await server.get("/v1/engines")).body["items"]
    assert engine["id"] == (await server.get("/v1/info")).body["engine"]
    assert engine["lease"] == {"kind": "exclusive", "until": None}
    assert (engine["live_executions"], engine["live_executions_max"], engine["lag"]) == (0, 10_000, 0)
    assert datetime.fromisoformat(engine["started"]).utcoffset() is not None


async def test_executions_that_are_driven_are_counted(server: Server) -> None:
    held = await server.start(document(task("a", "held")), wait=False)
    await server.handlers.until_held()
    (engine,) = (await server.get("/v1/engines")).body["items"]
    assert engine["live_executions"] == 1
    server.handlers.release()
    await server.settled(held)


async def test_the_engine_holds_the_roles_of_its_store_since_it_started(server: Server) -> None:
    (engine,) = (await server.get("/v1/engines")).body["items"]
    roles = (await server.get("/v1/roles")).body["items"]
    assert [role["name"] for role in roles] == ROLES
    assert {role["holder"] for role in roles} == {engine["id"]}
    assert all(role["since"] >= engine["started"] for role in roles)


async def test_another_process_on_the_store_is_another_engine(tmp_path: Path) -> None:
    ids = []
    for _ in range(2):
        async with serving(sqlite(tmp_path)) as server:
            ids += [engine["id"] for engine in (await server.get("/v1/engines")).body["items"]]
    assert len(set(ids)) == 2


async def test_an_engine_that_stops_holds_no_role_any_more() -> None:
    async with over(FallibleStore(), RuntimeBounds(stop_grace_ms=0)) as (session, engine):
        await engine.stop()
        async with session.get("/v1/roles") as answer:
            assert (await answer.json())["items"] == []


@pytest.mark.parametrize("keep_waiting_ms", [0, 2 * HOUR_MS], ids=["stored", "live"])
async def test_lag_is_since_when_something_is_due(keep_waiting_ms: int) -> None:
    """With a clock that stands nothing rings: what falls due by the test's hand stays due."""
    clock = HandClock()
    bounds = RuntimeBounds(stop_grace_ms=0, keep_waiting_ms=keep_waiting_ms, poll_interval_ms=2 * HOUR_MS)
    async with over(FallibleStore(), bounds, clock) as (session, engine):
        async with session.post("/v1/executions", json=NAP) as answer:
            execution = (await answer.json())["id"]
        while (engine.live(execution) is None) != (keep_waiting_ms == 0):
            await session.get("/livez")
        seen = []
        for ms in (HOUR_MS - 1, 1, 1_500):
            clock.advance(ms)
            async with session.get("/v1/engines") as answer:
                seen.append((await answer.json())["items"][0]["lag"])
        assert seen == [0, 0, 1.5]


class Silent(FallibleStore):
    """Does not say what is due."""

    async def next_due(self) -> Instant | None:
        raise Unavailable("store_unavailable", "the disk is gone")


async def test_a_store_that_does_not_answer_is_a_503() -> None:
    async with over(Silent(), RuntimeBounds(stop_grace_ms=0)) as (session, _):
        async with session.get("/v1/engines") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        async with session.get("/v1/roles") as answer:
            assert answer.status == 200


async def test_engines_and_roles_are_for_those_who_may_read() -> None:
    async with serving(is_open=False, api_keys="r:default:read:reading") as server:
        for path in ("/v1/engines", "/v1/roles"):
            assert (await server.get(path)).status == 401
            assert (await server.get(path, headers=shown("reading"))).status == 200
            assert (await server.post(path, headers=shown("reading"))).status == 405
