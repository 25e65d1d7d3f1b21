"""Query parameters, typed."""

from typing import Annotated, TypeVar, get_origin

import msgspec
from msgspec import UNSET, UnsetType
from starlette.datastructures import QueryParams

from treadle.definition.instants import parse_instant
from treadle.model.errors import Rejected
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Instant, Namespace
from treadle.model.json import Json
from treadle.model.views import ExecutionFilter
from treadle.rest.bounds import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, SEQ_MAX
from treadle.rest.faults import fault_of
from treadle.service.cursors import CURSOR_TEXT

Q = TypeVar("Q", bound=msgspec.Struct)
Limit = Annotated[int, msgspec.Meta(ge=1, le=PAGE_ITEMS_MAX)]
# What the reading of these checks by itself, and says better than a type can, is only described here.
CursorText = Annotated[
    str, msgspec.Meta(extra_json_schema={"pattern": f"^{CURSOR_TEXT.pattern}$", "format": "cursor"})
]
LabelText = Annotated[str, msgspec.Meta(extra_json_schema={"pattern": "^[^:]+:"})]
InstantText = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class NoQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The address takes no parameter."""


class DefinitionsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str | None = None
    limit: Limit = PAGE_ITEMS_DEFAULT
    cursor: CursorText | None = None


class FilterQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`status` and `label` may repeat: any of the statuses, every one of the labels."""

    status: tuple[ExecutionStatus, ...] = ()
    definition: str | None = None
    version: str | None = None
    business_key: str | None = None
    label: tuple[LabelText, ...] = ()
    started_after: InstantText | None = None
    started_before: InstantText | None = None


class ExecutionsQuery(FilterQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page of those that match."""

    limit: Limit = PAGE_ITEMS_DEFAULT
    cursor: CursorText | None = None


class BulkQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = PAGE_ITEMS_DEFAULT
    cursor: CursorText | None = None


class NodesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = PAGE_ITEMS_MAX
    cursor: CursorText | None = None


class ExecutionQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`at`: as it was after that event, not as it is now."""

    at: Annotated[int, msgspec.Meta(ge=1, le=SEQ_MAX)] | UnsetType = UNSET


class HistoryQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    after: Annotated[int, msgspec.Meta(ge=0, le=SEQ_MAX)] = 0
    limit: Limit = PAGE_ITEMS_DEFAULT


def read_query(parameters: QueryParams, wanted: type[Q]) -> Q:
    """The parameters as the struct that a route takes.

    Raises:
        Rejected: `invalid_parameter`.
    """
    if not parameters:
        return wanted()
    repeatable = {
        field.encode_name for field in msgspec.structs.fields(wanted) if get_origin(field.type) is tuple
    }
    given: dict[str, Json] = {}
    for name in parameters:
        values = parameters.getlist(name)
        if name in repeatable:
            given[name] = values
        elif len(values) == 1:
            given[name] = values[0]
        else:
            raise Rejected("invalid_parameter", f"`{name}` may be given once")
    try:
        return msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        fault = fault_of(error)
        name = fault.pointer.lstrip("/").partition("/")[0]
        known = ", ".join(wanted.__struct_fields__) or "none"
        message = f"`{name[:80]}`: {fault.message}; parameters here: {known}"
        raise Rejected("invalid_parameter", message) from error


def execution_filter(query: FilterQuery, namespace: Namespace) -> ExecutionFilter:
    """What the store is asked for.

    Raises:
        Rejected: `invalid_parameter`.
    """
    return ExecutionFilter(
        namespace=namespace,
        statuses=query.status,
        definition=query.definition,
        version=query.version,
        business_key=query.business_key,
        labels=tuple(map(_label, query.label)),
        started_after=_instant("started_after", query.started_after),
        started_before=_instant("started_before", query.started_before),
    )


def _label(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not (name and colon):
        raise Rejected("invalid_parameter", "`label` is written `name:value`")
    return name, value


def _instant(name: str, text: str | None) -> Instant | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        raise Rejected("invalid_parameter", f"`{name}`: {error}") from error
