"""Plays the commands of a page against a server and the services; what it shows is what has to come."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
from aiohttp import web

from examples.guide.services import Call, Services
from tests.guide.pages import ROOT, Block, Command, is_so
from treadle.bootstrap.application import running
from treadle.config.settings import read_settings
from treadle.model.json import Json
from treadle.worker import Registry

SERVER: Final = "http://127.0.0.1:7070"
SERVICES: Final = "http://127.0.0.1:9000"
"""Where the pages say that they are."""
LOOKS_MAX: Final = 2_000
"""What is not so after so many looks is not going to be."""
TOO_EARLY: Final = "nothing_to_wake"
"""A reader who types wakes nobody before he sleeps; a test might."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a `curl` sends."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What it prints."""

    status: int
    text: str

    @property
    def body(self) -> Json:
        return json.loads(self.text)


class Player:
    """Types what a page says, with `$ID`, `$BULK` and `$REPLY_TO` as its answers gave them.

    `calls` are those that came to the services.
    """

    def __init__(self, session: aiohttp.ClientSession, server: str, services: str, calls: list[Call]) -> None:
        self._session = session
        self._addresses = {SERVER: server, SERVICES: services}
        self.calls = calls
        self._variables: dict[str, str] = {}

    async def play(self, command: Command) -> None:
        """Do what it says, and hold what comes against what the page shows.

        Raises:
            AssertionError: something else came.
        """
        request = self.request(command)
        reply = await self.sent(request)
        for _ in range(LOOKS_MAX):
            if not self._is_too_early(request, reply, command.shown):
                break
            reply = await self.sent(request)
        self._remember(request, reply)
        if command.shown is None:
            assert reply.status < 400, f"{command}\n{reply.text}"
        else:
            assert is_so(command.shown, reply.text), f"{command}\n{reply.text}"

    def request(self, command: Command, *changes: tuple[str, str]) -> Request:
        """What the command sends; in what it sends from a file each first of `changes` becomes its second."""
        words = iter(command.words)
        assert next(words) == "curl", command
        method, url, headers, body = None, "", {}, None
        for word in words:
            if word == "-X":
                method = next(words)
            elif word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word == "-d":
                body = self._here(next(words)).encode()
            elif word == "--data-binary":
                body = self._file(next(words), changes)
            else:
                url = self._here(word)
        return Request(
            method=method or ("GET" if body is None else "POST"), url=url, headers=headers, body=body
        )

    async def sent(self, request: Request) -> Reply:
        async with self._session.request(
            request.method, request.url, headers=request.headers, data=request.body
        ) as answer:
            return Reply(status=answer.status, text=await answer.text())

    async def asked(self, method: str, path: str, body: Json = None, *, wait: bool = False) -> Json:
        """The answer of the server to something that is not on a page.

        The same start again is the same execution; with `wait` it is answered when that has ended.
        """
        data = None if body is None else json.dumps(body).encode()
        key = sha256(data or b"").hexdigest()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if wait:
            headers["Prefer"] = "wait=30"
        request = Request(method=method, url=self._here(SERVER + path), headers=headers, body=data)
        reply = await self.sent(request)
        assert reply.status < 400, reply.text
        return reply.body

    def _file(self, word: str, changes: tuple[tuple[str, str], ...]) -> bytes:
        found = (ROOT / word.removeprefix("@")).read_text("utf-8")
        for written, meant in changes:
            assert written in found
            found = found.replace(written, meant)
        return self._here(found).encode()

    def _here(self, text: str) -> str:
        """The text with the addresses and the ids of this play."""
        for printed, real in self._addresses.items():
            text = text.replace(printed, real)
        for name, value in self._variables.items():
            text = text.replace(f"${name}", value)
        return text

    @staticmethod
    def _is_too_early(request: Request, reply: Reply, shown: Block | None) -> bool:
        """What is asked for comes when it comes; an act is done at once, unless nobody could do it yet."""
        if request.method == "GET":
            return shown is not None and not is_so(shown, reply.text)
        return reply.status == 409 and TOO_EARLY in reply.text and shown is None

    def _remember(self, request: Request, reply: Reply) -> None:
        if request.url.endswith("/v1/executions") and reply.status < 400:
            self._variables["ID"] = reply.body["id"]
        if request.url.endswith("/v1/executions/bulk") and reply.status == 202:
            self._variables["BULK"] = reply.body["bulk_id"]
        if "/calls/newest" in request.url:
            self._variables["REPLY_TO"] = reply.body["body"]["reply_to"]


@asynccontextmanager
async def playing(directory: Path) -> AsyncIterator[Player]:
    """A server over a new store in that directory, and new services."""
    stand_in = Services()
    runner = web.AppRunner(stand_in.app(), access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    services = f"http://127.0.0.1:{runner.addresses[0][1]}"
    settings = read_settings({"store": f"sqlite:///{directory / 'treadle.db'}", "port": 0}, {})
    try:
        async with running(settings, Registry()) as application, aiohttp.ClientSession() as session:
            yield Player(session, application.url, services, stand_in.memory.calls)
    finally:
        await runner.cleanup()
