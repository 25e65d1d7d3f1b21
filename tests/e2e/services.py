"""Stub services as a process of their own: they hold calls, answer by key, and keep a ledger.

Run as `python -m tests.e2e.services --ledger FILE --seed N`; it prints `services on http://127.0.0.1:PORT`.
There is no clock in it: a call is held until a seeded number of further calls has come.
"""

import argparse
import asyncio
import hashlib
import os
import signal
from collections import defaultdict
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
from aiohttp import web

from tests.e2e.ledger import Line, Phase
from tests.e2e.saga import SIGNALLED_AT

HELD_MIN: Final = 50
HELD_MAX: Final = 90
"""Each call is held until so many further calls have come: so many are in flight, once that many came."""
REFUSED_SHARE: Final = 0.12
"""Of the forward keys, so many are refused for good (409)."""
FAULT_SHARE: Final = 0.12
"""Of the attempts, so many meet a fault (500) that the next attempt may not meet."""
UNAVAILABLE: Final = 503
FAULTY_ATTEMPTS_MAX: Final = 2
"""Undo calls and hooks meet no fault after so many attempts: they must end well."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """Where the answer is awaited, if it is not the answer of the call."""

    callback: str | None = None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What the headers of a call say."""

    key: str
    execution: str
    node: str
    attempt: int
    compensates: str | None

    @property
    def is_forward(self) -> bool:
        return self.compensates is None and not self.node.startswith("$")


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """Kill process `pid` at the call that is `after` from now, or the first later one that makes enough.

    `in_flight_min`: so many calls have to be in flight, that one included.
    """

    pid: int
    after: int
    in_flight_min: int


class Services:
    """All services of the saga; what a key was answered for good, it is answered for ever."""

    def __init__(self, ledger: Path, seed: str) -> None:
        self._ledger = ledger.open("ab")
        self._encoder = msgspec.json.Encoder()
        self._seed = seed
        self._lines = 0
        self._arrivals = 0
        self._open: set[int] = set()
        self._due: defaultdict[int, list[asyncio.Event]] = defaultdict(list)
        self._is_holding = True
        self._final: dict[str, int] = {}
        self._ended: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._reached: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._callbacks: set[asyncio.Task[None]] = set()
        self._kill: Kill | None = None
        self._killed: asyncio.Future[None] | None = None

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/calls/{service}", self._work)
        app.router.add_post("/control/kill", self._arm_kill)
        app.router.add_post("/control/release", self._release)
        app.router.add_get("/control/ended/{execution}", self._until_ended)
        app.router.add_get("/control/reached/{execution}", self._until_reached)
        return app

    async def _work(self, request: web.Request) -> web.Response:
        work = Work(
            key=request.headers["Idempotency-Key"],
            execution=request.headers["Treadle-Execution-Id"],
            node=request.headers["Treadle-Node"],
            attempt=int(request.headers["Treadle-Attempt"]),
            compensates=request.headers.get("Treadle-Compensates"),
        )
        callback_url = msgspec.json.decode(await request.read(), type=Body).callback
        call, turn = self._receive(work)
        try:
            await turn.wait()
        except asyncio.CancelledError:
            self._close(call, Phase.BROKEN)
            raise
        status, answer = self._status_of(work), self._hash(work.key).hex()[:12]
        if callback_url is not None and status == 200:
            status = 202
        self._close(call, Phase.ANSWERED, status=status, answer=answer)
        if work.node.startswith("$") and status == 200:
            self._ended[work.execution].set()
            self._reached[work.execution].set()
        if callback_url is not None and status == 202:
            callback = asyncio.get_running_loop().create_task(self._call_back(call, callback_url, answer))
            self._callbacks.add(callback)
            callback.add_done_callback(self._callbacks.discard)
        return web.json_response({"id": answer}, status=status)

    async def _call_back(self, call: int, url: str, answer: str) -> None:
        """Post the answer, again with each further call that comes, until it is taken or refused."""
        self._write(Phase.CALLING_BACK, call=call)
        while True:
            try:
                async with aiohttp.ClientSession() as session, session.post(url, json={"id": answer}) as told:
                    if told.status != UNAVAILABLE:
                        self._write(Phase.CALLED_BACK, call=call, status=told.status)
                        return
            except aiohttp.ClientError:
                pass
            await self._turn_after(1).wait()

    def _receive(self, work: Work) -> tuple[int, asyncio.Event]:
        """Write the call down, let those go that waited for it, and kill if this is the instant."""
        call = self._write(
            Phase.RECEIVED,
            key=work.key,
            execution=work.execution,
            node=work.node,
            attempt=work.attempt,
            compensates=work.compensates,
        )
        self._open.add(call)
        self._arrivals += 1
        if work.node == SIGNALLED_AT:
            self._reached[work.execution].set()
        self._kill_if_due()
        for turn in self._due.pop(self._arrivals, ()):
            turn.set()
        return call, self._turn_of(work)

    def _turn_of(self, work: Work) -> asyncio.Event:
        spread = HELD_MAX - HELD_MIN + 1
        return self._turn_after(HELD_MIN + self._hash(f"{work.key}/{work.attempt}/held")[0] % spread)

    def _turn_after(self, calls: int) -> asyncio.Event:
        """Set when so many further calls have come, or when nothing is held any more."""
        turn = asyncio.Event()
        if self._is_holding:
            self._due[self._arrivals + calls].append(turn)
        else:
            turn.set()
        return turn

    def _status_of(self, work: Work) -> int:
        """What this attempt is answered."""
        if work.key in self._final:
            return self._final[work.key]
        may_fault = work.is_forward or work.attempt <= FAULTY_ATTEMPTS_MAX
        if may_fault and self._unit(f"{work.key}/{work.attempt}/fault") < FAULT_SHARE:
            return 500
        is_refused = work.is_forward and self._unit(f"{work.key}/final") < REFUSED_SHARE
        self._final[work.key] = 409 if is_refused else 200
        return self._final[work.key]

    def _hash(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._seed}/{text}".encode()).digest()

    def _unit(self, text: str) -> float:
        return int.from_bytes(self._hash(text)[:8], "big") / 2**64

    def _close(self, call: int, phase: Phase, **fields: str | int | None) -> None:
        self._open.discard(call)
        self._write(phase, call=call, **fields)

    def _write(self, phase: Phase, **fields: str | int | None) -> int:
        self._lines += 1
        line = msgspec.convert({"number": self._lines, "phase": phase, **fields}, Line)
        self._ledger.write(self._encoder.encode(line) + b"\n")
        self._ledger.flush()
        return self._lines

    def _kill_if_due(self) -> None:
        kill = self._kill
        if kill is None or self._killed is None:
            return
        if self._arrivals < kill.after or len(self._open) < kill.in_flight_min:
            return
        os.kill(kill.pid, signal.SIGKILL)
        self._write(Phase.KILLED)
        self._kill = None
        self._killed.set_result(None)

    async def _arm_kill(self, request: web.Request) -> web.Response:
        """Answer once the process is killed."""
        kill = msgspec.json.decode(await request.read(), type=Kill)
        self._kill = msgspec.structs.replace(kill, after=self._arrivals + kill.after)
        self._killed = asyncio.get_running_loop().create_future()
        await self._killed
        return web.json_response({})

    async def _release(self, _request: web.Request) -> web.Response:
        """Let every call go, those to come too."""
        self._is_holding = False
        for turns in self._due.values():
            for turn in turns:
                turn.set()
        self._due.clear()
        return web.json_response({})

    async def _until_ended(self, request: web.Request) -> web.Response:
        """Answer once the hook of that execution is answered with success."""
        await self._ended[request.match_info["execution"]].wait()
        return web.json_response({})

    async def _until_reached(self, request: web.Request) -> web.Response:
        """Answer once that execution has come to where it needs a signal, or has ended before."""
        await self._reached[request.match_info["execution"]].wait()
        return web.json_response({})


async def serve(ledger: Path, seed: str) -> None:
    """Serve until the process is ended."""
    # A held call is broken as soon as its caller is gone.
    runner = web.AppRunner(Services(ledger, seed).application(), handler_cancellation=True, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    port = runner.addresses[0][1]
    print(f"services on http://127.0.0.1:{port}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--seed", required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.ledger, options.seed))


if __name__ == "__main__":
    main()
