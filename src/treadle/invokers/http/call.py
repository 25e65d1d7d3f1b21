"""An invocation becomes what goes over the wire: method, URL, headers, body."""

import re
from typing import Final

import msgspec
from yarl import URL

from treadle.model.effects import Invocation
from treadle.model.json import Json
from treadle.model.requests import HttpRequest

URL_CHARS_MAX: Final = 8_192
REQUEST_HEADER_BYTES_MAX: Final = 16_384
"""Names and values of the node's own headers together."""
SCHEMES: Final = ("http", "https")
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
FORBIDDEN_IN_VALUE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
HOST: Final = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%25[A-Za-z0-9._~-]+)?")
"""A name (an international one in its ASCII form), an IPv4 address, or an IPv6 one with its zone."""
TREADLE_PREFIX: Final = "treadle-"
CONNECTION_HEADERS: Final = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""They say how bytes travel, which is for the client to say: a wrong one would cut a request in two."""


class BadRequest(Exception):
    """What was rendered cannot be sent, now or ever; the message says why."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request as it is sent. `body` None is no body."""

    method: str
    url: URL
    headers: dict[str, str]
    body: bytes | None


def prepare(invocation: Invocation, request: HttpRequest) -> Call:
    """What is sent for this attempt.

    Raises:
        BadRequest: the URL, the method or a header cannot be sent.
    """
    method = request.method.upper()
    if TOKEN.fullmatch(method) is None or method == "CONNECT":
        raise BadRequest(f"{request.method!r} is not a method that can be called")
    headers = _own_headers(request.headers) if request.headers else {}
    body = _encode(request.body, headers)
    return Call(
        method=method,
        url=parse_url(request.url),
        headers=headers | _treadle_headers(invocation),
        body=body,
    )


def parse_url(text: str) -> URL:
    """An absolute http or https URL without credentials.

    Raises:
        BadRequest: it is anything else.
    """
    if len(text) > URL_CHARS_MAX:
        raise BadRequest(f"the URL has {len(text)} characters; {URL_CHARS_MAX} is the bound")
    try:
        url = URL(text)
    except ValueError as error:
        raise BadRequest(f"the URL cannot be read: {error}") from None
    check_url(url)
    return url


def check_url(url: URL) -> None:
    """Raise BadRequest unless it is an absolute http or https URL without credentials."""
    if url.scheme not in SCHEMES:
        raise BadRequest(f"the URL has to begin with http:// or https://, not with {url.scheme!r}")
    if not url.raw_host:
        raise BadRequest("the URL names no host")
    if HOST.fullmatch(url.raw_host) is None:
        raise BadRequest(f"{url.raw_host!r} is not a host")
    if url.raw_user is not None or url.raw_password is not None:
        raise BadRequest("the URL holds credentials: send them in a header")


def shown(url: URL) -> str:
    """The URL for a message: without its query, which may hold what is secret."""
    return str(url.with_query(None).with_fragment(None))


def _treadle_headers(invocation: Invocation) -> dict[str, str]:
    headers = {
        "Idempotency-Key": invocation.key,
        "Treadle-Execution-Id": invocation.execution_id,
        "Treadle-Node": invocation.node,
        "Treadle-Attempt": str(invocation.attempt),
    }
    if invocation.compensates is not None:
        headers["Treadle-Compensates"] = invocation.compensates
    if invocation.traceparent is not None:
        headers["traceparent"] = invocation.traceparent
    return headers


def _own_headers(written: dict[str, str]) -> dict[str, str]:
    """The node's headers by name in lower case, without those that are ours to send."""
    headers: dict[str, str] = {}
    size = 0
    for name, value in written.items():
        lower = name.lower()
        if TOKEN.fullmatch(name) is None or lower in CONNECTION_HEADERS:
            raise BadRequest(f"the header {name!r} cannot be sent")
        if FORBIDDEN_IN_VALUE.search(value) is not None:
            raise BadRequest(f"the value of the header {name!r} holds a control character")
        size += len(name) + len(value.encode("utf-8", "replace"))
        if lower != "idempotency-key" and not lower.startswith(TREADLE_PREFIX):
            headers[lower] = value
    if size > REQUEST_HEADER_BYTES_MAX:
        raise BadRequest(f"the headers have {size} bytes; {REQUEST_HEADER_BYTES_MAX} is the bound")
    return headers


def _encode(body: Json, headers: dict[str, str]) -> bytes | None:
    """The bytes of a body; adds their content type to `headers` unless the node has set one."""
    if body is None:
        return None
    if isinstance(body, str):
        headers.setdefault("content-type", "text/plain; charset=utf-8")
        return body.encode("utf-8", "replace")
    headers.setdefault("content-type", "application/json")
    return msgspec.json.encode(body)
