"""Randomness as an argument."""

from typing import Protocol

from treadle.model.ids import BulkId, EngineId, ExecutionId


class Randomness(Protocol):
    def execution_id(self) -> ExecutionId:
        """A new id, ordered by time (UUIDv7)."""
        ...

    def engine_id(self) -> EngineId:
        """A new id for a process start."""
        ...

    def bulk_id(self) -> BulkId:
        """A new id for a bulk act, ordered by time (UUIDv7)."""
        ...

    def traceparent(self) -> str:
        """A new W3C trace context, sampled."""
        ...
