"""The HTTP invoker: one pool of connections for all calls of an engine."""

import asyncio
import ssl
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver

from treadle.invokers.http.answer import judge
from treadle.invokers.http.call import BadRequest, Call, prepare, shown
from treadle.invokers.http.guard import EgressRefused, GuardedResolver, LiteralGuard
from treadle.invokers.http.redirects import REDIRECT_STATUSES, REDIRECTS_MAX, becomes_get, redirected
from treadle.invokers.http.resolver import SystemResolver
from treadle.invokers.http.sending import BrokenConnection, Sending, TrackedRequest
from treadle.model.effects import Invocation
from treadle.model.outcomes import Cause, Failed, Outcome, Unknown
from treadle.model.requests import HttpRequest
from treadle.ports.clock import Clock
from treadle.security.egress import EgressPolicy

CONNECTIONS_MAX: Final = 1_000
CONNECTIONS_PER_HOST_MAX: Final = 250
"""A call that finds none free waits for one; that counts against its time limit."""
KEEP_ALIVE_S: Final = 4.0
"""Shorter than the 5 s after which common servers close an idle connection, perhaps as a request arrives."""
HEADER_LINE_BYTES_MAX: Final = 8_190
NO_TIMEOUT: Final = aiohttp.ClientTimeout()
"""The time limit of an attempt is set around all of it, redirects and body included."""


class HttpInvoker:
    """Makes attempts of HTTP requests (port Invoker).

    Where a call may go is `egress`. `resolver` (closed with the invoker) and `ssl_context` replace the
    system's; dates in Retry-After are counted from `clock`.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        egress: EgressPolicy,
        resolver: AbstractResolver | None = None,
        ssl_context: ssl.SSLContext | None = None,
        connections_max: int = CONNECTIONS_MAX,
        connections_per_host_max: int = CONNECTIONS_PER_HOST_MAX,
    ) -> None:
        self._clock = clock
        self._literals = LiteralGuard(egress)
        self._resolver = GuardedResolver(egress, resolver or SystemResolver())
        self._ssl_context = ssl_context
        self._connections_max = connections_max
        self._connections_per_host_max = connections_per_host_max
        self._session: aiohttp.ClientSession | None = None

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Make the attempt, within its time limit, and say how it ended."""
        request = invocation.request
        if not isinstance(request, HttpRequest):
            raise TypeError(f"not an HTTP request: {type(request).__name__}")
        try:
            call = prepare(invocation, request)
        except BadRequest as error:
            return _never_left("invalid_request", str(error), is_final=True)
        sending = Sending()
        try:
            async with asyncio.timeout(invocation.timeout_ms / 1_000) as limit:
                return await self._exchange(call, request, sending)
        except EgressRefused as error:
            return _refused("egress_refused", str(error), sending)
        except BadRequest as error:
            return _refused("invalid_redirect", str(error), sending)
        except (aiohttp.ClientError, BrokenConnection, OSError, ValueError) as error:
            if limit.expired():
                return _timed_out(call, invocation.timeout_ms, sending)
            return _broken(call, error, sending)

    async def close(self) -> None:
        """Give back the connections; idempotent."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self._resolver.close()

    async def _exchange(self, call: Call, request: HttpRequest, sending: Sending) -> Outcome:
        session = self._session or self._open()
        for _ in range(REDIRECTS_MAX + 1):
            self._literals.check(call.url)
            async with session.request(
                call.method,
                call.url,
                data=call.body,
                headers=call.headers,
                allow_redirects=False,
                middlewares=(sending,),
            ) as response:
                location = response.headers.get("Location")
                if not request.follow_redirects or response.status not in REDIRECT_STATUSES or not location:
                    return await judge(response, call, request.success, sending, self._clock.now())
                status = response.status
            sending.start_hop(may_have_acted=becomes_get(call, status))
            call = _follow(call, status, location)
        raise BadRequest(f"more than {REDIRECTS_MAX} redirects; the last led to {shown(call.url)}")

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            ssl=self._ssl_context or True,
            limit=self._connections_max,
            limit_per_host=self._connections_per_host_max,
            keepalive_timeout=KEEP_ALIVE_S,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "treadle"},
            skip_auto_headers=("Content-Type",),
            request_class=TrackedRequest,
            timeout=NO_TIMEOUT,
            trust_env=False,
            max_line_size=HEADER_LINE_BYTES_MAX,
            max_field_size=HEADER_LINE_BYTES_MAX,
        )
        return self._session


def _follow(call: Call, status: int, location: str) -> Call:
    try:
        return redirected(call, status, location)
    except ValueError as error:
        raise BadRequest(f"{shown(call.url)} redirects to what is no URL: {error}") from None


def _never_left(code: str, message: str, *, is_final: bool = False) -> Failed:
    return Failed(code=code, message=message, cause=Cause.CONNECTION, is_final=is_final)


def _refused(code: str, message: str, sending: Sending) -> Outcome:
    """Nothing is sent there; but an earlier hop that was asked to act has perhaps done so."""
    if sending.has_left:
        return Unknown(code=code, message=message)
    return _never_left(code, message, is_final=True)


def _timed_out(call: Call, timeout_ms: int, sending: Sending) -> Outcome:
    if sending.failure is not None:
        return sending.failure
    if sending.has_left:
        return Unknown(
            code="call_timeout", message=f"{call.method} {shown(call.url)}: no answer within {timeout_ms} ms"
        )
    return _never_left("connection", f"{shown(call.url)}: no connection within {timeout_ms} ms")


def _broken(call: Call, error: Exception, sending: Sending) -> Outcome:
    message = f"{call.method} {shown(call.url)}: {str(error) or type(error).__name__}"
    if not sending.has_left:
        # A certificate that does not fit is a ValueError too, and may fit tomorrow.
        is_final = isinstance(error, ValueError) and not isinstance(error, OSError)
        return _never_left("invalid_request" if is_final else "connection", message, is_final=is_final)
    if isinstance(error, (aiohttp.ClientResponseError, aiohttp.ClientPayloadError)):
        return Unknown(code="response_unreadable", message=message)
    return Unknown(code="connection", message=message)
