"""The services of the errands: they answer at once, and call back until they are answered."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

from tests.e2e.mixed.documents import CALLBACK_FIELD
from tests.e2e.mixed.notes import CalledBack, Kind, Notes
from tests.e2e.mixed.wire import Wire

TAKEN_BEFORE = frozenset({"callback_already_used", "not_waiting"})
"""What a callback is told that came before, or whose visit another one has ended."""


class Services:
    """In the loop of the callers, so that what they were answered is noted with the rest."""

    def __init__(self, wire: Wire, notes: Notes) -> None:
        self._wire = wire
        self._notes = notes
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0)
        self._callbacks: set[asyncio.Task[None]] = set()
        self.url = ""

    async def start(self) -> None:
        """Serve at a free port."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def settled(self) -> None:
        """Return when nobody is to be called back any more."""
        while self._callbacks:
            await asyncio.gather(*self._callbacks)

    async def stop(self) -> None:
        """Serve no longer, and call nobody back."""
        for callback in self._callbacks:
            callback.cancel()
        await self._runner.cleanup()

    def _application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/calls/{service}", self._work)
        return app

    async def _work(self, request: web.Request) -> web.Response:
        self._wire.moment()
        called: dict[str, Any] = msgspec.json.decode(await request.read())
        url = called.get(CALLBACK_FIELD)
        if url is None:
            return web.json_response({"did": request.match_info["service"]})
        execution, attempt = request.headers["Treadle-Execution-Id"], request.headers["Treadle-Attempt"]
        callback = asyncio.get_running_loop().create_task(self._call_back(execution, attempt, url))
        self._callbacks.add(callback)
        callback.add_done_callback(self._callbacks.discard)
        return web.json_response({}, status=202)

    async def _call_back(self, execution: str, attempt: str, url: str) -> None:
        body = f"{execution} answered at attempt {attempt}"
        answer = await self._wire.until_answered(Kind.CALLBACK, "POST", url, body)
        if answer.is_good:
            self._notes.called_back.append(CalledBack(execution=execution, body=body))
        elif answer.code not in TAKEN_BEFORE:
            self._notes.refused.append(f"the callback of {execution}: {answer}")
