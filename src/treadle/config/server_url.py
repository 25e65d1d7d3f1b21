"""The URL of a server, as people write it."""

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

URL: Final = re.compile(r"[!-~]+")
"""A URL is written in visible ASCII: parsers drop or refuse the rest, each in its own way."""


def told(text: str) -> str:
    """The URL for a message: without what may be a password, before an `@` or behind a `?` or a `#`."""
    shown = re.sub(r"^.*@", "***@", text, flags=re.DOTALL)
    return repr(re.sub(r"([?#]).+$", r"\1***", shown, flags=re.DOTALL))


def parse_server_url(text: str) -> SplitResult:
    """The parts of the URL; the host is there, and the port, if there is one, is one.

    Raises:
        ValueError: it is not the URL of a server.
    """
    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good:
        raise ValueError(f"{told(text)} is not the URL of a server, as http://127.0.0.1:7070")
    return parts


def parse_collector_url(text: str) -> SplitResult:
    """The URL to which traces are sent.

    Raises:
        ValueError: it is not the URL of a server, or holds credentials.
    """
    parts = parse_server_url(text)
    if "@" in parts.netloc:
        # The message does not repeat what may be a password.
        raise ValueError("the URL of a collector has no credentials: OTEL_EXPORTER_OTLP_HEADERS is for them")
    return parts


def parse_public_url(text: str) -> str:
    """The URL by which others reach this server, without a slash at its end: paths are put behind it.

    Raises:
        ValueError: it is not one that a path can be put behind.
    """
    parts = parse_server_url(text)
    if URL.fullmatch(text) is None:
        raise ValueError(f"{told(text)} is not the URL of a server: write it in ASCII, blanks as %20")
    if any(mark in text for mark in "?#"):
        raise ValueError(f"{told(text)} has a query or a fragment; a path is all that may follow the host")
    if "@" in parts.netloc:
        # The message does not repeat what may be a password.
        raise ValueError("a public URL has no credentials: it is given to every service that is called")
    return text.rstrip("/")
