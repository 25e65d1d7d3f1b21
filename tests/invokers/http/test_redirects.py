"""Redirects: not followed unless the node says so, and then hop by hop under the same rules."""

import pytest
from aiohttp import web

from tests.invokers.http.servers import Respond, answering, breaking, saying, serving
from tests.invokers.invocations import FixedClock, get, invocation, post
from treadle.config.networks import parse_networks
from treadle.invokers.http.invoker import HttpInvoker
from treadle.invokers.http.redirects import REDIRECTS_MAX
from treadle.model.outcomes import Failed, Ok, Unknown
from treadle.model.requests import HttpRequest
from treadle.security.egress import EgressMode, EgressPolicy

pytestmark = pytest.mark.anyio

METADATA = "http://169.254.169.254/latest/meta-data"


def redirecting(status: int, location: str) -> Respond:
    """Redirect from `/`; say what came everywhere else."""

    async def respond(request: web.Request) -> web.StreamResponse:
        if request.path == "/":
            return web.Response(status=status, headers={"Location": location})
        body = await request.text()
        return web.json_response({"method": request.method, "path": request.path, "body": body})

    return respond


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_a_failure_by_default(invoker: HttpInvoker, status: int) -> None:
    async with serving(redirecting(status, "/there")) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}))
    assert isinstance(outcome, Failed)
    assert outcome.code == f"http_{status}"
    assert len(service.received) == 1


@pytest.mark.parametrize(
    ("method", "status", "followed_by"),
    [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
        ("PUT", 302, "PUT"),
        ("PUT", 303, "GET"),
        ("DELETE", 308, "DELETE"),
        ("GET", 303, "GET"),
    ],
)
async def test_a_redirect_is_followed_when_the_node_says_so(
    invoker: HttpInvoker, method: str, status: int, followed_by: str
) -> None:
    async with serving(redirecting(status, "there?q=1")) as service:
        request = HttpRequest(method=method, url=service.url + "/", body={"a": 1}, follow_redirects=True)
        outcome = await invoker.invoke(invocation(request))
    assert isinstance(outcome, Ok)
    sent = '{"a":1}' if method == followed_by else ""
    assert outcome.body == {"method": followed_by, "path": "/there", "body": sent}
    assert service.headers["idempotency-key"] == "e-1/charge"
    assert ("content-type" in service.headers) == (sent != "")


async def test_the_chain_of_redirects_is_bounded(invoker: HttpInvoker) -> None:
    async with serving(redirecting(307, "/")) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}, follow_redirects=True))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("invalid_redirect", True)
    assert len(service.received) == REDIRECTS_MAX + 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("location", [METADATA, "http://[fe80::1]/", "http://0xa9fea9fe/", "http://0.0.0.0/"])
async def test_a_redirect_to_where_calls_may_not_go_is_refused(
    invoker: HttpInvoker, status: int, location: str
) -> None:
    async with serving(redirecting(status, location)) as service:
        outcome = await invoker.invoke(get(service.url, follow_redirects=True))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("egress_refused", True)


async def test_a_redirect_inward_by_name_is_refused() -> None:
    # The first host is opened; the second is a name that stands for a closed one.
    policy = EgressPolicy(mode=EgressMode.SERVER, allow=parse_networks("127.0.0.1/32"))
    invoker = HttpInvoker(clock=FixedClock(), egress=policy)
    async with breaking(saying(b"HTTP/1.1 307 Go\r\nLocation: http://[::1]:1/\r\n\r\n")) as service:
        outcome = await invoker.invoke(get(service.url, follow_redirects=True))
    await invoker.close()
    assert isinstance(outcome, Failed)
    assert outcome.code == "egress_refused"


@pytest.mark.parametrize(
    "location",
    [METADATA, "http://127.0.0.1:1/", "ftp://host/", "http://a:b@127.0.0.1/", "http://h:99999/"],
)
async def test_what_was_done_before_a_redirect_that_cannot_be_followed_is_unknown(
    invoker: HttpInvoker, location: str
) -> None:
    # 303: the order is taken, and the answer is elsewhere. Nobody can say that nothing was done.
    async with serving(redirecting(303, location)) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}, follow_redirects=True))
    assert isinstance(outcome, Unknown)


@pytest.mark.parametrize(
    "location", ["ftp://host/", "http://a:b@127.0.0.1/", "http://h:99999/", "http://[", "//"]
)
async def test_a_redirect_to_what_cannot_be_called_fails_for_good(
    invoker: HttpInvoker, location: str
) -> None:
    async with serving(redirecting(308, location)) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}, follow_redirects=True))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("invalid_redirect", True)


async def test_a_redirect_to_nobody_may_be_retried(invoker: HttpInvoker) -> None:
    async with serving(redirecting(307, "http://no-such-host.invalid/")) as service:
        outcome = await invoker.invoke(post(service.url, {"a": 1}, follow_redirects=True))
    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_final) == ("connection", False)


async def test_a_redirect_without_a_location_is_an_answer(invoker: HttpInvoker) -> None:
    async with serving(answering(b"choose", status=302)) as service:
        outcome = await invoker.invoke(get(service.url, follow_redirects=True))
    assert isinstance(outcome, Failed)
    assert outcome.code == "http_302"


async def test_the_nodes_headers_stay_with_the_origin_they_were_written_for(invoker: HttpInvoker) -> None:
    own = {
        "Authorization": "Bearer s",
        "X-Api-Key": "s",
        "Cookie": "s=1",
        "Accept": "text/plain",
        "Host": "shop",
    }
    async with serving(answering(b"ok")) as other:
        async with serving(redirecting(307, other.url + "/there")) as service:
            await invoker.invoke(post(service.url, {"a": 1}, headers=own, follow_redirects=True))
        assert service.headers["authorization"] == "Bearer s"
        assert other.headers["accept"] == "text/plain"
        assert other.headers["treadle-node"] == "charge"
        assert other.headers["host"] == other.url.removeprefix("http://")
        assert not other.headers.keys() & {"authorization", "x-api-key", "cookie"}
    async with serving(redirecting(307, "/there")) as service:
        await invoker.invoke(post(service.url, {"a": 1}, headers=own, follow_redirects=True))
    assert service.headers["authorization"] == "Bearer s"
