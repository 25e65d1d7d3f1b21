"""One act on many executions: asked for, carried out, and how far it has come."""

from collections.abc import Mapping
from typing import cast

import msgspec

from treadle.model.bulk_acts import BulkAct, BulkAction, BulkRefusals, BulkStatus
from treadle.model.errors import Rejected, Unavailable
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import BulkId, Instant, Namespace
from treadle.model.instants import format_instant
from treadle.model.views import Cursor, ExecutionFilter
from treadle.runtime.bulk_acting import BulkCommand
from treadle.runtime.bulk_acts import RUNNING_MAX
from treadle.service.acts import EXECUTION_ACTS
from treadle.service.bulk_orders import BulkFilter, BulkOrder, check_meant, read_filter
from treadle.service.caller import Caller
from treadle.service.cursors import decode_cursor, encode_cursor
from treadle.service.parts import ServiceParts

FULL_RETRY_AFTER_S = 10
"""When to ask again where too many bulk acts run."""


class BulkPreview(msgspec.Struct, frozen=True, kw_only=True):
    """How many executions match now; a status without any is left out of `by_status`.

    Of the statuses in `at_least` there may be more than were counted.
    """

    count: int
    by_status: Mapping[ExecutionStatus, int]
    at_least: tuple[ExecutionStatus, ...]


class BulkView(msgspec.Struct, frozen=True, kw_only=True):
    """`done` executions did what they were told, `refused` did not: `refusals` says why, and which were last.

    `total` is how many matched when it was asked for, of very many at least so many; once it is done, how
    many were acted on.
    """

    bulk_id: BulkId
    status: BulkStatus
    action: BulkAction
    filter: BulkFilter
    reason: str | None
    actor: str
    total: int
    done: int
    refused: int
    refusals: tuple[BulkRefusals, ...]
    created_at: str
    ended_at: str | None


class BulkPage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the cursor of what follows, None at the end."""

    items: tuple[BulkView, ...]
    next: str | None


class Bulk:
    """What returns is durable."""

    def __init__(self, parts: ServiceParts) -> None:
        self._runner = parts.bulk
        self._views = parts.views
        self._clock = parts.clock
        self._randomness = parts.randomness

    async def preview(self, caller: Caller, order: BulkOrder) -> BulkPreview:
        """How many executions it would be done to; nothing is done.

        Raises:
            Rejected: `malformed_request`.
        """
        found = await self._views.bounded_counts(read_filter(order.filter, caller.namespace))
        count, at_least = sum(found.by_status.values()), tuple(sorted(found.at_least))
        return BulkPreview(count=count, by_status=found.by_status, at_least=at_least)

    async def begin(self, caller: Caller, order: BulkOrder) -> BulkView:
        """Have it done to every execution that matches now.

        Those are found a page at a time, from the newest that is there now to the oldest; each has to match
        when its page is read.

        Raises:
            Rejected: `malformed_request` or `empty_filter`.
            Unavailable: `bulk_acts_full`, so many run already; nothing was accepted.
        """
        where = read_filter(order.filter, caller.namespace)
        check_meant(order)
        now = self._clock.now()
        act = BulkAct(
            id=self._randomness.bulk_id(),
            where=where,
            action=order.action,
            reason=order.reason,
            actor=caller.actor,
            created_at=now,
            total=sum((await self._views.bounded_counts(where)).by_status.values()),
            after=Cursor(created_at=Instant(now + 1), id=""),
        )
        if not await self._runner.begin(act):
            message = f"{RUNNING_MAX} bulk acts of {caller.namespace} run already: wait until one is done"
            raise Unavailable("bulk_acts_full", message, FULL_RETRY_AFTER_S)
        return bulk_view(act)

    async def get(self, namespace: Namespace, bulk_id: BulkId) -> BulkView:
        """How far it has come.

        Raises:
            Rejected: `bulk_act_not_found`, there is none, or it ended long ago.
        """
        return _found(await self._runner.find(namespace, bulk_id), bulk_id)

    async def stop(self, namespace: Namespace, bulk_id: BulkId) -> BulkView:
        """Have it act on no more executions; what it was told to do to others stays done.

        One that has ended stays as it is.

        Raises:
            Rejected: `bulk_act_not_found`.
        """
        return _found(await self._runner.stop_act(namespace, bulk_id), bulk_id)

    async def page(self, namespace: Namespace, cursor: str | None, limit: int) -> BulkPage:
        """Those of the namespace, newest first.

        Raises:
            Rejected: `invalid_parameter`, the cursor.
        """
        before = None if cursor is None else BulkId(decode_cursor(cursor).id)
        found = await self._runner.newest(namespace, before, limit + 1)
        shown = found[:limit]
        following = None
        if len(found) > limit:
            following = encode_cursor(Cursor(created_at=shown[-1].created_at, id=shown[-1].id))
        return BulkPage(items=tuple(map(bulk_view, shown)), next=following)


def bulk_command(act: BulkAct) -> BulkCommand:
    """What a bulk act asks of each execution: the same as the act on one of them by its actor."""
    known = EXECUTION_ACTS[act.action.value]
    order = msgspec.convert({"reason": act.reason}, known.order)
    return cast(BulkCommand, known.command(order, act.actor))


def bulk_view(act: BulkAct) -> BulkView:
    """As it is shown."""
    return BulkView(
        bulk_id=act.id,
        status=act.status,
        action=act.action,
        filter=_written(act.where),
        reason=act.reason,
        actor=act.actor,
        total=act.total,
        done=act.done,
        refused=act.refused,
        refusals=act.refusals,
        created_at=format_instant(act.created_at),
        ended_at=None if act.ended_at is None else format_instant(act.ended_at),
    )


def _found(act: BulkAct | None, bulk_id: BulkId) -> BulkView:
    if act is None:
        raise Rejected("bulk_act_not_found", f"there is no bulk act {bulk_id}")
    return bulk_view(act)


def _written(where: ExecutionFilter) -> BulkFilter:
    """The filter as it is written."""
    return BulkFilter(
        status=where.statuses,
        definition=where.definition,
        version=where.version,
        business_key=where.business_key,
        label=tuple(f"{name}:{value}" for name, value in where.labels),
        started_after=None if where.started_after is None else format_instant(where.started_after),
        started_before=None if where.started_before is None else format_instant(where.started_before),
    )
