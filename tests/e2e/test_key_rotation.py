"""Keys of callbacks are rotated beside a server that runs: answers that services owe are taken meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import web

from tests.cli.processes import Ended, dev, treadle
from tests.invokers.http.servers import serving
from treadle.bootstrap.backends import open_key_rotation
from treadle.config.store_url import parse_store_url
from treadle.model.ids import Instant
from treadle.model.json import Json
from treadle.model.views import StoredKey
from treadle.security.tokens import KeyRing, UnknownKey

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

LIMIT_S = 60


class Payments:
    """A service that keeps the tokens it is given, and a server at `url` that gives them to it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.url = ""
        self._tokens: asyncio.Queue[str] = asyncio.Queue()
        self._service = ""

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Payments"]:
        async with serving(self._respond) as service:
            self._service = service.url
            yield self

    @asynccontextmanager
    async def server(self) -> AsyncIterator[None]:
        with dev(self.directory) as process:
            self.url = process.url
            yield
            process.stop()

    async def owed(self) -> str:
        """The token of an execution that waits from now on."""
        pay = {
            "id": "pay",
            "kind": "task",
            "mode": "async",
            "http": {"method": "POST", "url": self._service, "body": {"token": "{{ callback.token }}"}},
            "callback": {"timeout": "15m"},
        }
        started = {"definition": {"document": {"name": "order", "version": "1", "steps": [pay]}}}
        async with aiohttp.ClientSession(self.url) as session:
            async with session.post("/v1/executions", json=started) as reply:
                assert reply.status == 202
            async with asyncio.timeout(LIMIT_S):
                return await self._tokens.get()

    async def owed_under(self, key: StoredKey) -> str:
        """The first such token that this key has signed."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                token = await self.owed()
                try:
                    KeyRing([key]).verify(token, Instant(0))
                except UnknownKey:
                    continue
                return token

    async def answer(self, token: str) -> tuple[int, str | None]:
        """What the answer under that token ends with."""
        async with (
            aiohttp.ClientSession(self.url) as session,
            session.post(f"/v1/callbacks/{token}", json={"paid": True}) as reply,
        ):
            body: Json = msgspec.json.decode(await reply.text())
            return reply.status, body.get("code")

    async def run(self, *arguments: str) -> Ended:
        """A command beside the server, to its end."""
        return await asyncio.to_thread(treadle, *arguments, cwd=self.directory)

    async def rotated(self, *options: str) -> list[StoredKey]:
        """The keys after a rotation, newest first."""
        ended = await self.run("keys", "rotate-callbacks", *options)
        assert (ended.code, ended.out) == (0, ""), ended.err
        return self.keys()

    def keys(self) -> list[StoredKey]:
        kept = open_key_rotation(parse_store_url(f"sqlite:///{self.directory / 'treadle.db'}"))
        try:
            return list(kept.all())
        finally:
            kept.close()

    async def _respond(self, request: web.Request) -> web.Response:
        await self._tokens.put(msgspec.json.decode(await request.read())["token"])
        return web.Response(status=202)


@pytest.fixture
async def payments(tmp_path: Path) -> AsyncIterator[Payments]:
    async with Payments(tmp_path).open() as made:
        yield made


ACCEPTED = (202, None)


async def test_answers_under_the_key_before_the_newest_are_taken_and_older_ones_are_refused(
    payments: Payments,
) -> None:
    async with payments.server():
        [first] = payments.keys()
        before = [await payments.owed_under(first) for _ in range(3)]
        second, kept = await payments.rotated()
        assert kept == first
        after = [await payments.owed_under(second) for _ in range(3)]
        assert await payments.answer(before[0]) == ACCEPTED
        assert await payments.answer(after[0]) == ACCEPTED
        too_soon = await payments.run("keys", "rotate-callbacks")
        assert (too_soon.code, payments.keys()) == (1, [second, first])
    async with payments.server():
        assert await payments.answer(before[1]) == ACCEPTED
        assert await payments.answer(after[1]) == ACCEPTED
        third, kept = await payments.rotated("--yes")
        assert kept == second
        newest = await payments.owed_under(third)
        assert await payments.answer(before[2]) == (401, "bad_signature")
        assert await payments.answer(after[2]) == ACCEPTED
        assert await payments.answer(newest) == ACCEPTED


async def test_a_token_of_a_key_that_the_server_has_not_seen_yet_is_taken(payments: Payments) -> None:
    async with payments.server():
        [first] = payments.keys()
        owed = KeyRing([first]).verify(await payments.owed(), Instant(0))
        second, _ = await payments.rotated()
        assert await payments.answer(KeyRing([second]).sign(owed)) == ACCEPTED
