"""The keys and the URL of callbacks, and the invoker that is given both."""

import asyncio
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import web

from tests.invokers.http.servers import answering, serving
from tests.invokers.invocations import FixedClock, handler, invocation
from treadle.bootstrap.application import running
from treadle.bootstrap.callbacks import load_callback_tokens, public_url
from treadle.bootstrap.invokers import build_invoker
from treadle.config.secrets import Secrets
from treadle.config.settings import Settings
from treadle.invokers.echoes import Echoes
from treadle.model.effects import Invocation
from treadle.model.ids import ActivityId, ExecutionId, Instant
from treadle.model.instants import DAY_MS
from treadle.model.json import Json
from treadle.model.outcomes import Failed, Ok, Outcome
from treadle.model.requests import Hole, HoledText, HttpRequest
from treadle.ports.invoker import Invoker
from treadle.runtime.callback_tokens import CallbackTokens
from treadle.security.egress import EgressMode, EgressPolicy
from treadle.security.tokens import CallbackToken, TokenRefused
from treadle.stores.memory.store import MemoryStore
from treadle.stores.sqlite.store import SqliteStore
from treadle.worker import Registry

pytestmark = pytest.mark.anyio

NOW = Instant(1_767_225_600_000)
TOKEN = CallbackToken(execution_id=ExecutionId("e-1"), activity=ActivityId(7), expires_at=Instant(NOW + 1))
DEV = EgressPolicy(mode=EgressMode.DEV)


async def tokens_of(store: SqliteStore | MemoryStore) -> CallbackTokens:
    return await load_callback_tokens(store, store.views, FixedClock(NOW))


async def test_a_token_is_good_after_a_restart(tmp_path: Path) -> None:
    first = SqliteStore.open(tmp_path / "treadle.db")
    signed = await (await tokens_of(first)).sign(TOKEN)
    await first.close()
    second = SqliteStore.open(tmp_path / "treadle.db")
    assert await (await tokens_of(second)).verify(signed) == TOKEN
    await second.close()


async def test_a_token_of_another_store_is_refused() -> None:
    signed = await (await tokens_of(MemoryStore())).sign(TOKEN)
    other = await tokens_of(MemoryStore())
    with pytest.raises(TokenRefused, match="bad_signature"):
        await other.verify(signed)


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        (Settings(), "http://127.0.0.1:4711"),
        (Settings(port=0), "http://127.0.0.1:4711"),
        (Settings(host="::1"), "http://[::1]:4711"),
        (Settings(public_url="https://flows.example/treadle/"), "https://flows.example/treadle"),
    ],
)
def test_the_public_url_is_the_one_given_or_where_the_server_listens(settings: Settings, url: str) -> None:
    assert public_url(settings, 4_711) == url


class NoDefinitions:
    """In the place of what looks definitions up: no child is started here."""

    async def invoke(self, invocation: Invocation) -> Outcome:
        raise AssertionError(f"{invocation.request} was asked for")

    async def close(self) -> None:
        """Nothing is held."""


def built(registry: Registry, tokens: CallbackTokens) -> Invoker:
    return build_invoker(
        registry,
        NoDefinitions(),
        clock=FixedClock(),
        egress=DEV,
        tokens=tokens,
        public_url="http://127.0.0.1:4711",
        secrets=Secrets({}),
        echoes=Echoes(),
    )


async def test_what_is_sent_has_the_url_of_its_callback() -> None:
    tokens = await tokens_of(MemoryStore())
    registry = Registry()
    registry.handler("echo")(lambda value: value)
    invoker = built(registry, tokens)
    hole = Hole(root="callback", name="url")
    async with serving(answering(status=202)) as service:
        request = HttpRequest(
            method="POST",
            url=service.url,
            body={"to": None},
            holes=(HoledText(pointer="/body/to", parts=(hole,)),),
        )
        outcome = await invoker.invoke(invocation(request, callback_until=NOW))
    assert isinstance(outcome, Ok)
    sent = msgspec.json.decode(service.body)["to"]
    token = sent.removeprefix("http://127.0.0.1:4711/v1/callbacks/")
    assert (await tokens.verify(token)).expires_at == NOW + DAY_MS
    assert await invoker.invoke(handler("echo", 5)) == Ok(body=5)
    await invoker.close()


async def test_a_secret_that_the_process_was_not_given_is_missing() -> None:
    invoker = built(Registry(), await tokens_of(MemoryStore()))
    hole = Hole(root="secrets", name="stripe")
    request = HttpRequest(url="http://127.0.0.1/", holes=(HoledText(pointer="/body", parts=(hole,)),))
    outcome = await invoker.invoke(invocation(request))
    await invoker.close()
    assert isinstance(outcome, Failed)
    assert outcome.code == "missing_secret"
    assert outcome.message == "the namespace default has no secret 'stripe'"


class Paying:
    """A service that is told where to answer, and answers when the test does."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def respond(self, request: web.Request) -> web.Response:
        await self.told.put(msgspec.json.decode(await request.read()))
        return web.Response(status=202)


def waiting_for_pay(url: str) -> Json:
    body = {"to": "{{ callback.url }}", "token": "{{ callback.token }}"}
    pay = {
        "id": "pay",
        "kind": "task",
        "mode": "async",
        "http": {"method": "POST", "url": url, "body": body},
        "callback": {"timeout": "15m"},
    }
    return {"definition": {"document": {"name": "order", "version": "1", "steps": [pay]}}}


async def test_a_service_answers_where_it_was_told_to_and_after_a_restart_still(tmp_path: Path) -> None:
    paying, store = Paying(), f"sqlite:///{tmp_path / 'treadle.db'}"
    async with serving(paying.respond) as service:
        async with (
            running(Settings(store=store, port=0), Registry()) as application,
            aiohttp.ClientSession(application.url) as session,
        ):
            ids = []
            for _ in range(2):
                async with session.post("/v1/executions", json=waiting_for_pay(service.url)) as started:
                    ids.append((await started.json())["id"])
            first, second = await paying.told.get(), await paying.told.get()
            assert first["to"] == f"{application.url}/v1/callbacks/{first['token']}"
            async with session.post(first["to"], json={"paid": 1}) as answered:
                assert answered.status == 202
        async with (
            running(Settings(store=store, port=0), Registry()) as application,
            aiohttp.ClientSession(application.url) as session,
        ):
            async with session.post(f"/v1/callbacks/{second['token']}", json={"paid": 2}) as answered:
                assert answered.status == 202
            async with session.post(f"/v1/callbacks/{second['token'][:-1]}~", json={}) as refused:
                assert refused.status == 400
            for each in ids:
                async with session.get(f"/v1/executions/{each}/history") as history:
                    text = await history.text()
                assert "ExecutionCompleted" in text
                assert first["token"] not in text
                assert second["token"] not in text


async def test_a_service_is_told_the_public_url() -> None:
    paying = Paying()
    settings = Settings(store="memory:", port=0, public_url="https://flows.example/treadle/")
    async with (
        serving(paying.respond) as service,
        running(settings, Registry()) as application,
        aiohttp.ClientSession(application.url) as session,
    ):
        async with session.post("/v1/executions", json=waiting_for_pay(service.url)) as started:
            assert started.status == 202
        told = await paying.told.get()
    assert told["to"] == f"https://flows.example/treadle/v1/callbacks/{told['token']}"
