"""Durable storage, as the runtime writes it. Its contract suite is `treadle.testing.contracts.store`."""

from collections.abc import Sequence
from typing import Protocol

from treadle.model.ids import EngineId, ExecutionId, Instant
from treadle.model.views import StoredDefinition, StoredKey
from treadle.ports.commit import Claimed, Commit, CommitResult, InboxRow


class Store(Protocol):
    """One writer's view. Every method raises Unavailable when the store cannot be reached.

    What a method has returned from is durable: it survives the death of the process and of the machine.
    """

    async def commit(self, batch: Sequence[Commit]) -> Sequence[CommitResult]:
        """Write a batch in one transaction; a conflict fails its own commit only.

        The results stand in the order of the batch. An exception means that nothing of the batch was written.
        """
        ...

    async def claim_due(
        self, engine: EngineId, now: Instant, limit: int, bytes_max: int | None = None
    ) -> Sequence[Claimed]:
        """Own up to `limit` executions that nobody drives: those whose `due_at` has come, and.

        those owned by an engine that is gone; by priority (high first), then by time. Each gets a new fence.
        Those whose snapshots and tails have more than `bytes_max` bytes together are left for another
        claim; the first is claimed whatever its size.
        """
        ...

    async def claim(self, engine: EngineId, execution_id: ExecutionId) -> Claimed | None:
        """Own this execution if no live engine does, due or not.

        None if a live engine owns it, if it has ended otherwise than failed, or if there is none: one that
        failed may be retried.
        """
        ...

    async def release(
        self, engine: EngineId, execution_id: ExecutionId, fence: int, due_at: Instant | None
    ) -> bool:
        """Give up an execution as it is, to be claimed again at `due_at` (None: when somebody asks).

        One for which notes wait is due at once, one that has ended never. False, and nothing is changed, if
        `engine` does not own it under this fence.
        """
        ...

    async def inbox(self, execution_id: ExecutionId, after: int) -> Sequence[InboxRow]:
        """The notes that wait for the execution, oldest first, from the one after the id `after`."""
        ...

    async def next_due(self) -> Instant | None:
        """The earliest `due_at` of an unowned execution."""
        ...

    async def register_engine(self, engine: EngineId, now: Instant) -> None:
        """Make `engine` a live one; on a store for a single process every earlier one is gone with this."""
        ...

    async def put_definition(self, definition: StoredDefinition) -> StoredDefinition:
        """Keep a definition and return what is kept now under its name and version (or digest, if inline).

        When the version exists with the same digest it is returned, undeleted; with another digest
        that other is returned and nothing changes: the caller compares.
        """
        ...

    async def delete_definition(self, namespace: str, name: str, version: str, now: Instant) -> bool:
        """Set `deleted_at`; False when there is no such version that is not deleted."""
        ...

    async def forget_idempotency(self, now: Instant, limit: int) -> int:
        """Forget idempotency keys that have expired by `now`, the oldest first, `limit` at most; how many.

        A transaction of its own, as long as `limit` makes it.
        """
        ...

    async def callback_keys(self, fresh: StoredKey) -> Sequence[StoredKey]:
        """The keys that sign callback tokens, at most the two newest, newest first.

        If there is none, `fresh` is kept and is the only one.
        """
        ...

    async def close(self) -> None:
        """Finish what is under way and give back the files; idempotent."""
        ...
