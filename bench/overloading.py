"""Callers who start far more than a server takes, and answer what waits meanwhile."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from typing import Final

import aiohttp
import msgspec

from treadle.model.json import Json

QUICK: Final[Json] = {
    "name": "quick",
    "version": "1",
    "steps": [
        {"id": "seen", "kind": "set", "vars": {"order": "{{ input.order }}"}},
        {"id": "nap", "kind": "sleep", "for": "20ms"},
    ],
    "output": "{{ vars.order }}",
}
ASKING: Final[Json] = {
    "name": "asking",
    "version": "1",
    "steps": [{"id": "approval", "kind": "wait", "signal": "approved", "timeout": "1h"}],
}
RESIDENT: Final = re.compile(r"^treadle_process_resident_memory_bytes (\S+)$", re.MULTILINE)
ENDED: Final = ("completed", "failed", "cancelled", "terminated")


class Overload:
    """`accepted` are the ids of those that were answered 202; `refused` counts the codes of the others.

    Every second execution waits for a signal, which is sent when its start is accepted: `answered` counts
    those that were taken, `unanswered` the codes of those that were not.
    """

    def __init__(self, session: aiohttp.ClientSession, *, callers: int, answers_at_once: int) -> None:
        self._session = session
        self._callers = callers
        self._answering = asyncio.Semaphore(answers_at_once)
        self.asked = 0
        self.accepted: list[str] = []
        self.refused: Counter[str] = Counter()
        self.answered = 0
        self.unanswered: Counter[str] = Counter()

    async def prepare(self) -> None:
        """Have the definitions kept."""
        for document in (QUICK, ASKING):
            async with self._session.post("/v1/definitions", json=document) as answer:
                answer.raise_for_status()

    async def run(self, is_enough: Callable[[int], bool]) -> None:
        """Start one after another in every caller until so many starts, of all of them, are enough."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._callers):
                group.create_task(self._call(is_enough))

    async def ended(self) -> dict[str, int]:
        """How many there are by status, once all of them have ended; what does not is awaited for ever."""
        while True:
            async with self._session.get("/v1/executions/counts") as answer:
                counts = await answer.json()
            if sum(counts["by_status"].get(status, 0) for status in ENDED) == counts["total"]:
                return dict(counts["by_status"])

    async def resident_bytes(self) -> int:
        """The memory that the server holds."""
        async with self._session.get("/metrics") as answer:
            found = RESIDENT.search(await answer.text())
        if found is None:
            raise RuntimeError("the server does not say how much memory it holds")
        return int(float(found[1]))

    async def _call(self, is_enough: Callable[[int], bool]) -> None:
        while not is_enough(self.asked):
            self.asked += 1
            name = "asking" if self.asked % 2 else "quick"
            execution = await self._start(name, self.asked)
            if execution is not None and name == "asking":
                await self._answer(execution)

    async def _start(self, name: str, number: int) -> str | None:
        body = {"definition": name, "input": {"order": f"order-{number}"}}
        async with self._session.post("/v1/executions", json=body) as answer:
            told = msgspec.json.decode(await answer.read())
            if answer.status == 202:
                self.accepted.append(told["id"])
                return str(told["id"])
            self.refused[told["code"]] += 1
            if not (told["retryable"] and int(answer.headers["Retry-After"]) > 0):
                raise RuntimeError(f"who is refused is not told to come again: {told}")
            return None

    async def _answer(self, execution: str) -> None:
        async with (
            self._answering,
            self._session.post(f"/v1/executions/{execution}/signals/approved", json={}) as answer,
        ):
            if answer.status == 202:
                self.answered += 1
            else:
                self.unanswered[(await answer.json(content_type=None))["code"]] += 1
