"""What an engine does as long as it runs, and the roles that it holds by doing it."""

import asyncio
from collections.abc import Coroutine
from typing import Final

import msgspec

from treadle.model.ids import EngineId, Instant
from treadle.ports.clock import Clock

ROLE_PREFIX: Final = "treadle-"


class HeldRole(msgspec.Struct, frozen=True, kw_only=True):
    """A duty that one engine of a store has at a time: which one, and since when."""

    name: str
    holder: EngineId
    since: Instant


class Duties:
    """The tasks of an engine by their names, in the order in which they were begun.

    `since` is when the engine was built.
    """

    def __init__(self, engine: EngineId, clock: Clock) -> None:
        self.engine = engine
        self.since = clock.now()
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._roles: list[tuple[HeldRole, asyncio.Task[None]]] = []

    def begin(self, name: str, work: Coroutine[None, None, None], *, role: str | None = None) -> None:
        """Carry out `work` until it is stopped; `role` is what it is among all engines of the store."""
        self._tasks[name] = asyncio.get_running_loop().create_task(work, name=name)
        if role is not None:
            self.hold(role, self._tasks[name])

    def hold(self, role: str, task: asyncio.Task[None]) -> None:
        """Have the role as long as the task runs, whoever stops it."""
        held = HeldRole(name=f"{ROLE_PREFIX}{role}", holder=self.engine, since=self._clock.now())
        self._roles.append((held, task))

    async def stop(self, *names: str) -> None:
        """Tell these to end, and await that."""
        stopped = [self._tasks[name] for name in names if name in self._tasks]
        for task in stopped:
            task.cancel()
        await asyncio.gather(*stopped, return_exceptions=True)

    def faults(self) -> list[str]:
        """What is wrong with them, in words."""
        if not self._tasks:
            return ["the engine has not started"]
        return [f"the {name} has stopped" for name, task in self._tasks.items() if task.done()]

    def roles(self) -> tuple[HeldRole, ...]:
        """Those that are held: of duties that are carried out now."""
        return tuple(role for role, task in self._roles if not task.done())
