"""The calls that act on many executions, and say how far that has come."""

from typing import Final, Literal, TypeAlias, Unpack

import msgspec

from treadle.client.answers import BulkAct, BulkPreview, Page
from treadle.client.call import Call, PageCall, get, post, segment
from treadle.client.query import PAGE_ITEMS, Filters, filter_query, page_query
from treadle.model.json import Json

BULK: Final = "/v1/bulk"
BEGIN: Final = "/v1/executions/bulk"
REPEATED: Final = frozenset({"status", "label"})
"""Parameters that may be given several times: lists, in a body."""
Action: TypeAlias = Literal["pause", "resume", "cancel", "terminate", "retry", "wake"]


def bulk(
    action: Action, *, reason: str | None = None, everything: bool = False, **filters: Unpack[Filters]
) -> Call[BulkAct]:
    """Do it to every execution that matches. It is kept when this returns, and carried out by and by.

    `everything`: every execution of the namespace is meant; it goes without a filter. It is sent once: when
    nobody knows what became of it, `bulk_acts` shows whether it was begun.

    Raises:
        ApiError: `empty_filter`, nothing says which executions are meant; `bulk_acts_full`.
        TypeError: a filter that is not known, or None.
    """
    order: dict[str, Json] = {"action": action, "filter": _filter(filters), "all": everything}
    return post(BEGIN, BulkAct, order if reason is None else {**order, "reason": reason})


def bulk_preview(action: Action, **filters: Unpack[Filters]) -> Call[BulkPreview]:
    """How many executions it would be done to; nothing is done."""
    order: dict[str, Json] = {"action": action, "filter": _filter(filters), "preview": True}
    return msgspec.structs.replace(post(BEGIN, BulkPreview, order), is_repeatable=True)


def bulk_act(bulk_id: str) -> Call[BulkAct]:
    """How far a bulk act has come.

    Raises:
        ApiError: `bulk_act_not_found`, there is none, or it ended more than 30 days ago.
    """
    return get(f"{BULK}/{segment(bulk_id)}", BulkAct)


def stop_bulk_act(bulk_id: str) -> Call[BulkAct]:
    """Have a bulk act come to no more executions; those that it came to stay as they are.

    Raises:
        ApiError: `bulk_act_not_found`.
    """
    call = post(f"{BULK}/{segment(bulk_id)}/stop", BulkAct, {})
    return msgspec.structs.replace(call, is_repeatable=True)


def bulk_acts(*, page_items: int = PAGE_ITEMS) -> PageCall[BulkAct]:
    """The bulk acts that run, and those that ended within 30 days, newest first."""
    return PageCall(first=get(BULK, Page[BulkAct], page_query(page_items)))


def _filter(filters: Filters) -> dict[str, Json]:
    """The filters as they stand in a body: under the names of the parameters.

    Raises:
        TypeError: one is None, which in a list asks for nothing, and here would widen what is meant.
    """
    unset = [name for name, value in filters.items() if value is None]
    if unset:
        raise TypeError(f"{unset[0]!r} is None: leave it out to act on executions whatever it is")
    written: dict[str, Json] = {}
    for name, text in filter_query(filters):
        if name in REPEATED:
            written.setdefault(name, []).append(text)
        else:
            written[name] = text
    return written
