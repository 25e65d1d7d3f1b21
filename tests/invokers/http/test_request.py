"""What a called service sees."""

import pytest
from aiohttp import web

from tests.invokers.http.servers import answering, breaking, saying, serving
from tests.invokers.invocations import get, invocation, post
from treadle.invokers.http.invoker import HttpInvoker
from treadle.model.outcomes import Cause, Failed, Ok
from treadle.model.requests import HandlerRequest, HttpRequest

pytestmark = pytest.mark.anyio


async def test_the_service_sees_who_calls_and_under_which_key(invoker: HttpInvoker) -> None:
    async with serving(answering()) as service:
        request = HttpRequest(method="POST", url=service.url + "/charge", body={"amount": 1})
        await invoker.invoke(
            invocation(
                request, attempt=3, key="e-1/charge/undo", compensates="e-1/charge", traceparent="00-a-b-01"
            )
        )
    assert service.received[0][:2] == ("POST", "/charge")
    assert service.headers["idempotency-key"] == "e-1/charge/undo"
    assert service.headers["treadle-execution-id"] == "e-1"
    assert service.headers["treadle-node"] == "charge"
    assert service.headers["treadle-attempt"] == "3"
    assert service.headers["treadle-compensates"] == "e-1/charge"
    assert service.headers["traceparent"] == "00-a-b-01"


async def test_forward_work_names_nothing_that_it_compensates(invoker: HttpInvoker) -> None:
    async with serving(answering()) as service:
        await invoker.invoke(get(service.url))
    assert "treadle-compensates" not in service.headers
    assert "traceparent" not in service.headers
    assert "content-type" not in service.headers


async def test_the_nodes_own_headers_go_along_but_override_none_of_ours(invoker: HttpInvoker) -> None:
    own = {"X-Tenant": "a", "IDEMPOTENCY-KEY": "mine", "treadle-compensates": "mine", "Treadle-Attempt": "99"}
    async with serving(answering()) as service:
        await invoker.invoke(get(service.url, headers=own))
    assert service.headers["x-tenant"] == "a"
    assert service.headers["idempotency-key"] == "e-1/charge"
    assert service.headers["treadle-attempt"] == "1"
    assert "treadle-compensates" not in service.headers


@pytest.mark.parametrize(
    ("body", "sent", "content_type"),
    [
        ({"a": [1, None, "ü"]}, '{"a":[1,null,"ü"]}'.encode(), "application/json"),
        ([], b"[]", "application/json"),
        (0, b"0", "application/json"),
        (False, b"false", "application/json"),
        ("plain ü", "plain ü".encode(), "text/plain; charset=utf-8"),
        ("", b"", "text/plain; charset=utf-8"),
        (None, b"", None),
    ],
)
async def test_a_body_is_sent_by_its_type(
    invoker: HttpInvoker, body: object, sent: bytes, content_type: str | None
) -> None:
    async with serving(answering()) as service:
        await invoker.invoke(post(service.url, body))
    assert service.body == sent
    assert service.headers.get("content-type") == content_type


async def test_the_node_may_name_the_content_type(invoker: HttpInvoker) -> None:
    async with serving(answering()) as service:
        await invoker.invoke(post(service.url, "<a/>", headers={"content-type": "application/xml"}))
        await invoker.invoke(post(service.url, {"a": 1}, headers={"CONTENT-TYPE": "application/vnd.a+json"}))
    assert [received[2]["content-type"] for received in service.received] == [
        "application/xml",
        "application/vnd.a+json",
    ]


async def test_a_cookie_is_never_sent_back(invoker: HttpInvoker) -> None:
    async with serving(answering(set_cookie="session=1; Path=/")) as service:
        first = await invoker.invoke(get(service.url))
        await invoker.invoke(get(service.url))
    assert "cookie" not in service.headers
    assert isinstance(first, Ok)
    assert "set-cookie" not in first.headers


async def test_one_connection_serves_call_after_call(invoker: HttpInvoker) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    async with breaking(saying(answer, then_close=False)) as service:
        for _ in range(5):
            await invoker.invoke(post(service.url, {"a": 1}))
    assert (service.connections, len(service.requests)) == (1, 5)


async def test_percent_encoding_and_query_arrive_as_rendered(invoker: HttpInvoker) -> None:
    async with serving(answering()) as service:
        await invoker.invoke(get(service.url + "/a%2Fb/c%20d?q=1%262&r=a+b&e="))
    assert service.received[0][1] == "/a%2Fb/c%20d?q=1%262&r=a+b&e="


@pytest.mark.parametrize(
    "url",
    ["/relative", "inventory/reserve", "ftp://host/x", "http://", "http://u:p@127.0.0.1/", "http://u@127.0.0.1/",
     "http://host:99999/", "file:///etc/passwd", "", "http://" + "a" * 9_000, "http://[::1/", "http://a b/"],
)  # fmt: skip
async def test_a_url_that_cannot_be_called_fails_for_good(invoker: HttpInvoker, url: str) -> None:
    outcome = await invoker.invoke(post(url, {"a": 1}))
    assert isinstance(outcome, Failed)
    assert outcome.is_final
    assert outcome.code == "invalid_request"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Length": "1"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "close"},
        {"Expect": "100-continue"},
        {"X-A": "b\r\nX-C: d"},
        {"X A": "b"},
        {"": "b"},
        {"X-A": "\x00"},
        {"X-A": "b" * 20_000},
    ],
)
async def test_a_header_that_would_break_the_request_is_not_sent(
    invoker: HttpInvoker, headers: dict[str, str]
) -> None:
    async with serving(answering()) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}, headers=headers))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final, outcome.cause) == ("invalid_request", True, Cause.CONNECTION)
    assert service.received == []


@pytest.mark.parametrize("method", ["", "GET /", "CONNECT", "G\r\nET"])
async def test_a_method_that_cannot_be_called_is_not_sent(invoker: HttpInvoker, method: str) -> None:
    outcome = await invoker.invoke(invocation(HttpRequest(method=method, url="http://127.0.0.1:1/")))
    assert isinstance(outcome, Failed)
    assert outcome.is_final


async def test_the_method_is_sent_in_upper_case(invoker: HttpInvoker) -> None:
    async def respond(request: web.Request) -> web.StreamResponse:
        return web.json_response(request.method)

    async with serving(respond) as service:
        outcome = await invoker.invoke(invocation(HttpRequest(method="patch", url=service.url)))
    assert isinstance(outcome, Ok)
    assert outcome.body == "PATCH"


async def test_what_is_no_http_request_is_an_error_of_the_caller(invoker: HttpInvoker) -> None:
    with pytest.raises(TypeError, match="not an HTTP request"):
        await invoker.invoke(invocation(HandlerRequest(name="a")))
