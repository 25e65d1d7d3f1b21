"""The one place that draws random values."""

import secrets

from uuid_utils import uuid7

from treadle.model.ids import BulkId, EngineId, ExecutionId


class SystemRandomness:
    """Ids ordered by time (UUIDv7) and trace contexts."""

    def execution_id(self) -> ExecutionId:
        """A new id for an execution."""
        return ExecutionId(str(uuid7()))

    def engine_id(self) -> EngineId:
        """A new id for a process start."""
        return EngineId(str(uuid7()))

    def bulk_id(self) -> BulkId:
        """A new id for a bulk act."""
        return BulkId(str(uuid7()))

    def traceparent(self) -> str:
        """A new W3C trace context, sampled."""
        return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
