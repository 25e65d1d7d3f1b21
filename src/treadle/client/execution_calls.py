"""The calls that read executions, and those that tell them something."""

from typing import Unpack

import msgspec

from treadle.client.answers import (
    Accepted,
    Counts,
    Event,
    Execution,
    Explanation,
    FailureGroup,
    NodeItem,
    Page,
    Summary,
)
from treadle.client.call import Call, PageCall, get, header_text, keyed, post, segment
from treadle.client.query import PAGE_ITEMS, Filters, filter_query, page_query
from treadle.model.json import Json

EXECUTIONS = "/v1/executions"
EVENT_STREAM = "text/event-stream"


def execution(execution_id: str, at: int | None = None) -> Call[Execution]:
    """One execution as it is now, or as it was after the event whose `seq` is `at`.

    Raises:
        ApiError: `execution_not_found`.
    """
    return get(of(execution_id), Execution, () if at is None else (("at", str(at)),))


def executions(*, page_items: int = PAGE_ITEMS, **filters: Unpack[Filters]) -> PageCall[Summary]:
    """The executions that match, newest first."""
    query = (*filter_query(filters), *page_query(page_items))
    return PageCall(first=get(EXECUTIONS, Page[Summary], query))


def counts(**filters: Unpack[Filters]) -> Call[Counts]:
    """How many executions match, by status."""
    return get(f"{EXECUTIONS}/counts", Counts, filter_query(filters))


def failures(*, page_items: int = PAGE_ITEMS, **filters: Unpack[Filters]) -> PageCall[FailureGroup]:
    """Those that match and have failed or are stuck, in groups that failed alike: the latest first."""
    query = (*filter_query(filters), *page_query(page_items))
    return PageCall(first=get(f"{EXECUTIONS}/failures", Page[FailureGroup], query))


def nodes(execution_id: str, *, page_items: int = PAGE_ITEMS) -> PageCall[NodeItem]:
    """Every visit of the execution, newest first.

    Raises:
        ApiError: `execution_not_found`.
    """
    return PageCall(first=get(f"{of(execution_id)}/nodes", Page[NodeItem], page_query(page_items)))


def history(execution_id: str, *, after: int = 0, page_items: int = PAGE_ITEMS) -> PageCall[Event]:
    """What happened to the execution so far, from the event after `after` on, oldest first.

    Raises:
        ApiError: `execution_not_found`.
    """
    query = (("after", str(after)), *page_query(page_items))
    return PageCall(first=get(f"{of(execution_id)}/history", Page[Event], query), cursor="after")


def event_stream(execution_id: str, after: int) -> Call[Event]:
    """The events as they happen, from the one after `after` on; no answer of one piece."""
    headers = {"Accept": EVENT_STREAM, "Last-Event-ID": str(after)}
    return msgspec.structs.replace(get(f"{of(execution_id)}/events", Event), headers=headers)


def explain(execution_id: str) -> Call[Explanation]:
    """Why the execution is not moving now.

    Raises:
        ApiError: `execution_not_found`.
    """
    return get(f"{of(execution_id)}/explanation", Explanation)


def signal(
    execution_id: str, name: str, payload: Json = None, *, idempotency_key: str | None = None
) -> Call[Execution]:
    """Send a signal. With a key it may be sent several times and counts once; without one it is sent once.

    Raises:
        ApiError: `execution_not_found`, `unknown_signal`, `execution_ended`, `signals_full`,
            `invalid_signal`, `idempotency_mismatch`.
    """
    headers = None if idempotency_key is None else keyed(idempotency_key)
    call = post(f"{of(execution_id)}/signals/{segment(name)}", Execution, payload, headers)
    return msgspec.structs.replace(call, is_repeatable=idempotency_key is not None)


def callback(token: str, body: Json = None) -> Call[Accepted]:
    """Answer an async activity; needs no API key. It is sent once: a second answer is refused.

    Raises:
        ApiError: `malformed_token`, `bad_signature`, `callback_already_used`, `attempt_mismatch`,
            `callback_expired`, `not_waiting`.
    """
    headers = {"X-Callback-Token": header_text("the callback token", token)}
    return post("/v1/callbacks", Accepted, body, headers)


def of(execution_id: str) -> str:
    """The path of an execution."""
    return f"{EXECUTIONS}/{segment(execution_id)}"
