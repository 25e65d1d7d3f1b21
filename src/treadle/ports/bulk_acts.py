"""Bulk acts as they are kept, so that one goes on where an earlier process stopped."""

from collections.abc import Sequence
from typing import Protocol

from treadle.model.bulk_acts import BulkAct
from treadle.model.ids import BulkId, Instant, Namespace


class BulkActs(Protocol):
    """Every method raises Unavailable when the store cannot be reached.

    What a method has returned from is durable. One engine carries out a bulk act; nobody else saves it.
    """

    async def add(self, act: BulkAct, running_max: int) -> bool:
        """Keep a new one; False, and nothing is kept, if so many of its namespace run already."""
        ...

    async def save(self, act: BulkAct) -> None:
        """Keep how far one that runs has come, whole or not at all; whether it is stopping stays as it is."""
        ...

    async def stop(self, namespace: Namespace, bulk_id: BulkId) -> None:
        """Let one that runs be stopping; one that has ended, or is not there, stays as it is."""
        ...

    async def find(self, namespace: Namespace, bulk_id: BulkId) -> BulkAct | None:
        """That one, running or ended; None if there is none in this namespace."""
        ...

    async def newest(self, namespace: Namespace, before: BulkId | None, limit: int) -> Sequence[BulkAct]:
        """Those of the namespace, running or ended, by id descending from the one below `before`."""
        ...

    async def next_running(self, after: BulkId | None) -> BulkAct | None:
        """Of those that run, of all namespaces, the one with the lowest id above `after`."""
        ...

    async def forget_ended(self, before: Instant, limit: int) -> int:
        """Forget up to `limit` that ended before that instant, the oldest first; how many there were."""
        ...
