"""Attempts as spans: what each says, whose child it is, and what it calls is told."""

import asyncio
import threading
from collections.abc import Callable, Sequence

import msgspec
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_span_id, format_trace_id, get_current_span

from tests.invokers.invocations import invocation
from treadle.invokers.local.invoker import LocalInvoker
from treadle.invokers.tracing import TracingInvoker
from treadle.model.effects import Invocation
from treadle.model.ids import EngineId, Namespace
from treadle.model.outcomes import Cause, Failed, Ok, Outcome, Unknown
from treadle.model.requests import DefinitionRequest, HandlerRequest, HttpRequest
from treadle.telemetry.traces import Traces
from treadle.worker import Registry

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"
STARTER = "b7ad6b7169203331"
SAMPLED = f"00-{TRACE}-{STARTER}-01"
HTTP = HttpRequest(method="POST", url="https://pay.example/charge?card=4111", body={"card": "4111"})
OK = Ok()
HANDLER = HandlerRequest(name="work", input={"card": "4111"})


class Service:
    """Keeps what it is asked, and answers it so."""

    def __init__(self, answer: Callable[[], Outcome]) -> None:
        self._answer = answer
        self.asked: list[Invocation] = []

    async def invoke(self, asked: Invocation) -> Outcome:
        self.asked.append(asked)
        return self._answer()

    async def close(self) -> None:
        """Nothing is open."""


class Traced:
    """An invoker whose spans are kept in memory."""

    def __init__(self, answer: Outcome = OK) -> None:
        self.exporter = InMemorySpanExporter()
        self.service = Service(lambda: answer)
        traces = Traces(SimpleSpanProcessor(self.exporter), EngineId("engine-1"), "1.2")
        self.invoker = TracingInvoker(self.service, traces)

    @property
    def span(self) -> ReadableSpan:
        (only,) = self.exporter.get_finished_spans()
        return only


async def test_a_span_says_what_was_attempted_and_nothing_of_its_content() -> None:
    traced = Traced(Ok(status=201, body={"card": "4111"}))
    await traced.invoker.invoke(invocation(HTTP, attempt=2, traceparent=SAMPLED))
    span = traced.span
    assert (span.name, span.kind, span.status.status_code) == ("charge", SpanKind.CLIENT, StatusCode.UNSET)
    assert span.attributes == {
        "treadle.namespace": "default",
        "treadle.execution": "e-1",
        "treadle.path": "charge",
        "treadle.attempt": 2,
        "treadle.outcome": "ok",
        "http.request.method": "POST",
        "server.address": "pay.example",
        "http.response.status_code": 201,
    }
    assert "4111" not in span.to_json()


async def test_a_span_is_the_child_of_the_starter_and_linked_to_it() -> None:
    traced = Traced()
    await traced.invoker.invoke(invocation(HTTP, traceparent=SAMPLED))
    span = traced.span
    assert span.context is not None
    assert span.parent is not None
    assert format_trace_id(span.context.trace_id) == TRACE
    assert format_span_id(span.parent.span_id) == STARTER
    assert [format_span_id(link.context.span_id) for link in span.links] == [STARTER]


async def test_the_service_is_told_the_span_as_its_caller() -> None:
    traced = Traced()
    await traced.invoker.invoke(invocation(HTTP, traceparent=SAMPLED))
    assert traced.span.context is not None
    (asked,) = traced.service.asked
    assert asked.traceparent == f"00-{TRACE}-{format_span_id(traced.span.context.span_id)}-01"


async def test_what_the_starter_does_not_sample_is_not_told_and_goes_on_unsampled() -> None:
    traced = Traced()
    await traced.invoker.invoke(invocation(HTTP, traceparent=f"00-{TRACE}-{STARTER}-00"))
    assert traced.exporter.get_finished_spans() == ()
    (asked,) = traced.service.asked
    assert asked.traceparent is not None
    assert asked.traceparent.startswith(f"00-{TRACE}-")
    assert asked.traceparent.endswith("-00")


@pytest.mark.parametrize("traceparent", [None, "nonsense"])
async def test_an_attempt_without_a_starter_begins_a_trace(traceparent: str | None) -> None:
    traced = Traced()
    await traced.invoker.invoke(invocation(HTTP, traceparent=traceparent))
    assert (traced.span.parent, traced.span.links) == (None, ())


@pytest.mark.parametrize(
    ("outcome", "named"),
    [
        (Failed(code="http_500", message="card 4111", cause=Cause.HTTP, http_status=500), "failed"),
        (Unknown(code="call_timeout", message="card 4111"), "unknown"),
        (Unknown(code="lost", message="card 4111", is_lost=True), "lost"),
    ],
)
async def test_what_did_not_succeed_is_an_error_with_its_code(outcome: Failed | Unknown, named: str) -> None:
    traced = Traced(outcome)
    await traced.invoker.invoke(invocation(HANDLER))
    span = traced.span
    assert (span.kind, span.status.status_code) == (SpanKind.INTERNAL, StatusCode.ERROR)
    assert span.attributes is not None
    assert (span.attributes["treadle.outcome"], span.attributes["error.type"]) == (named, outcome.code)
    assert span.attributes.get("http.response.status_code") == outcome.http_status
    assert "4111" not in span.to_json()


async def test_an_undo_and_a_visit_in_an_iteration_are_named_by_their_node() -> None:
    traced = Traced()
    visit = msgspec.structs.replace(invocation(HANDLER), node="charge[3]~2")
    await traced.invoker.invoke(visit)
    await traced.invoker.invoke(msgspec.structs.replace(visit, compensates="e-1/charge[3]~2"))
    assert [span.name for span in traced.exporter.get_finished_spans()] == ["charge", "undo charge"]


async def test_an_attempt_that_is_given_up_ends_its_span_as_dropped() -> None:
    exporter = InMemorySpanExporter()
    begun = asyncio.Event()

    class Hanging:
        async def invoke(self, _asked: Invocation) -> Outcome:
            begun.set()
            await asyncio.Event().wait()
            return Ok()

        async def close(self) -> None:
            """Nothing is open."""

    invoker = TracingInvoker(Hanging(), Traces(SimpleSpanProcessor(exporter), EngineId("e"), "1.2"))
    attempt = asyncio.create_task(invoker.invoke(invocation(HANDLER)))
    await begun.wait()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    (span,) = exporter.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "dropped"
    assert "treadle.outcome" not in span.attributes


async def test_what_the_engine_answers_itself_has_no_span() -> None:
    traced = Traced()
    request = DefinitionRequest(namespace=Namespace("default"), definition="child", input=None)
    await traced.invoker.invoke(invocation(request, traceparent=SAMPLED))
    assert traced.exporter.get_finished_spans() == ()
    assert traced.service.asked[0].traceparent == SAMPLED


@pytest.mark.parametrize("name", ["coroutine", "function"])
async def test_a_handler_runs_within_the_span_of_its_attempt(name: str) -> None:
    registry, seen = Registry(), []

    @registry.handler("coroutine")
    async def coroutine(_value: object) -> None:
        seen.append(get_current_span().get_span_context().span_id)

    @registry.handler("function")
    def function(_value: object) -> None:
        seen.append(get_current_span().get_span_context().span_id)

    exporter = InMemorySpanExporter()
    local = LocalInvoker(registry)
    invoker = TracingInvoker(local, Traces(SimpleSpanProcessor(exporter), EngineId("e"), "1.2"))
    assert isinstance(await invoker.invoke(invocation(HandlerRequest(name=name))), Ok)
    await invoker.close()
    (span,) = exporter.get_finished_spans()
    assert span.context is not None
    assert seen == [span.context.span_id]


async def test_the_process_is_named_and_the_environment_may_name_it_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    traced = Traced()
    await traced.invoker.invoke(invocation(HTTP))
    resource = traced.span.resource.attributes
    assert (resource["service.name"], resource["service.version"]) == ("treadle", "1.2")
    assert resource["service.instance.id"] == "engine-1"
    monkeypatch.setenv("OTEL_SERVICE_NAME", "orders")
    traced = Traced()
    await traced.invoker.invoke(invocation(HTTP))
    assert traced.span.resource.attributes["service.name"] == "orders"


class Stubborn(SpanExporter):
    """Takes nothing until it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def export(self, _spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.asked.set()
        self.let_go.wait()
        return SpanExportResult.SUCCESS


async def test_a_collector_that_hangs_does_not_keep_a_stop() -> None:
    exporter = Stubborn()
    traces = Traces(BatchSpanProcessor(exporter), EngineId("e"), "1.2", close_s_max=0.01)
    with traces.attempt(invocation(HTTP)) as span:
        span.end(Ok())
    await traces.close()
    assert exporter.asked.wait(10)
    assert not exporter.let_go.is_set(), "it was not awaited"
    exporter.let_go.set()
