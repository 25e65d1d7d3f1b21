"""Spans of attempts, sent by OTLP over HTTP. Nobody else imports the packages of the extra `otel`.

What OpenTelemetry reads from the environment holds here too: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
`OTEL_TRACES_SAMPLER`, `OTEL_BSP_*`, `OTEL_EXPORTER_OTLP_HEADERS` and its like.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, StatusCode, get_current_span, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from treadle.model.effects import Invocation
from treadle.model.ids import EngineId, Path, node_of
from treadle.model.outcomes import Ok, Outcome, Unknown
from treadle.model.requests import HttpRequest

SERVICE: Final = "treadle"
TRACES_PATH: Final = "/v1/traces"
CLOSE_S_MAX: Final = 5.0
"""How long a stop awaits a collector; what it has not taken by then is gone."""
DROPPED: Final = "dropped"
_propagator: Final = TraceContextTextMapPropagator()


class _AttemptSpan:
    """One attempt (port AttemptSpan)."""

    def __init__(self, span: Span) -> None:
        self._span = span
        carrier: dict[str, str] = {}
        with use_span(span):
            _propagator.inject(carrier)
        self.traceparent = carrier["traceparent"]
        self.is_over = False

    def end(self, outcome: Outcome) -> None:
        """Say how the attempt ended; one whose outcome is unknown is no success either."""
        self.is_over = True
        self._span.set_attribute("treadle.outcome", _named(outcome))
        status = outcome.status if isinstance(outcome, Ok) else outcome.http_status
        if status is not None:
            self._span.set_attribute("http.response.status_code", status)
        if not isinstance(outcome, Ok):
            self.fail(outcome.code)

    def fail(self, code: str) -> None:
        """The code says enough: a message may hold what a service has answered."""
        self._span.set_attribute("error.type", code)
        self._span.set_status(StatusCode.ERROR)


class Traces:
    """Makes spans and hands them to `processor` (port Tracing); `close` awaits it for `close_s_max`.

    `version` is that of the process.
    """

    def __init__(
        self, processor: SpanProcessor, engine: EngineId, version: str, *, close_s_max: float = CLOSE_S_MAX
    ) -> None:
        self._close_s_max = close_s_max
        self._provider = TracerProvider(resource=_resource(engine, version), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer(SERVICE, version)

    @contextmanager
    def attempt(self, invocation: Invocation) -> Iterator[_AttemptSpan]:
        """A span in the trace of the starter, and linked to it: it may begin long after that has ended."""
        starter = _propagator.extract({"traceparent": invocation.traceparent or ""}, context=Context())
        linked = get_current_span(starter).get_span_context()
        span = self._tracer.start_span(
            _name(invocation),
            context=starter,
            kind=SpanKind.CLIENT if isinstance(invocation.request, HttpRequest) else SpanKind.INTERNAL,
            attributes=_attributes(invocation),
            links=[Link(linked)] if linked.is_valid else [],
        )
        attempt = _AttemptSpan(span)
        try:
            with use_span(span, record_exception=False, set_status_on_exception=False):
                yield attempt
        finally:
            if not attempt.is_over:
                attempt.fail(DROPPED)
            span.end()

    async def close(self) -> None:
        """Send what was not sent yet.

        In a thread that does not keep the process, since a collector that hangs cannot be interrupted.
        """
        closing = threading.Thread(target=self._provider.shutdown, name="traces-close", daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, self._close_s_max)


def open_traces(endpoint: str, engine: EngineId, version: str) -> Traces:
    """Spans that are sent to the collector at `endpoint`, in batches, by a thread."""
    url = endpoint.rstrip("/")
    exporter = OTLPSpanExporter(endpoint=url if url.endswith(TRACES_PATH) else url + TRACES_PATH)
    return Traces(BatchSpanProcessor(exporter), engine, version)


def _resource(engine: EngineId, version: str) -> Resource:
    """What this process is; the environment may say otherwise."""
    ours = Resource({"service.name": SERVICE, "service.version": version, "service.instance.id": engine})
    return Resource.create(dict(ours.merge(OTELResourceDetector().detect()).attributes))


def _name(invocation: Invocation) -> str:
    """Of few values: the node, not the visit."""
    node = node_of(Path(invocation.node))
    return f"undo {node}" if invocation.compensates is not None else node


def _attributes(invocation: Invocation) -> Mapping[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {
        "treadle.namespace": invocation.namespace,
        "treadle.execution": invocation.execution_id,
        "treadle.path": invocation.node,
        "treadle.attempt": invocation.attempt,
    }
    request = invocation.request
    if isinstance(request, HttpRequest):
        attributes["http.request.method"] = request.method
        with suppress(ValueError):
            attributes["server.address"] = urlsplit(request.url).hostname or ""
    return attributes


def _named(outcome: Outcome) -> str:
    if isinstance(outcome, Unknown) and outcome.is_lost:
        return "lost"
    return type(outcome).__name__.lower()
