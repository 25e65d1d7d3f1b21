"""How an answered attempt ends."""

import pytest
from aiohttp import web

from tests.invokers.http.servers import answering, serving
from tests.invokers.invocations import FixedClock, get, post
from treadle.invokers.http.answer import (
    MESSAGE_BODY_CHARS_MAX,
    RESPONSE_BYTES_MAX,
    RESPONSE_HEADER_BYTES_MAX,
    RESPONSE_HEADERS_MAX,
)
from treadle.invokers.http.invoker import HttpInvoker
from treadle.model.outcomes import Cause, Failed, Ok, Unknown
from treadle.security.egress import EgressMode, EgressPolicy

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("body", "content_type", "value"),
    [
        (b'{"id":7,"tags":["a"]}', "application/json", {"id": 7, "tags": ["a"]}),
        (b'{"title":"gone"}', "application/problem+json; charset=utf-8", {"title": "gone"}),
        (b"null", "application/json", None),
        (b" \n", "application/json", None),
        (b'{"id":7}', "text/plain", '{"id":7}'),
        ("grün".encode("iso-8859-1"), "text/plain; charset=ISO-8859-1", "grün"),
        ("grün".encode(), None, "grün"),
        (b"gr\xfcn", "text/plain; charset=utf-8", "gr�n"),
        (b"a+AGE-", "text/plain; charset=utf-7", "a+AGE-"),
        (b"", "application/json", None),
        (b"", "text/plain", None),
        (b"12345678901234567890123", "application/json", 12345678901234567890123),
    ],
)
async def test_an_answer_becomes_a_value(
    invoker: HttpInvoker, body: bytes, content_type: str | None, value: object
) -> None:
    async with serving(answering(body, content_type=content_type)) as service:
        outcome = await invoker.invoke(post(service.url))
    assert isinstance(outcome, Ok)
    assert outcome.body == value
    assert outcome.status == 200


async def test_204_has_no_value(invoker: HttpInvoker) -> None:
    async with serving(answering(status=204)) as service:
        outcome = await invoker.invoke(post(service.url))
    assert isinstance(outcome, Ok)
    assert (outcome.body, outcome.status) == (None, 204)


async def test_a_head_has_headers_and_no_value(invoker: HttpInvoker) -> None:
    async with serving(answering(b"12345", X_Size="5")) as service:
        outcome = await invoker.invoke(get(service.url, method="HEAD"))
    assert isinstance(outcome, Ok)
    assert outcome.body is None
    assert outcome.headers["x-size"] == "5"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"a":1',
        b"nope",
        b"\xff\xfe",
        b'{"a":1e999}',
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b'"\\ud800"',
    ],
)
async def test_a_success_that_is_no_json_although_it_says_so_is_unknown(
    invoker: HttpInvoker, body: bytes
) -> None:
    async with serving(answering(body, content_type="application/json")) as service:
        outcome = await invoker.invoke(post(service.url))
    assert isinstance(outcome, Unknown)
    assert (outcome.code, outcome.http_status) == ("response_unreadable", 200)


async def test_json_as_deep_as_the_bound_is_read(invoker: HttpInvoker) -> None:
    wide = b"[" + b",".join([b"[]"] * 100) + b"]"
    for body in (b"[" * 64 + b"]" * 64, wide):
        async with serving(answering(body, content_type="application/json")) as service:
            assert isinstance(await invoker.invoke(post(service.url)), Ok)


async def test_a_body_up_to_the_bound_is_read_and_one_beyond_it_is_unknown(invoker: HttpInvoker) -> None:
    async with serving(answering(b"a" * RESPONSE_BYTES_MAX)) as service:
        outcome = await invoker.invoke(get(service.url))
    assert isinstance(outcome, Ok)
    assert len(outcome.body) == RESPONSE_BYTES_MAX
    async with serving(answering(b"a" * (RESPONSE_BYTES_MAX + 1))) as service:
        outcome = await invoker.invoke(get(service.url))
    assert isinstance(outcome, Unknown)
    assert outcome.code == "response_unreadable"


@pytest.mark.parametrize("status", [400, 404, 409, 418, 422, 429, 500, 501, 503, 599])
async def test_what_is_no_success_is_failed(invoker: HttpInvoker, status: int) -> None:
    async with serving(answering(b'{"why": "card\\n refused"}', status=status)) as service:
        outcome = await invoker.invoke(post(service.url + "/pay?token=secret", {"a": 1}))
    assert outcome == Failed(
        code=f"http_{status}",
        message=f'POST {service.url}/pay answered {status}: {{"why": "card\\n refused"}}',
        cause=Cause.HTTP,
        http_status=status,
    )


@pytest.mark.parametrize("status", [502, 504])
async def test_a_gateway_does_not_know(invoker: HttpInvoker, status: int) -> None:
    async with serving(answering(b"upstream", status=status, Retry_After="2")) as service:
        outcome = await invoker.invoke(post(service.url))
    assert outcome == Unknown(
        code=f"http_{status}",
        message=f"POST {service.url} answered {status}: upstream",
        http_status=status,
        retry_after_ms=2_000,
    )


async def test_the_node_says_what_success_is(invoker: HttpInvoker) -> None:
    async with serving(answering(b"gone", status=404)) as service:
        listed = await invoker.invoke(get(service.url, success=("200", "404")))
        by_class = await invoker.invoke(get(service.url, success=("4xx",)))
        neither = await invoker.invoke(get(service.url, success=("200", "5xx")))
    assert isinstance(listed, Ok)
    assert (listed.status, listed.body) == (404, "gone")
    assert isinstance(by_class, Ok)
    assert isinstance(neither, Failed)
    async with serving(answering(status=200)) as service:
        other = await invoker.invoke(get(service.url, success=("202",)))
    assert isinstance(other, Failed)
    assert other.code == "http_200"


async def test_a_message_holds_a_bounded_start_of_the_body_on_one_line(invoker: HttpInvoker) -> None:
    async with serving(answering(b"a\r\n\x1b[31m \xff" + b"x" * 300_000, status=500)) as service:
        outcome = await invoker.invoke(post(service.url))
    assert isinstance(outcome, Failed)
    start = outcome.message.partition(" answered 500: ")[2]
    assert len(start) == MESSAGE_BODY_CHARS_MAX
    assert start.startswith("a ")
    assert start.isprintable()


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0", 0),
        ("7", 7_000),
        (" 7 ", 7_000),
        ("3600", 3_600_000),
        ("86400", 3_600_000),
        ("9" * 5_000, 3_600_000),
        ("Thu, 01 Jan 2026 00:00:30 GMT", 30_000),
        ("Thu, 01 Jan 2026 00:00:30 -0000", 30_000),
        ("Wed, 31 Dec 2025 23:59:59 GMT", 0),
        ("Fri, 01 Jan 2027 00:00:00 GMT", 3_600_000),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
    ],
)
async def test_retry_after_is_read_and_capped(text: str, ms: int | None) -> None:
    # The clock stands at 2026-01-01T00:00:00Z.
    invoker = HttpInvoker(clock=FixedClock(1_767_225_600_000), egress=EgressPolicy(mode=EgressMode.DEV))
    async with serving(answering(status=503, Retry_After=text)) as service:
        outcome = await invoker.invoke(post(service.url))
    await invoker.close()
    assert isinstance(outcome, Failed)
    assert outcome.retry_after_ms == ms


async def test_headers_come_in_lower_case_joined_and_bounded(invoker: HttpInvoker) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.Response()
        response.headers.add("X-Twice", "a")
        response.headers.add("x-twice", "b")
        response.headers["X-Long"] = "l" * 7_000
        for number in range(RESPONSE_HEADERS_MAX):
            response.headers[f"X-{number}"] = "v"
        return response

    async with serving(respond) as service:
        outcome = await invoker.invoke(get(service.url))
    assert isinstance(outcome, Ok)
    assert outcome.headers["x-twice"] == "a, b"
    assert len(outcome.headers) == RESPONSE_HEADERS_MAX
    assert sum(len(name) + len(value) for name, value in outcome.headers.items()) <= RESPONSE_HEADER_BYTES_MAX
    assert all(name == name.lower() for name in outcome.headers)
