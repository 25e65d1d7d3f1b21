"""Sends calls to one server, and reads what it answers."""

import random
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, TypeVar

import aiohttp
import msgspec

from treadle.client.access import Access
from treadle.client.call import Call, PageCall
from treadle.client.errors import ApiError, ClientError, Unreachable
from treadle.client.limits import ANSWER_BYTES_MAX, CONNECTIONS_MAX, KEEP_ALIVE_S, Limits
from treadle.client.retrying import delay_s, may_repeat, pause
from treadle.model.errors import Fault

T = TypeVar("T")
PROBLEM_JSON: Final = "application/problem+json"
NEVER_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says when it refuses (RFC 9457)."""

    code: str
    title: str = ""
    detail: str = ""
    retryable: bool = False
    errors: tuple[Fault, ...] = ()


class Asker:
    """Every method raises ApiError (the server refused) or Unreachable. Used in one event loop alone."""

    def __init__(self, access: Access, limits: Limits) -> None:
        self.limits = limits
        self._access = access
        self._opened: aiohttp.ClientSession | None = None
        self._is_closed = False

    async def answer(self, call: Call[T]) -> T:
        """What the server answers; sent again, within the limits, where that does nothing twice."""
        attempt = 1
        while True:
            try:
                return await self._once(call)
            except ClientError as error:
                if not may_repeat(error, is_repeatable=call.is_repeatable):
                    raise
                await self.back_off(error, attempt, self.limits.attempts_max)
            attempt += 1

    async def back_off(self, error: ClientError, attempt: int, attempts_max: int) -> None:
        """Let time pass after a failed attempt; raises the error itself when it was the last one."""
        delay = delay_s(error, attempt, self.limits, random.random())
        if attempt >= attempts_max or delay is None:
            raise error
        await pause(delay)

    async def pages(self, list_: PageCall[T]) -> AsyncGenerator[tuple[T, ...], None]:
        """The items of a list a page at a time, each asked for when it is wanted."""
        call = list_.first
        while True:
            page = await self.answer(call)
            yield page.items
            if page.next is None:
                return
            call = list_.after(page.next)

    @asynccontextmanager
    async def stream(self, call: Call[T]) -> AsyncIterator[AsyncIterator[bytes] | None]:
        """The parts of an answer as they come; None when there is nothing to come any more."""
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=self.limits.connect_s, sock_read=self.limits.quiet_s
        )
        with self._told():
            response = await self._send(call, timeout)
        try:
            if response.status == 204:
                yield None
            elif response.status == 200 and response.content_type == call.headers["Accept"]:
                yield self._parts(response)
            else:
                self._refuse(response, await self._read(response))
                raise self._stranger(response)
        finally:
            response.close()

    async def aclose(self) -> None:
        """Close the connections; nothing can be asked any more."""
        self._is_closed = True
        if self._opened is not None:
            await self._opened.close()

    async def _once(self, call: Call[T]) -> T:
        timeout = aiohttp.ClientTimeout(
            total=self.limits.answer_s + call.wait_s, sock_connect=self.limits.connect_s
        )
        with self._told():
            response = await self._send(call, timeout)
        try:
            data = await self._read(response)
        finally:
            response.release()
        self._refuse(response, data)
        try:
            return msgspec.json.decode(data or b"null", type=call.answer)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._stranger(response) from error

    async def _send(self, call: Call[T], timeout: aiohttp.ClientTimeout) -> aiohttp.ClientResponse:
        if self._is_closed:
            raise RuntimeError("the client is closed")
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, keepalive_timeout=KEEP_ALIVE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return await self._opened.request(
            call.method,
            self._access.url + call.path,
            params=call.query,
            data=call.body,
            headers={**self._access.headers, **call.headers},
            timeout=timeout,
            allow_redirects=False,
        )

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        data = bytearray()
        async for part in self._parts(response):
            data += part
            if len(data) > ANSWER_BYTES_MAX:
                response.close()
                raise Unreachable(f"an answer of more than {ANSWER_BYTES_MAX:,} bytes", is_sent=True)
        return bytes(data)

    async def _parts(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        while True:
            with self._told():
                part = await response.content.readany()
            if not part:
                return
            yield part

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong with a connection, as Unreachable."""
        try:
            yield
        except NEVER_SENT as error:
            raise self._unreachable(error, is_sent=False) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unreachable(error, is_sent=True) from error

    def _refuse(self, response: aiohttp.ClientResponse, data: bytes) -> None:
        if response.status < 300:
            return
        try:
            problem = msgspec.json.decode(data, type=Problem)
        except (msgspec.DecodeError, RecursionError) as error:
            raise self._stranger(response) from error
        later = response.headers.get("Retry-After", "")
        raise ApiError(
            problem.code,
            response.status,
            problem.detail or problem.title,
            retryable=problem.retryable,
            errors=problem.errors,
            retry_after_s=int(later) if later.isascii() and later.isdigit() else None,
        )

    def _unreachable(self, error: BaseException, *, is_sent: bool) -> Unreachable:
        why = str(error) or type(error).__name__
        return Unreachable(f"{self._access.url} cannot be reached: {why}", is_sent=is_sent)

    def _stranger(self, response: aiohttp.ClientResponse) -> Unreachable:
        told = f"{self._access.url} answers {response.status}, but not as a Treadle server does"
        return Unreachable(told, is_sent=True)
