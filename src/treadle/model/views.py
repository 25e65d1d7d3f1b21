"""Rows that lists are made of."""

from collections.abc import Mapping
from typing import Final

import msgspec

from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure, FailureKind
from treadle.model.ids import Digest, ExecutionId, Instant, Namespace, NodeId


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


class FailureGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Executions of one definition that failed, or are stuck, at the same node in the same way.

    What one that is stuck has not got of a failure is None, and its reason stands as `code`. `sample_id` is
    the one that changed last, at `last_at`.
    """

    definition: str
    node: NodeId | None
    kind: FailureKind | None
    code: str | None
    count: int
    sample_id: ExecutionId
    last_at: Instant


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


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """Executions in a list, and the place after which to go on: None when there are no more.

    It may hold fewer than were asked for, even none, and go on: where few of many match, a page is what was
    found among those that one request may look at.
    """

    items: tuple[Summary, ...]
    next: Cursor | None


class BoundedCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many there are by status; of those in `at_least` there may be more than were counted."""

    by_status: Mapping[ExecutionStatus, int]
    at_least: frozenset[ExecutionStatus]


class FailurePage(msgspec.Struct, frozen=True, kw_only=True):
    """`is_truncated`: there may be more failures than were put in groups, which are the newest ones."""

    groups: tuple[FailureGroup, ...]
    is_truncated: bool


FAILING: Final = (ExecutionStatus.FAILED, ExecutionStatus.STUCK)
"""The statuses of an execution that has something wrong with it."""


def failing(where: ExecutionFilter) -> ExecutionFilter | None:
    """The filter for those of its executions that have failed or are stuck; None if there can be none."""
    wanted = tuple(status for status in FAILING if not where.statuses or status in where.statuses)
    return msgspec.structs.replace(where, statuses=wanted) if wanted else None
