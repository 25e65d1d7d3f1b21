"""The egress guard at the two doors of a client: hosts written as addresses, and what names resolve to."""

import socket
from functools import lru_cache
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from treadle.security.egress import EgressMode, EgressPolicy, is_literal, refusal

HOSTS_REMEMBERED: Final = 1_024


class EgressRefused(Exception):
    """The address is not one that calls may go to; the message says why."""


class LiteralGuard:
    """Checks hosts of URLs that are written as addresses; names are for GuardedResolver."""

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy
        # The same few services are called again and again, and the rules never change.
        self._reason = lru_cache(HOSTS_REMEMBERED)(self._find_reason)

    def check(self, url: URL) -> None:
        """Raise EgressRefused if the host is an address that calls may not go to."""
        reason = self._reason(url.raw_host or "")
        if reason is not None:
            raise EgressRefused(reason)

    def _find_reason(self, host: str) -> str | None:
        reason = refusal(self._policy, host) if is_literal(host) else None
        return None if reason is None else f"calls may not go to {host}: it is {reason}"


class GuardedResolver(AbstractResolver):
    """Gives a connector only addresses that were let through.

    The connector dials these very addresses, so a name that resolves otherwise a moment later changes
    nothing. A server refuses a name that has any address that calls may not go to: no service that is
    meant to be called has one, and who made it so has something else in mind. In `dev` the other addresses
    are called, since names of machines nearby also have link-local ones.
    """

    def __init__(self, policy: EgressPolicy, resolver: AbstractResolver) -> None:
        self._policy = policy
        self._resolver = resolver

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of `host` that calls may go to.

        Raises:
            EgressRefused: there are addresses that calls may not go to; the message does not tell them.
            OSError: the name does not resolve.
        """
        found = await self._resolver.resolve(host, port, family)
        if not found:
            raise OSError(f"{host} resolves to no address")
        reasons = [refusal(self._policy, each["host"]) for each in found]
        open_ones = [each for each, reason in zip(found, reasons, strict=True) if reason is None]
        why = next((reason for reason in reasons if reason is not None), None)
        if why is not None and (self._policy.mode is EgressMode.SERVER or not open_ones):
            raise EgressRefused(f"calls may not go to where {host} resolves to: an address is {why}")
        return open_ones

    async def close(self) -> None:
        await self._resolver.close()
