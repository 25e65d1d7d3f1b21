"""Starts that are being written: what they begin cannot be reached before it is durable."""

import asyncio
from collections.abc import Iterable

from treadle.model.ids import ExecutionId
from treadle.runtime.driver import Driver


class StartUnderWay:
    """`is_noted`: a note for the execution became durable meanwhile."""

    __slots__ = ("driver", "ended", "is_noted")

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.ended = asyncio.Event()
        self.is_noted = False


class StartsUnderWay:
    """By the id that they ask for, at most one each."""

    def __init__(self) -> None:
        self._by_id: dict[ExecutionId, StartUnderWay] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def begin(self, driver: Driver) -> None:
        """This driver is about to write its start."""
        self._by_id[driver.id] = StartUnderWay(driver)

    def end(self, driver: Driver) -> bool:
        """Its start was written, or will not be; whether a note for the execution has come meanwhile."""
        start = self._by_id.get(driver.id)
        if start is None or start.driver is not driver:
            return False
        del self._by_id[driver.id]
        start.ended.set()
        return start.is_noted

    def note(self, ids: Iterable[ExecutionId]) -> None:
        """Notes for these executions are durable."""
        for execution_id in self._by_id.keys() & set(ids) if self._by_id else ():
            self._by_id[execution_id].is_noted = True

    async def until_ended(self, execution_id: ExecutionId) -> None:
        """Return when the start that is under way for this id has ended; at once if there is none."""
        start = self._by_id.get(execution_id)
        if start is not None:
            await start.ended.wait()

    async def until_free(self, execution_id: ExecutionId) -> bool:
        """Whether a start under this id may be written; one that is under way may show that it is taken."""
        while (start := self._by_id.get(execution_id)) is not None:
            await start.ended.wait()
            if start.driver.is_stored:
                return False
        return True
