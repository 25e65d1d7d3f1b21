"""A server that is given a collector tells it every attempt; one that is not does not know of traces."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.invokers.http.servers import answering
from tests.invokers.http.servers import serving as calling
from tests.rest.serving import document, serving, task
from treadle.bootstrap.tracing import open_tracing
from treadle.config.settings import SettingsError, read_settings
from treadle.model.errors import Rejected
from treadle.model.ids import EngineId
from treadle.model.json import Json

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"
SENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "Prefer": "wait=20"}


class Collector:
    """Takes spans by OTLP over HTTP, as protobuf; `status` is what it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.spans: list[Span] = []
        self.services: set[str] = set()

    async def take(self, request: web.Request) -> web.Response:
        assert (request.method, request.path) == ("POST", "/v1/traces")
        assert request.content_type == "application/x-protobuf"
        exported = ExportTraceServiceRequest.FromString(await request.read())
        for of_resource in exported.resource_spans:
            named = {one.key: one.value.string_value for one in of_resource.resource.attributes}
            self.services.add(named["service.name"])
            self.spans += [span for of_scope in of_resource.scope_spans for span in of_scope.spans]
        return web.Response(status=self.status)


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    collector = Collector()
    async with calling(collector.take) as server:
        collector.url = server.url
        yield collector


def http(node: str, url: str, **fields: Json) -> Json:
    return {"id": node, "kind": "task", "http": {"url": url}, "retry": {"max_attempts": 1}, **fields}


async def test_attempts_arrive_at_the_collector_in_the_trace_of_the_starter() -> None:
    async with collecting() as collector, calling(answering(b"{}")) as service:
        async with serving(otlp_endpoint=collector.url) as server:
            steps = document(
                {**http("pay", service.url), "compensate": {"handler": "echo"}}, task("x", "refuse")
            )
            body = {"definition": {"document": steps}}
            assert (await server.post("/v1/executions", json=body, headers=SENT)).status == 200
        by_name = {span.name: span for span in collector.spans}
        assert set(by_name) == {"pay", "x", "undo pay"}
        assert {span.trace_id.hex() for span in collector.spans} == {TRACE}
        assert {span.parent_span_id.hex() for span in collector.spans} == {"b7ad6b7169203331"}
        assert collector.services == {"treadle"}
        assert service.headers["traceparent"] == f"00-{TRACE}-{by_name['pay'].span_id.hex()}-01"
        attributes = {one.key: one.value for one in by_name["x"].attributes}
        assert attributes["error.type"].string_value == "no_stock"


@pytest.mark.parametrize("status", [400, pytest.param(503, marks=pytest.mark.slow)])
async def test_a_collector_that_refuses_everything_is_nobody_elses_affair(status: int) -> None:
    async with collecting() as collector:
        collector.status = status
        async with serving(otlp_endpoint=collector.url) as server:
            assert (await server.start(document(task("a")))).body["status"] == "completed"


async def test_without_a_collector_the_service_is_told_the_starter() -> None:
    async with calling(answering(b"{}")) as service, serving() as server:
        body = {"definition": {"document": document(http("pay", service.url))}}
        await server.post("/v1/executions", json=body, headers=SENT)
        assert service.headers["traceparent"] == SENT["traceparent"]


async def test_nothing_is_traced_without_an_endpoint() -> None:
    assert open_tracing(None, EngineId("e")) is None


async def test_an_endpoint_without_its_packages_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "treadle.telemetry.traces", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.context", None)
    with pytest.raises(Rejected, match=r"treadle\[otel\]") as refused:
        open_tracing("http://127.0.0.1:4318", EngineId("e"))
    assert refused.value.code == "no_tracing"


@pytest.mark.parametrize("url", ["collector:4318", "ftp://collector", "http://user:secret@collector"])
def test_an_endpoint_that_is_none_is_named_and_no_password_with_it(url: str) -> None:
    with pytest.raises(SettingsError, match="TREADLE_OTLP_ENDPOINT") as refused:
        read_settings({}, {"TREADLE_OTLP_ENDPOINT": url})
    assert "secret" not in str(refused.value)
