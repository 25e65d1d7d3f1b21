"""What request headers say: the namespace, the trace, how long to wait."""

import re
from collections.abc import Mapping
from typing import Final

from treadle.config.loopback import is_loopback
from treadle.model.errors import Rejected
from treadle.model.ids import NAME, Namespace
from treadle.rest.bounds import WAIT_S_MAX
from treadle.service.caller import Caller

DEFAULT_NAMESPACE: Final = "default"
DEV_ACTOR: Final = "dev"
TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
HOST: Final = re.compile(r"(?:\[(?P<address>[^]]+)\]|(?P<name>[^][:]+))(?::\d*)?")
WAIT: Final = re.compile(r"\s*wait\s*=\s*\"?(\d{1,9})\"?\s*", re.IGNORECASE)


def open_caller(headers: Mapping[str, str], public_host: str | None = None) -> Caller:
    """Where there are no keys: everybody on this machine, in the namespace that is named.

    A page of another site that the user looks at, or a name that was made to lead here, is not everybody:
    a browser tells both. `public_host` is the one name from outside that is meant to lead here.

    Raises:
        Rejected: `forbidden`, or `malformed_request` if the namespace is no name.
    """
    host, origin = headers.get("host"), headers.get("origin")
    if host is not None and not _is_ours(host, public_host):
        raise Rejected("forbidden", f"a server without keys does not answer as {host}")
    if origin is not None and origin.partition("://")[2] != host:
        raise Rejected("forbidden", "a server without keys does not answer to pages of other sites")
    namespace = headers.get("treadle-namespace", DEFAULT_NAMESPACE)
    if NAME.fullmatch(namespace) is None:
        message = "Treadle-Namespace is a name: letters, digits, `.`, `_` and `-`, at most 128"
        raise Rejected("malformed_request", message)
    return Caller(namespace=Namespace(namespace), actor=DEV_ACTOR)


def _is_ours(host: str, public_host: str | None) -> bool:
    written = HOST.fullmatch(host)
    name = (written["address"] or written["name"]).lower() if written is not None else ""
    return name == public_host or is_loopback(name)


def read_traceparent(headers: Mapping[str, str]) -> str | None:
    """The caller's trace context, None without a good one (W3C: one that cannot be read is ignored)."""
    told = headers.get("traceparent")
    return told if told is not None and TRACEPARENT.fullmatch(told) is not None else None


def read_wait_s(headers: Mapping[str, str]) -> int | None:
    """The seconds of `Prefer: wait`, WAIT_S_MAX at most; None without it.

    Other preferences, and one that cannot be read, are ignored (RFC 7240).
    """
    for preference in headers.get("prefer", "").split(","):
        found = WAIT.fullmatch(preference.partition(";")[0])
        if found is not None:
            return min(int(found[1]), WAIT_S_MAX)
    return None
