"""Services that do as a scenario has planned: they hold calls until told, answer by path, and keep a ledger.

They live in the loop of the test, so that what has arrived is a fact that can be awaited.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp import web

from tests.e2e.ledger import Call, Killed, Ledger

DONE: Final = 200


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a call is answered; without a `body` it is `{"did": <path>}`."""

    status: int = DONE
    body: Any = msgspec.UNSET


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`is_held`: every call waits until it is let go. `replies`: by path, or by `<path>#<attempt>`."""

    is_held: bool = False
    replies: Mapping[str, Reply] = {}


class Services:
    """All services of all scenarios: `/calls/<scenario>/<service>`.

    A gate that was opened stays open: a call that comes again under the same path is not held.
    """

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}
        self._gates: defaultdict[tuple[str, str], asyncio.Event] = defaultdict(asyncio.Event)
        self._arrived: defaultdict[tuple[str, str], list[str | None]] = defaultdict(list)
        self._changed = asyncio.Condition()
        self._lines = 0
        self._open: dict[int, Call] = {}
        self._calls: list[Call] = []
        self._kills: list[Killed] = []
        self.overtaken: list[str] = []
        """Undo calls that came while a call of what they undo was in flight."""
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Serve at a free port."""
        app = web.Application()
        app.router.add_post("/calls/{scenario}/{service}", self._work)
        # A held call is broken as soon as its caller is gone.
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Serve no longer."""
        if self._runner is not None:
            await self._runner.cleanup()

    def plan(self, scenario: str, plans: Mapping[str, Plan]) -> None:
        """What the services of a scenario do; one that is not named answers at once."""
        for service, plan in plans.items():
            self._plans[f"{scenario}/{service}"] = plan

    async def arrived(self, service: str, path: str, times: int) -> None:
        """Return when so many calls have come for that path."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._arrived[service, path]) >= times)

    def let_go(self, service: str, path: str) -> None:
        """Hold the calls of that path no longer."""
        self._gates[service, path].set()

    async def call_back(self, service: str, path: str, body: Any, call: int) -> tuple[int, Any]:
        """Post to the URL that came with that call (from 0) of that path; the answer."""
        url = self._arrived[service, path][call]
        if url is None:
            raise AssertionError(f"{service} was given no URL to call back")
        async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
            return response.status, await response.json(content_type=None)

    def killed(self) -> None:
        """Note that the callers' process was killed."""
        self._kills.append(Killed(number=self._line(), in_flight=len(self._open)))

    async def all_broken(self) -> None:
        """Return when every call that was in flight at the kill is known to be broken."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._open)

    def ledger(self) -> Ledger:
        """All that came, in order."""
        return Ledger(calls=tuple(self._calls), kills=tuple(self._kills))

    async def _work(self, request: web.Request) -> web.Response:
        service = f"{request.match_info['scenario']}/{request.match_info['service']}"
        plan = self._plans.get(service, Plan())
        call = await self._receive(service, request)
        try:
            if plan.is_held:
                await self._gates[service, call.node].wait()
        except asyncio.CancelledError:
            call.is_broken = True
            await self._close(call)
            raise
        reply = plan.replies.get(f"{call.node}#{call.attempt}", plan.replies.get(call.node, Reply()))
        call.status = reply.status
        await self._close(call)
        body = {"did": call.node} if reply.body is msgspec.UNSET else reply.body
        return web.json_response(body, status=reply.status)

    async def _receive(self, service: str, request: web.Request) -> Call:
        text = await request.text()
        call = Call(
            number=self._line(),
            key=request.headers["Idempotency-Key"],
            execution=request.headers["Treadle-Execution-Id"],
            node=request.headers["Treadle-Node"],
            attempt=int(request.headers["Treadle-Attempt"]),
            compensates=request.headers.get("Treadle-Compensates"),
        )
        self.overtaken += [call.key for one in self._open.values() if one.key == call.compensates]
        self._calls.append(call)
        self._open[call.number] = call
        async with self._changed:
            self._arrived[service, call.node].append(_callback_url(text))
            self._changed.notify_all()
        return call

    async def _close(self, call: Call) -> None:
        self._line()
        del self._open[call.number]
        async with self._changed:
            self._changed.notify_all()

    def _line(self) -> int:
        self._lines += 1
        return self._lines


def _callback_url(text: str) -> str | None:
    body = json.loads(text) if text else None
    return body.get("callback") if isinstance(body, dict) else None
