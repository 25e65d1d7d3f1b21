"""Where a redirect leads, and what goes along (RFC 9110, section 15.4)."""

from typing import Final

import msgspec
from yarl import URL

from treadle.invokers.http.call import Call, check_url

REDIRECTS_MAX: Final = 5
REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
KEPT_ELSEWHERE: Final = frozenset(
    {"accept", "accept-language", "content-type", "idempotency-key", "traceparent", "user-agent"}
)
"""The node's other headers may hold credentials: they stay with the origin that they were written for."""
TREADLE_PREFIX: Final = "treadle-"


def becomes_get(call: Call, status: int) -> bool:
    """Whether the redirect says where to read about it, rather than where to do it."""
    return (status == 303 and call.method not in ("GET", "HEAD")) or (
        status in (301, 302) and call.method == "POST"
    )


def redirected(call: Call, status: int, location: str) -> Call:
    """The call that follows.

    Raises:
        BadRequest: it leads to what cannot be called.
        ValueError: `location` is no URL.
    """
    url = call.url.join(URL(location))
    check_url(url)
    headers = call.headers
    if url.origin() != call.url.origin():
        headers = {name: value for name, value in headers.items() if _may_go_elsewhere(name)}
    if not becomes_get(call, status):
        return msgspec.structs.replace(call, url=url, headers=headers)
    headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return Call(method="GET", url=url, headers=headers, body=None)


def _may_go_elsewhere(name: str) -> bool:
    lower = name.lower()
    return lower in KEPT_ELSEWHERE or lower.startswith(TREADLE_PREFIX)
