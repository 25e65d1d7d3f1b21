"""The URL of a server, as people write it."""

from urllib.parse import SplitResult, urlsplit


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
        raise ValueError(f"{text!r} is not the URL of a server, as http://127.0.0.1:7070")
    return parts
