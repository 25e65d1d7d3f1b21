"""Which server is asked, and as whom."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import msgspec

from treadle.client.call import header_text

VISIBLE: Final = re.compile(r"[!-~]+")
"""A URL is written in visible ASCII: parsers drop or refuse the rest, each in its own way."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Where the server is, and as whom it is asked: every request has these headers."""

    url: str
    headers: Mapping[str, str]


def access(url: str, api_key: str | None, namespace: str | None) -> Access:
    """Without `namespace` it is that of the key, or `default`.

    Raises:
        ValueError: that is not the URL of a server, or a header cannot hold the key or the namespace. The
            message repeats no key.
    """
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or VISIBLE.fullmatch(url) is None or any(mark in url for mark in "?#"):
        raise ValueError("that is not the URL of a server, as http://127.0.0.1:7070")
    if "@" in parts.netloc:
        raise ValueError("the URL of a server has no credentials: give the key as `api_key`")
    headers = {"Accept": "application/json"}
    if api_key is not None:
        headers["Authorization"] = f"Bearer {header_text('the API key', api_key)}"
    if namespace is not None:
        headers["Treadle-Namespace"] = header_text("the namespace", namespace)
    return Access(url=url.rstrip("/"), headers=headers)
