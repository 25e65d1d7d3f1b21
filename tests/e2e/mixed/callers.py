"""Callers that run errands without a pause: what each does is drawn from a seed."""

import asyncio
from collections.abc import Mapping
from itertools import count
from random import Random
from typing import Any, Final

from tests.e2e.mixed.documents import ERRAND, GO, NOTE, errand
from tests.e2e.mixed.followers import Followers
from tests.e2e.mixed.notes import Acted, Defined, Kind, Notes, Sent, Started
from tests.e2e.mixed.wire import Answer, Wire

CALLERS: Final = 40
DEFINING_SHARE: Final = 0.15
KEYED_SHARE: Final = 0.5
FOLLOWED_SHARE: Final = 0.5
PAUSED_SHARE: Final = 0.4
CANCELLED_SHARE: Final = 0.25
REPEATED_SHARE: Final = 0.3
MOVED_ON: Final = frozenset({"invalid_transition", "execution_ended"})
"""What one is told whose earlier request was carried out, or whose execution has been cancelled."""


class Callers:
    """A request that is not safe to repeat is sent once; what a kill leaves unanswered is not known."""

    def __init__(self, wire: Wire, followers: Followers, notes: Notes, services: str, seed: str) -> None:
        self._wire = wire
        self._followers = followers
        self._notes = notes
        self._services = services
        self._seed = seed
        self._numbers = count(1)
        self.tasks: list[asyncio.Task[None]] = []
        """None of them ends by itself, unless it fails."""

    def begin(self) -> None:
        """Let the callers go to work."""
        loop = asyncio.get_running_loop()
        self.tasks = [loop.create_task(self._work(), name=f"caller {n}") for n in range(CALLERS)]

    async def end(self) -> None:
        """Let each caller stop where it is.

        Raises:
            Exception: what a caller had failed with.
        """
        for task in self.tasks:
            task.cancel()
        for end in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(end, Exception):
                raise end

    async def _work(self) -> None:
        while True:
            await self._errand(next(self._numbers))

    async def _errand(self, number: int) -> None:
        draw = Random(f"{self._seed}/{number}")
        order = f"{ERRAND}-{number}"
        if draw.random() < DEFINING_SHARE:
            await self.define(order)
        key = order if draw.random() < KEYED_SHARE else None
        execution = await self._start(order, key)
        if execution is None:
            return
        if draw.random() < FOLLOWED_SHARE:
            self._followers.follow(execution)
        await self._signal(execution, NOTE, key)
        if draw.random() < PAUSED_SHARE:
            await self._act(execution, Kind.PAUSE)
            await self._act(execution, Kind.RESUME)
        if draw.random() < CANCELLED_SHARE:
            await self._act(execution, Kind.CANCEL)
        if draw.random() < REPEATED_SHARE and key is not None:
            await self._start(order, key)
            await self._signal(execution, NOTE, key)
        await self._signal(execution, GO, key)

    async def define(self, version: str) -> None:
        """Keep a version of the definition."""
        document = errand(self._services, version)
        answer = await self._wire.until_answered(Kind.DEFINITION, "POST", "/v1/definitions", document)
        if self._is_good(answer, f"the definition {version}"):
            self._notes.defined.append(Defined(version=version, digest=answer.body["digest"]))

    async def _start(self, order: str, key: str | None) -> str | None:
        given = {"order": order}
        body = {"definition": f"{ERRAND}@1", "business_key": order, "input": given}
        self._notes.asked.add(order)
        answer = await self._ask(Kind.START, Kind.KEYED_START, "/v1/executions", body, key)
        if answer is None or not self._is_good(answer, f"the start {order}"):
            return None
        execution: str = answer.body["id"]
        self._notes.started.append(Started(order=order, execution=execution, input=given, key=key))
        return execution

    async def _signal(self, execution: str, name: str, key: str | None) -> None:
        payload = f"{name} {execution}"
        path = f"/v1/executions/{execution}/signals/{name}"
        named = None if key is None else f"{key}-{name}"
        answer = await self._ask(Kind.SIGNAL, Kind.KEYED_SIGNAL, path, payload, named)
        if answer is not None and self._is_good(answer, f"the signal {payload}"):
            self._notes.sent.append(Sent(execution=execution, payload=payload, key=named))

    async def _act(self, execution: str, kind: Kind) -> None:
        reason = f"{kind} of {execution}"
        path = f"/v1/executions/{execution}/{kind}"
        answer = await self._wire.until_answered(kind, "POST", path, {"reason": reason})
        if self._is_good(answer, reason):
            self._notes.acted.append(Acted(execution=execution, kind=kind, reason=reason))

    async def _ask(self, once: Kind, keyed: Kind, path: str, body: Any, key: str | None) -> Answer | None:
        if key is None:
            return await self._wire.once(once, "POST", path, body)
        headers: Mapping[str, str] = {"Idempotency-Key": key}
        return await self._wire.until_answered(keyed, "POST", path, body, headers)

    def _is_good(self, answer: Answer, asked: str) -> bool:
        if not answer.is_good and answer.code not in MOVED_ON:
            self._notes.refused.append(f"{asked}: {answer}")
        return answer.is_good
