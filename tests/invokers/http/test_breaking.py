"""How an attempt ends when the other side breaks: what never left is failed, what left is unknown."""

import asyncio
import gzip
import socket
import ssl
import tracemalloc

import msgspec
import pytest

from tests.invokers.http.servers import answering, breaking, resetting, saying, serving, silent
from tests.invokers.invocations import FixedClock, get, invocation, post
from treadle.invokers.http.invoker import HttpInvoker
from treadle.model.outcomes import Cause, Failed, Ok, Unknown
from treadle.model.requests import HttpRequest
from treadle.security.egress import EgressMode, EgressPolicy

pytestmark = pytest.mark.anyio

SHORT_MS = 100
LONG_ENOUGH_MS = 1_000
"""For a request to leave, on a busy machine too."""
METHODS = ("GET", "PUT", "DELETE", "POST")


def unused_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def test_a_refused_connection_is_failed_and_may_be_retried(invoker: HttpInvoker) -> None:
    outcome = await invoker.invoke(post(f"http://127.0.0.1:{unused_port()}/"))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.cause, outcome.is_final) == ("connection", Cause.CONNECTION, False)


async def test_a_name_that_does_not_resolve_is_failed(invoker: HttpInvoker) -> None:
    outcome = await invoker.invoke(post("http://no-such-host.invalid/"))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.cause, outcome.is_final) == ("connection", Cause.CONNECTION, False)


async def test_a_tls_handshake_with_who_speaks_none_is_failed(invoker: HttpInvoker) -> None:
    async with serving(answering()) as service:
        outcome = await invoker.invoke(post(service.url.replace("http:", "https:")))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("connection", False)
    assert service.received == []


async def test_a_time_limit_that_passes_while_connecting_is_failed(invoker: HttpInvoker) -> None:
    # The server takes the connection and never answers the handshake: nothing of the request has left.
    async with breaking(silent) as service:
        outcome = await invoker.invoke(post(service.url.replace("http:", "https:"), timeout_ms=SHORT_MS))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.cause) == ("connection", Cause.CONNECTION)
    assert "100 ms" in outcome.message


async def test_a_time_limit_that_passes_while_waiting_for_a_connection_is_failed() -> None:
    invoker = HttpInvoker(
        clock=FixedClock(), egress=EgressPolicy(mode=EgressMode.DEV), connections_per_host_max=1
    )
    async with breaking(silent) as service:
        first = asyncio.create_task(invoker.invoke(post(service.url, timeout_ms=60_000)))
        await service.arrived.wait()
        second = await invoker.invoke(post(service.url, timeout_ms=SHORT_MS))
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
    await invoker.close()
    assert isinstance(second, Failed)
    assert second.code == "connection"
    assert len(service.requests) == 1


@pytest.mark.parametrize("method", METHODS)
async def test_silence_after_the_request_left_is_unknown(invoker: HttpInvoker, method: str) -> None:
    async with breaking(silent) as service:
        outcome = await invoker.invoke(
            invocation(HttpRequest(method=method, url=service.url, body={"a": 1}), timeout_ms=LONG_ENOUGH_MS)
        )
    assert isinstance(outcome, Unknown)
    assert outcome.code == "call_timeout"
    assert len(service.requests) == 1


@pytest.mark.parametrize("behave", [resetting, saying(b"")], ids=["reset", "closed"])
@pytest.mark.parametrize("method", METHODS)
async def test_a_connection_that_breaks_after_the_request_left_is_unknown(
    invoker: HttpInvoker, method: str, behave: object
) -> None:
    async with breaking(behave) as service:
        outcome = await invoker.invoke(invocation(HttpRequest(method=method, url=service.url)))
    assert isinstance(outcome, Unknown)
    assert outcome.code == "connection"
    assert len(service.requests) == 1


@pytest.mark.parametrize("method", METHODS)
async def test_a_kept_connection_that_breaks_is_not_tried_again_within_the_attempt(
    invoker: HttpInvoker, method: str
) -> None:
    async def answer_once(writer: asyncio.StreamWriter, number: int) -> None:
        if number == 1:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        else:
            writer.close()

    async with breaking(answer_once) as service:
        request = HttpRequest(method=method, url=service.url, body={"a": 1})
        first = await invoker.invoke(invocation(request))
        second = await invoker.invoke(invocation(request))
    assert isinstance(first, Ok)
    assert isinstance(second, Unknown)
    assert (service.connections, len(service.requests)) == (1, 2)


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a body",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"this is no HTTP at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: a\r\n" % each for each in range(500)) + b"\r\n",
    ],
    ids=[
        "half",
        "none",
        "chunks",
        "chunk-size",
        "not-gzip",
        "two-lengths",
        "garbage",
        "long-header",
        "headers",
    ],
)
async def test_an_answer_that_cannot_be_read_is_unknown(invoker: HttpInvoker, raw: bytes) -> None:
    async with breaking(saying(raw)) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}))
    assert isinstance(outcome, Unknown)
    assert outcome.code == "response_unreadable"
    assert len(service.requests) == 1


async def test_half_a_status_line_is_unknown(invoker: HttpInvoker) -> None:
    async with breaking(saying(b"HTTP/1.1 20")) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}))
    assert isinstance(outcome, Unknown)
    assert len(service.requests) == 1


async def test_a_body_that_never_ends_is_unknown_at_the_time_limit(invoker: HttpInvoker) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow"
    async with breaking(saying(raw, then_close=False)) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}, timeout_ms=LONG_ENOUGH_MS))
    assert isinstance(outcome, Unknown)
    assert outcome.code == "call_timeout"


@pytest.mark.parametrize("then_close", [True, False], ids=["breaks-off", "never-ends"])
async def test_a_failure_is_known_without_the_rest_of_its_body(
    invoker: HttpInvoker, then_close: bool
) -> None:
    raw = b"HTTP/1.1 500 Oops\r\nRetry-After: 3\r\nContent-Length: 100\r\n\r\nthe start"
    async with breaking(saying(raw, then_close=then_close)) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}, timeout_ms=LONG_ENOUGH_MS))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.http_status, outcome.retry_after_ms) == ("http_500", 500, 3_000)


async def test_a_gateway_whose_body_never_ends_is_unknown(invoker: HttpInvoker) -> None:
    raw = b"HTTP/1.1 504 Gateway\r\nContent-Length: 100\r\n\r\n"
    async with breaking(saying(raw, then_close=False)) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}, timeout_ms=LONG_ENOUGH_MS))
    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize("framing", ["length", "chunked", "to-the-end"])
async def test_a_body_without_end_is_read_to_its_bound_only(invoker: HttpInvoker, framing: str) -> None:
    sent = 0

    async def pour(writer: asyncio.StreamWriter, number: int) -> None:
        nonlocal sent
        head = {
            "length": b"Content-Length: 1000000000\r\n",
            "chunked": b"Transfer-Encoding: chunked\r\n",
            "to-the-end": b"",
        }
        writer.write(b"HTTP/1.1 200 OK\r\n" + head[framing] + b"\r\n")
        piece = b"%x\r\n%s\r\n" % (65_536, b"x" * 65_536) if framing == "chunked" else b"x" * 65_536
        while not writer.is_closing():
            writer.write(piece)
            sent += len(piece)
            await writer.drain()

    async with breaking(pour) as service:
        outcome = await invoker.invoke(get(service.url))
    assert isinstance(outcome, Unknown)
    assert outcome.code == "response_unreadable"
    assert sent < 50_000_000


async def test_what_unpacks_to_too_much_is_never_held_as_a_whole(invoker: HttpInvoker) -> None:
    bomb = gzip.compress(bytes(100_000_000), 6)
    async with serving(answering(bomb, Content_Encoding="gzip")) as service:
        tracemalloc.start()
        try:
            outcome = await invoker.invoke(get(service.url))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert isinstance(outcome, Unknown)
    assert outcome.code == "response_unreadable"
    assert peak < 8_000_000


async def test_a_packed_answer_is_unpacked(invoker: HttpInvoker) -> None:
    packed = gzip.compress(b'{"a": 1}')
    async with serving(
        answering(packed, content_type="application/json", Content_Encoding="gzip")
    ) as service:
        outcome = await invoker.invoke(get(service.url))
    assert isinstance(outcome, Ok)
    assert outcome.body == {"a": 1}


async def test_header_bytes_that_are_no_text_can_be_stored(invoker: HttpInvoker) -> None:
    async with breaking(saying(b"HTTP/1.1 200 OK\r\nX-Odd: a\xffb\r\nContent-Length: 0\r\n\r\n")) as service:
        outcome = await invoker.invoke(get(service.url))
    assert isinstance(outcome, Ok)
    assert outcome.headers["x-odd"] == "a�b"
    assert msgspec.json.encode(outcome.headers)


async def test_informational_answers_are_passed_over(invoker: HttpInvoker) -> None:
    raw = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    async with breaking(saying(raw)) as service:
        outcome = await invoker.invoke(get(service.url))
    assert isinstance(outcome, Ok)
    assert outcome.body == "ok"


async def test_a_cancellation_passes_through_and_closes_the_connection(invoker: HttpInvoker) -> None:
    async with breaking(silent) as service:
        task = asyncio.create_task(invoker.invoke(post(service.url, timeout_ms=60_000)))
        await service.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_certificate_that_nobody_vouches_for_is_failed_and_may_be_retried(
    invoker: HttpInvoker, server_tls: ssl.SSLContext
) -> None:
    received: list[bytes] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=server_tls)
    outcome = await invoker.invoke(post(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"))
    server.close()
    await server.wait_closed()
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.cause, outcome.is_final) == ("connection", Cause.CONNECTION, False)
    assert received == []


async def test_closing_twice_is_harmless(invoker: HttpInvoker) -> None:
    async with serving(answering()) as service:
        await invoker.invoke(get(service.url))
    await invoker.close()
    await invoker.close()
