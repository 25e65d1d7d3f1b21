"""Starts that are being written: what they begin cannot be reached before it is durable."""

import asyncio
from collections.abc import Iterable

from treadle.model.ids import ExecutionId
from treadle.runtime.driver import Driver


class StartsUnderWay:
    """By the id that they ask for, at most one each."""

    def __init__(self) -> None:
        self._drivers: dict[ExecutionId, Driver] = {}
        self._noted: set[ExecutionId] = set()
        """Those that a note became durable for meanwhile."""
        self._ended: dict[ExecutionId, asyncio.Event] = {}
        """Of those whose end somebody waits for."""

    def __len__(self) -> int:
        return len(self._drivers)

    def begin(self, driver: Driver) -> None:
        """This driver is about to write its start."""
        self._drivers[driver.id] = driver

    def end(self, driver: Driver) -> bool:
        """Its start was written, or will not be; whether a note for the execution has come meanwhile."""
        execution_id = driver.id
        if self._drivers.get(execution_id) is not driver:
            return False
        del self._drivers[execution_id]
        if execution_id in self._ended:
            self._ended.pop(execution_id).set()
        is_noted = execution_id in self._noted
        if is_noted:
            self._noted.remove(execution_id)
        return is_noted

    def note(self, ids: Iterable[ExecutionId]) -> None:
        """Notes for these executions are durable."""
        if self._drivers:
            self._noted |= self._drivers.keys() & set(ids)

    async def until_ended(self, execution_id: ExecutionId) -> None:
        """Return when the start that is under way for this id has ended; at once if there is none."""
        if execution_id in self._drivers:
            await self._end_of(execution_id).wait()

    async def until_free(self, execution_id: ExecutionId) -> bool:
        """Whether a start under this id may be written; one that is under way may show that it is taken."""
        while (driver := self._drivers.get(execution_id)) is not None:
            await self._end_of(execution_id).wait()
            if driver.is_stored:
                return False
        return True

    def _end_of(self, execution_id: ExecutionId) -> asyncio.Event:
        return self._ended.setdefault(execution_id, asyncio.Event())
