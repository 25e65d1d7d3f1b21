"""Carries out attempts: one task each, whose end comes back as a command."""

import asyncio
from typing import Final, Protocol

import msgspec
import structlog

from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome, Unknown
from treadle.ports.invoker import Invoker
from treadle.runtime.bounds import RuntimeBounds

log = structlog.get_logger(__name__)

CALL_TIMEOUT: Final = "call_timeout"


class Caller(Protocol):
    """Who has attempts made."""

    def report(self, invocation: Invocation, outcome: Outcome) -> None:
        """An attempt has ended."""
        ...


class Call(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One attempt that is out, made at this time of the loop, in seconds. No two calls are equal."""

    invocation: Invocation
    caller: Caller
    made_at: float


class Performer:
    """Keeps the calls in flight, and the tasks of those that outlived their time limit.

    Build it inside the event loop.
    """

    def __init__(self, invoker: Invoker, bounds: RuntimeBounds) -> None:
        self._loop = asyncio.get_running_loop()
        self._invoker = invoker
        self._grace_s = bounds.attempt_grace_ms / 1_000
        self._sweep_s = bounds.attempt_sweep_ms / 1_000
        self._open: dict[Call, asyncio.Task[None]] = {}
        """The calls that are out, in the order in which they were made."""
        self._outliving: set[asyncio.Task[None]] = set()
        self._sweep: asyncio.TimerHandle | None = None

    @property
    def in_flight(self) -> int:
        """Attempts that are out."""
        return len(self._open)

    @property
    def outliving(self) -> int:
        """Tasks that go on although their attempt was given up."""
        return len(self._outliving)

    def perform(self, invocation: Invocation, caller: Caller) -> Call:
        """Make the attempt; its end is reported once to the caller, unless it is dropped before."""
        loop = self._loop
        call = Call(invocation=invocation, caller=caller, made_at=loop.time())
        self._open[call] = loop.create_task(self._attempt(call))
        if self._sweep is None:
            self._sweep = loop.call_later(self._sweep_s, self._give_up_late)
        return call

    def drop(self, call: Call) -> None:
        """Stop an attempt whose end nobody asks for any more."""
        task = self._open.pop(call, None)
        if task is not None:
            self._abandon(task)

    async def drain(self, grace_ms: int) -> None:
        """Await what is in flight, then drop the rest: unknown, and sent again under the same key."""
        if self._open:
            await asyncio.wait(tuple(self._open.values()), timeout=grace_ms / 1_000)
        for call in tuple(self._open):
            self.drop(call)
        if self._outliving:
            await asyncio.wait(tuple(self._outliving), timeout=max(0, self._grace_s))
        if self._sweep is not None:
            self._sweep.cancel()

    async def _attempt(self, call: Call) -> None:
        try:
            outcome = await self._invoker.invoke(call.invocation)
        except Exception as broken:  # an invoker's own fault: nobody knows what it did
            log.error("invoker failed", **_told(call.invocation), exc_info=broken)
            outcome = Unknown(code="invoker_failed", message=f"{type(broken).__name__}: {broken}"[:512])
        if self._open.pop(call, None) is not None:
            call.caller.report(call.invocation, outcome)

    def _abandon(self, task: asyncio.Task[None]) -> None:
        """Tell it to stop, and keep it until it has."""
        if not task.done():
            self._outliving.add(task)
            task.add_done_callback(self._outliving.discard)
            task.cancel()

    def _give_up_late(self) -> None:
        """End the attempts whose invoker did not: their outcome is unknown, their tasks are told to stop."""
        ended_before = self._loop.time() - self._grace_s
        late = [
            call for call in self._open if call.made_at + call.invocation.timeout_ms / 1_000 < ended_before
        ]
        for call in late:
            self.drop(call)
            log.warning("attempt given up", **_told(call.invocation), code=CALL_TIMEOUT)
            message = f"the call did not end within {call.invocation.timeout_ms} ms"
            call.caller.report(call.invocation, Unknown(code=CALL_TIMEOUT, message=message))
        self._sweep = self._loop.call_later(self._sweep_s, self._give_up_late) if self._open else None


def _told(invocation: Invocation) -> dict[str, str | int]:
    """What a log says of an attempt."""
    return {
        "execution": invocation.execution_id,
        "path": invocation.node,
        "attempt": invocation.attempt,
    }
