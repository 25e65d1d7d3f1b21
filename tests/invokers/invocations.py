"""Invocations that set only what a test talks about."""

from treadle.model.effects import Invocation
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant, Namespace
from treadle.model.json import Json
from treadle.model.requests import HandlerRequest, HttpRequest, Request


def invocation(
    request: Request,
    *,
    timeout_ms: int = 10_000,
    attempt: int = 1,
    key: str = "e-1/charge",
    compensates: str | None = None,
    traceparent: str | None = None,
    callback_until: Instant | None = None,
) -> Invocation:
    return Invocation(
        execution_id=ExecutionId("e-1"),
        namespace=Namespace("default"),
        frame=FrameId(1),
        activity=ActivityId(7),
        node="charge",
        attempt=attempt,
        key=key,
        request=request,
        timeout_ms=timeout_ms,
        compensates=compensates,
        traceparent=traceparent,
        callback_until=callback_until,
    )


def post(url: str, body: Json = None, timeout_ms: int = 10_000, **fields: object) -> Invocation:
    return invocation(HttpRequest(method="POST", url=url, body=body, **fields), timeout_ms=timeout_ms)


def get(url: str, timeout_ms: int = 10_000, **fields: object) -> Invocation:
    return invocation(HttpRequest(url=url, **fields), timeout_ms=timeout_ms)


def handler(name: str, value: Json = None, timeout_ms: int = 10_000) -> Invocation:
    return invocation(HandlerRequest(name=name, input=value), timeout_ms=timeout_ms)


class FixedClock:
    """Stands at one instant."""

    def __init__(self, at: int = 1_767_225_600_000) -> None:
        self.at = Instant(at)

    def now(self) -> Instant:
        return self.at

    async def sleep(self, ms: int) -> None:
        self.at = Instant(self.at + ms)
