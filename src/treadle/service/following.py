"""A history as it grows: what there is, then what comes."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Final

from treadle.model.errors import Unavailable
from treadle.model.events import ExecutionCancelled, ExecutionCompleted, ExecutionFailed, ExecutionTerminated
from treadle.model.ids import ExecutionId, Namespace
from treadle.service.executions import Executions
from treadle.service.history import HistoryItem
from treadle.service.parts import ServiceParts

FOLLOWERS_MAX: Final = 1_000
"""Histories that are followed at once."""
PAGE_ITEMS: Final = 100
"""Events that are read at a time: what a follower who reads slowly holds at most."""
QUIET_S_MAX: Final = 15
"""After so long without an event the follower is told that it is still there."""
ENDS: Final = frozenset(
    end.__name__ for end in (ExecutionCompleted, ExecutionFailed, ExecutionCancelled, ExecutionTerminated)
)
"""The types of events that end a run."""


class Place:
    """One of the places of those who follow."""

    def __init__(self, following: "Following") -> None:
        self._following: Following | None = following

    def leave(self) -> None:
        """Give it back; idempotent."""
        if self._following is not None:
            self._following.places -= 1
            self._following = None


class Following:
    """Follows histories until their run ends, or until `close`."""

    def __init__(self, parts: ServiceParts, executions: Executions) -> None:
        self._executions = executions
        self._followers = parts.engine.followers
        self._closing = asyncio.Event()
        self.places = 0

    @property
    def is_closing(self) -> bool:
        """Whether those who follow are sent away: the process stops."""
        return self._closing.is_set()

    def admit(self) -> "Place":
        """A place among those who follow, to be left once.

        Raises:
            Unavailable: `overloaded`.
        """
        if self.places >= FOLLOWERS_MAX:
            raise Unavailable("overloaded", f"{FOLLOWERS_MAX:,} histories are followed already")
        self.places += 1
        return Place(self)

    async def is_over(self, namespace: Namespace, execution_id: ExecutionId, after_seq: int) -> bool:
        """Whether the execution has ended and has nothing after that event.

        Raises:
            Rejected: `execution_not_found`.
            Unavailable: `store_unavailable`.
        """
        execution = await self._executions.get(namespace, execution_id)
        return execution.ended is not None and execution.version <= after_seq

    async def pages(
        self, namespace: Namespace, execution_id: ExecutionId, after_seq: int
    ) -> AsyncGenerator[tuple[HistoryItem, ...], None]:
        """The events after `after_seq`, oldest first, as they become durable, to the one that ends a run.

        An empty page says that there was none for QUIET_S_MAX. It ends early when the process stops.

        Raises:
            Rejected: `execution_not_found`.
            Unavailable: `store_unavailable`.
        """
        with self._flag(execution_id) as progress:
            while not self.is_closing:
                progress.clear()
                found = await self._executions.history(namespace, execution_id, after_seq, PAGE_ITEMS)
                if not found.items:
                    # An event is read here a moment before the live state shows that the execution has ended.
                    if await self.is_over(namespace, execution_id, after_seq):
                        return
                    if not await self._more(progress):
                        yield ()
                    continue
                shown = _to_the_end(found.items)
                yield shown
                if shown[-1].type in ENDS:
                    return
                after_seq = shown[-1].seq

    def close(self) -> None:
        """Let everybody go: the process stops."""
        self._closing.set()

    @contextmanager
    def _flag(self, execution_id: ExecutionId) -> Iterator[asyncio.Event]:
        flag = self._followers.add(execution_id)
        try:
            yield flag
        finally:
            self._followers.remove(execution_id, flag)

    async def _more(self, progress: asyncio.Event) -> bool:
        """Wait for more, or for the stop; False when it was quiet for so long that it should be said."""
        waits = {asyncio.create_task(one.wait()) for one in (progress, self._closing)}
        try:
            done, _ = await asyncio.wait(waits, timeout=QUIET_S_MAX, return_when=asyncio.FIRST_COMPLETED)
            return bool(done)
        finally:
            for wait in waits:
                wait.cancel()


def _to_the_end(items: tuple[HistoryItem, ...]) -> tuple[HistoryItem, ...]:
    """The items as far as the first that ends a run."""
    for index, item in enumerate(items):
        if item.type in ENDS:
            return items[: index + 1]
    return items
