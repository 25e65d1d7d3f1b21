"""What a person writes to act on many executions."""

from typing import Annotated, Final

import msgspec

from treadle.definition.instants import parse_instant
from treadle.model.bulk_acts import BulkAction
from treadle.model.errors import Fault, Rejected
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Instant, Namespace
from treadle.model.views import ExecutionFilter
from treadle.service.act_orders import REASON_CHARS_MAX
from treadle.service.orders import LABELS_MAX

FILTER_CHARS_MAX: Final = 1_024
"""Of each text of a filter: beyond every name and key that there is."""
_Text = Annotated[str, msgspec.Meta(max_length=FILTER_CHARS_MAX)]
# What the functions below check, and say better than a type can, is only described here.
_Label = Annotated[str, msgspec.Meta(max_length=FILTER_CHARS_MAX, extra_json_schema={"pattern": "^[^:]+:"})]
_Instant = Annotated[
    str, msgspec.Meta(max_length=FILTER_CHARS_MAX, extra_json_schema={"format": "date-time"})
]
_Reason = Annotated[str, msgspec.Meta(max_length=REASON_CHARS_MAX)]


class BulkFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """As the parameters of a list of executions: any of the statuses, every one of the labels."""

    status: Annotated[tuple[ExecutionStatus, ...], msgspec.Meta(max_length=len(ExecutionStatus))] = ()
    definition: _Text | None = None
    version: _Text | None = None
    business_key: _Text | None = None
    label: Annotated[tuple[_Label, ...], msgspec.Meta(max_length=LABELS_MAX)] = ()
    started_after: _Instant | None = None
    started_before: _Instant | None = None


EVERYTHING: Final = BulkFilter()
"""The filter that every execution of the namespace matches."""


class BulkOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`all` goes with an empty filter, and says that every execution of the namespace is meant.

    `preview`: say how many match, and do nothing.
    """

    action: BulkAction
    filter: BulkFilter
    all: bool = False
    reason: _Reason | None = None
    preview: bool = False


def read_filter(written: BulkFilter, namespace: Namespace) -> ExecutionFilter:
    """What the store is asked for.

    Raises:
        Rejected: `malformed_request`, a label or an instant that is none.
    """
    return ExecutionFilter(
        namespace=namespace,
        statuses=written.status,
        definition=written.definition,
        version=written.version,
        business_key=written.business_key,
        labels=tuple(_label(place, text) for place, text in enumerate(written.label)),
        started_after=_instant("started_after", written.started_after),
        started_before=_instant("started_before", written.started_before),
    )


def check_meant(order: BulkOrder) -> None:
    """That who acts on everything says so.

    Raises:
        Rejected: `empty_filter`; or `malformed_request`, `all` beside a filter.
    """
    is_everything = order.filter == EVERYTHING
    if order.all and not is_everything:
        raise _malformed("/all", "`all` goes with an empty filter: leave one of them out")
    if is_everything and not order.all:
        message = 'an empty filter is every execution of the namespace: say so with `"all": true`'
        fault = Fault(pointer="/filter", code="empty_filter", message=message)
        raise Rejected("empty_filter", message, (fault,))


def _label(place: int, text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not (name and colon):
        raise _malformed(f"/filter/label/{place}", "`label` is written `name:value`")
    return name, value


def _instant(name: str, text: str | None) -> Instant | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise _malformed(f"/filter/{name}", f"`{name}`: {error}") from error


def _malformed(pointer: str, message: str) -> Rejected:
    fault = Fault(pointer=pointer, code="invalid_value", message=message)
    return Rejected("malformed_request", message, (fault,))
