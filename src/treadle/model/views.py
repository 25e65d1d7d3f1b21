"""Rows that lists are made of."""

import msgspec

from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure
from treadle.model.ids import Digest, ExecutionId, Instant, Namespace


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One execution in a list."""

    id: ExecutionId
    namespace: Namespace
    definition: DefinitionRef
    business_key: str | None
    status: ExecutionStatus
    reason: str | None
    run: int
    priority: int
    labels: dict[str, str]
    failure: Failure | None
    created_at: Instant
    started_at: Instant | None
    updated_at: Instant
    ended_at: Instant | None
    version: int


class StoredDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A definition as kept: `document` is its JSON. Inline ones are found by digest only."""

    namespace: Namespace
    name: str
    version: str
    digest: Digest
    document: bytes
    created_at: Instant
    deleted_at: Instant | None = None
    is_inline: bool = False


class StoredKey(msgspec.Struct, frozen=True, kw_only=True):
    """A secret of 32 bytes that signs callback tokens; `id` stands in the token."""

    id: str
    secret: bytes
    created_at: Instant


class ExecutionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Every field that is given must match; `statuses` empty means any."""

    namespace: Namespace
    statuses: tuple[ExecutionStatus, ...] = ()
    definition: str | None = None
    version: str | None = None
    business_key: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    started_after: Instant | None = None
    started_before: Instant | None = None


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a list ordered by (created_at, id) descending: what follows it comes next."""

    created_at: Instant
    id: str
