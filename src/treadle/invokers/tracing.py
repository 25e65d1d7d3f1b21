"""Every attempt is a span, and what it calls is told that span as its caller."""

import msgspec

from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome
from treadle.model.requests import DefinitionRequest
from treadle.ports.invoker import Invoker
from treadle.ports.tracing import Tracing


class TracingInvoker:
    """Hands each attempt on to `inner`, in a span (port Invoker). What the engine answers itself has none."""

    def __init__(self, inner: Invoker, tracing: Tracing) -> None:
        self._inner = inner
        self._tracing = tracing

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Make the attempt and say how it ended."""
        if isinstance(invocation.request, DefinitionRequest):
            return await self._inner.invoke(invocation)
        with self._tracing.attempt(invocation) as span:
            traced = msgspec.structs.replace(invocation, traceparent=span.traceparent)
            outcome = await self._inner.invoke(traced)
            span.end(outcome)
            return outcome

    async def close(self) -> None:
        """Close the inner invoker."""
        await self._inner.close()
