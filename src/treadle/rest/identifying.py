"""Who asks: by a key, or everybody of this machine."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Final

from treadle.config.loopback import is_loopback
from treadle.model.api_keys import ApiKey, Scope, granted
from treadle.model.errors import Rejected
from treadle.model.ids import NAME, Namespace
from treadle.ports.views import Views
from treadle.security.api_keys import KnownKeys
from treadle.service.caller import Caller

DEFAULT_NAMESPACE: Final = "default"
DEV_ACTOR: Final = "dev"
HOST: Final = re.compile(r"(?:\[(?P<address>[^]]+)\]|(?P<name>[^][:]+))(?::\d*)?")
BEARER: Final = re.compile(r"Bearer +([!-~]+)", re.IGNORECASE)
KEPT_S: Final = 2.0
"""So long after it was revoked a key may still be believed."""
SOUGHT_S: Final = 0.1
"""How soon after it was made a key is known, and how often unknown ones are looked for in the store."""


class OpenCallers:
    """Where there are no keys: everybody on this machine, in the namespace that is named.

    A page of another site that the user looks at, or a name that was made to lead here, is not everybody:
    a browser tells both. `public_host` is the one name from outside that is meant to lead here.
    """

    def __init__(self, public_host: str | None = None) -> None:
        self._public_host = public_host
        self._found_ours: str | None = None

    async def identify(self, headers: Mapping[str, str]) -> Caller:
        """Who asks.

        Raises:
            Rejected: `forbidden`, or `malformed_request` if the namespace is no name.
        """
        host, origin = headers.get("host"), headers.get("origin")
        # To read an address takes longer than all else here, and most callers write the same one.
        if host is not None and host != self._found_ours:
            if not self._is_ours(host):
                raise Rejected("forbidden", f"a server without keys does not answer as {host}")
            self._found_ours = host
        if origin is not None and origin.partition("://")[2] != host:
            raise Rejected("forbidden", "a server without keys does not answer to pages of other sites")
        namespace = read_namespace(headers) or Namespace(DEFAULT_NAMESPACE)
        return Caller(namespace=namespace, actor=DEV_ACTOR, scopes=frozenset(Scope))

    def _is_ours(self, host: str) -> bool:
        written = HOST.fullmatch(host)
        name = (written["address"] or written["name"]).lower() if written is not None else ""
        return name == self._public_host or is_loopback(name)


class KeyedCallers:
    """Whoever shows a key of the store, or one of those that the process was given.

    A caller stands in the namespace of the key.
    """

    def __init__(self, given: Sequence[ApiKey], views: Views) -> None:
        self._given = given
        self._views = views
        self._known = KnownKeys(given)
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def identify(self, headers: Mapping[str, str]) -> Caller:
        """Who asks.

        Raises:
            Rejected: `unauthenticated`, `forbidden` if another namespace is named than the key's, or
                `malformed_request` if that is no name.
            Unavailable: `store_unavailable`, the keys cannot be read.
        """
        shown = BEARER.fullmatch(headers.get("authorization", ""))
        if shown is None:
            raise Rejected("unauthenticated", "a key is needed: `Authorization: Bearer <api key>`")
        await self._read_again(KEPT_S)
        key = self._known.find(shown[1])
        if key is None:
            await self._read_again(SOUGHT_S)
            key = self._known.find(shown[1])
        if key is None:
            raise Rejected("unauthenticated", "the key is none of this server's, or was revoked")
        named = read_namespace(headers)
        if named is not None and named != key.namespace:
            raise Rejected("forbidden", f"the key {key.name} belongs to the namespace {key.namespace}")
        return Caller(namespace=key.namespace, actor=key.name, scopes=granted(key.scopes))

    async def count(self) -> int:
        """How many keys are good now.

        Raises:
            Unavailable: `store_unavailable`.
        """
        await self._read_again(0)
        return len(self._known)

    async def _read_again(self, age_s: float) -> None:
        """Read the keys of the store if what was read is older than `age_s`; callers share one look."""
        if not self._is_older(age_s):
            return
        async with self._reading:
            if self._is_older(age_s):
                now = asyncio.get_running_loop().time()
                self._known = KnownKeys((*self._given, *await self._views.api_keys()))
                self._read_at = now

    def _is_older(self, age_s: float) -> bool:
        return self._read_at is None or asyncio.get_running_loop().time() - self._read_at >= age_s


def read_namespace(headers: Mapping[str, str]) -> Namespace | None:
    """The namespace that is named, None if none is.

    Raises:
        Rejected: `malformed_request`, it is no name.
    """
    namespace = headers.get("treadle-namespace")
    if namespace is not None and NAME.fullmatch(namespace) is None:
        message = "Treadle-Namespace is a name: letters, digits, `.`, `_` and `-`, at most 128"
        raise Rejected("malformed_request", message)
    return None if namespace is None else Namespace(namespace)
