"""Whom a client says that it is, and where; and its own end."""

import asyncio
import gc
import inspect
import threading
from typing import Any

import pytest

from tests.client.asking import AT_ONCE, Kind, asking
from tests.client.scripted import scripted
from tests.rest.serving import document, serving, task
from treadle.client import ApiError, AsyncClient, Client
from treadle.client.loop_thread import THREAD_NAME

ECHO = document(task("a"))
KEYS = "app:default:run:app-secret,eye:default:read:eye-secret,shop:shop:admin:shop-secret"


@pytest.mark.anyio
async def test_a_key_opens_what_its_scope_says(kind: Kind) -> None:
    async with serving(is_open=False, api_keys=KEYS) as server:
        url = server.application.url
        async with asking(kind, url, api_key="app-secret") as app:
            ended = await app.call("start", ECHO, wait=20)
            with pytest.raises(ApiError) as caught:
                await app.call("cancel", ended.id)
            assert (caught.value.code, caught.value.status) == ("forbidden", 403)
        async with asking(kind, url, api_key="eye-secret", namespace="default") as eye:
            assert [one.id for one in await eye.take("executions")] == [ended.id]
            assert (await eye.take("events", ended.id))[-1].type == "ExecutionCompleted"
        async with asking(kind, url, api_key="eye-secret", namespace="shop") as wrong:
            with pytest.raises(ApiError, match="forbidden"):
                await wrong.take("executions")
        async with asking(kind, url, api_key="shop-secret") as shop:
            with pytest.raises(ApiError, match="execution_not_found"):
                await shop.call("execution", ended.id)
        async with asking(kind, url) as nobody:
            with pytest.raises(ApiError, match="unauthenticated"):
                await nobody.call("execution", ended.id)


@pytest.mark.parametrize("make", [AsyncClient, Client])
@pytest.mark.parametrize(
    "given",
    [
        {"url": "127.0.0.1:7070"},
        {"url": "ftp://127.0.0.1"},
        {"url": "http://"},
        {"url": "http://127.0.0.1:port"},
        {"url": "http://[::1"},
        {"url": "http://exa mple"},
        {"url": "http://ann:secret@127.0.0.1"},
        {"url": "http://127.0.0.1/?secret"},
        {"url": "http://127.0.0.1", "api_key": "secret\n"},
        {"url": "http://127.0.0.1", "api_key": ""},
        {"url": "http://127.0.0.1", "namespace": "sécret"},
    ],
)
def test_what_cannot_be_asked_is_said_at_once_and_no_key_is_repeated(
    make: type[Any], given: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"URL|characters") as caught:
        make(**given)
    assert "secret" not in str(caught.value)


@pytest.mark.anyio
async def test_a_closed_client_says_so(kind: Kind) -> None:
    async with scripted() as server:
        async with asking(kind, server.url) as asked:
            await asked.call("execution", "x")
        with pytest.raises(RuntimeError, match="closed"):
            await asked.call("execution", "x")


@pytest.mark.anyio
async def test_the_thread_of_a_client_ends_with_it_even_while_events_are_followed() -> None:
    async with serving() as server:
        before = threading.active_count()

        def follow() -> None:
            client = Client(server.application.url, limits=AT_ONCE)
            begun = client.start(document({"id": "nap", "kind": "sleep", "for": "1h"}))
            events = client.events(begun.id)
            assert next(events).seq == 1
            client.close()
            client.close()
            with pytest.raises(RuntimeError):
                next(events)
            del events
            gc.collect()
            assert THREAD_NAME not in {thread.name for thread in threading.enumerate()}

        await asyncio.to_thread(follow)
        assert threading.active_count() <= before + 1


@pytest.mark.anyio
async def test_a_sync_client_is_used_by_many_threads() -> None:
    async with serving() as server:
        with Client(server.application.url) as client:
            starts = [asyncio.to_thread(client.start, ECHO, {"n": n}, wait=20) for n in range(8)]
            ended = await asyncio.gather(*starts)
    assert sorted(one.output["n"] for one in ended) == list(range(8))


@pytest.mark.parametrize("make", [AsyncClient, Client])
def test_a_method_tells_its_parameters_and_what_it_does(make: type[Any]) -> None:
    told = inspect.signature(make.signal)
    assert list(told.parameters) == ["self", "execution_id", "name", "payload", "idempotency_key"]
    assert make.signal.__name__ == "signal"
    assert "counts once" in make.signal.__doc__
