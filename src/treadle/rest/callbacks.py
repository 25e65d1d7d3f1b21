"""Handlers of callbacks: who has the token of an attempt may answer it."""

from typing import Final

import msgspec
from starlette.datastructures import Headers

from treadle.model.errors import Rejected
from treadle.rest.bounds import CALLBACK_HEADERS_BYTES_MAX
from treadle.rest.queries import NoQuery
from treadle.rest.routing import Answer, Call

TOKEN_HEADER: Final = "x-callback-token"
WITHHELD: Final = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
        *("te", "trailer", "transfer-encoding", "upgrade"),
        *("authorization", "cookie", TOKEN_HEADER),
    }
)
"""Headers of the one connection, and those that would let others in: an execution does not keep them."""


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The callback is decided, or durably queued. Nothing is told of the execution: the token is no key."""

    status: str = "accepted"


async def deliver_callback(call: Call[NoQuery, None]) -> Answer:
    """202, and nothing of the execution: a callback's sender is nobody known."""
    token = read_token(call.path.get("token"), call.headers)
    headers = read_kept_headers(call.headers)
    await call.edge.use_cases.callbacks.deliver(token, call.tree, headers)
    return Answer(status=202, body=Accepted())


def read_token(in_path: str | None, headers: Headers) -> str:
    """The one token that the URL and the header give.

    Raises:
        Rejected: `malformed_token`, there is none, or there are several that differ.
    """
    given = {*headers.getlist(TOKEN_HEADER), *([] if in_path is None else [in_path])}
    if len(given) != 1:
        message = "the tokens of the URL and of X-Callback-Token differ" if given else "there is no token"
        raise Rejected("malformed_token", message)
    return given.pop()


def read_kept_headers(headers: Headers) -> dict[str, str]:
    """What the execution is given of the request's headers, by names in lower case; repeated ones as a list.

    Raises:
        Rejected: `headers_too_large`.
    """
    named = {name.strip().lower() for name in headers.get("connection", "").split(",")}
    kept: dict[str, str] = {}
    for name, value in headers.items():
        if name not in WITHHELD and name not in named:
            kept[name] = f"{kept[name]}, {value}" if name in kept else value
    if sum(len(name) + len(value) for name, value in kept.items()) > CALLBACK_HEADERS_BYTES_MAX:
        message = f"the headers of a callback may have {CALLBACK_HEADERS_BYTES_MAX:,} bytes"
        raise Rejected("headers_too_large", message)
    return kept
