"""Executions in lists: those that match, how many, and how they failed."""

from collections.abc import Mapping

import msgspec

from treadle.model.execution import ExecutionStatus, FailureKind
from treadle.model.ids import ExecutionId, NodeId
from treadle.model.instants import format_instant
from treadle.model.views import Cursor, ExecutionFilter, FailureGroup
from treadle.service.cursors import decode_cursor, encode_cursor
from treadle.service.parts import ServiceParts
from treadle.service.views import SummaryView, summary_view


class SummaryPage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the cursor of what follows, None at the end; a page that is not full may be followed."""

    items: tuple[SummaryView, ...]
    next: str | None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many executions match; a status without any is left out of `by_status`.

    Of the statuses in `at_least` there may be more than were counted.
    """

    by_status: Mapping[ExecutionStatus, int]
    total: int
    at_least: tuple[ExecutionStatus, ...]


class FailureView(msgspec.Struct, frozen=True, kw_only=True):
    """Executions of one definition that failed, or are stuck, at the same node in the same way.

    `sample_id` is the one that changed last, at `last_at`.
    """

    definition: str
    node: NodeId | None
    kind: FailureKind | None
    code: str | None
    count: int
    sample_id: ExecutionId
    last_at: str


class FailurePage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the cursor of what follows, None at the end.

    `truncated`: there are very many, and only the newest were put in groups.
    """

    items: tuple[FailureView, ...]
    next: str | None
    truncated: bool


class Lists:
    """Reads what is durable, from the store."""

    def __init__(self, parts: ServiceParts) -> None:
        self._views = parts.views

    async def page(self, where: ExecutionFilter, cursor: str | None, limit: int) -> SummaryPage:
        """Newest first.

        Raises:
            Rejected: `invalid_parameter`, the cursor.
        """
        page = await self._views.page(where, _after(cursor), limit)
        following = None if page.next is None else encode_cursor(page.next)
        return SummaryPage(items=tuple(map(summary_view, page.items)), next=following)

    async def counts(self, where: ExecutionFilter) -> Counts:
        """How many match."""
        found = await self._views.bounded_counts(where)
        total = sum(found.by_status.values())
        return Counts(by_status=found.by_status, total=total, at_least=tuple(sorted(found.at_least)))

    async def failures(self, where: ExecutionFilter, cursor: str | None, limit: int) -> FailurePage:
        """Those that failed or are stuck, in groups: the one that changed last first.

        Raises:
            Rejected: `invalid_parameter`, the cursor.
        """
        found = await self._views.failures(where, _after(cursor), limit + 1)
        following = None
        if len(found.groups) > limit:
            last = found.groups[limit - 1]
            following = encode_cursor(Cursor(created_at=last.last_at, id=last.sample_id))
        items = tuple(map(_failure_view, found.groups[:limit]))
        return FailurePage(items=items, next=following, truncated=found.is_truncated)


def _after(cursor: str | None) -> Cursor | None:
    return None if cursor is None else decode_cursor(cursor)


def _failure_view(group: FailureGroup) -> FailureView:
    return FailureView(
        definition=group.definition,
        node=group.node,
        kind=group.kind,
        code=group.code,
        count=group.count,
        sample_id=group.sample_id,
        last_at=format_instant(group.last_at),
    )
