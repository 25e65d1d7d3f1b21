"""The local invoker: handlers registered in this process."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from treadle.invokers.local.limits import TimeLimits
from treadle.invokers.local.outcomes import copied
from treadle.invokers.local.tasks import run_in_task
from treadle.invokers.local.threads import HANDLER_THREADS_MAX, HandlerThreads
from treadle.model.effects import Invocation
from treadle.model.outcomes import Cause, Failed, Outcome
from treadle.model.requests import HandlerRequest
from treadle.worker.registry import Handler, HandlerContext, Registry


class LocalInvoker:
    """Makes attempts of handler requests (port Invoker)."""

    def __init__(self, registry: Registry, *, threads_max: int = HANDLER_THREADS_MAX) -> None:
        self._registry = registry
        self._threads = HandlerThreads(threads_max)
        self._limits = TimeLimits()

    @property
    def outliving(self) -> int:
        """How many plain handlers go on in their thread although their attempt has ended."""
        return self._threads.outliving

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Call the handler, within the time limit of the attempt, and say how it ended."""
        request = invocation.request
        if not isinstance(request, HandlerRequest):
            raise TypeError(f"not a handler request: {type(request).__name__}")
        handler = self._registry.get(request.name)
        if handler is None:
            return _unknown_handler(request.name, self._registry.names())
        arguments = _arguments(handler, request, invocation)
        if handler.is_async:
            function = cast("Callable[..., Awaitable[object]]", handler.call)
            return await run_in_task(function, arguments, self._limits, invocation)
        return await self._threads.run(partial(handler.call, *arguments), invocation)

    async def close(self) -> None:
        """Start nothing more; idempotent."""
        self._threads.close()
        self._limits.close()


def _arguments(handler: Handler, request: HandlerRequest, invocation: Invocation) -> tuple[object, ...]:
    value = copied(request.input)
    if not handler.takes_context:
        return (value,)
    context = HandlerContext(
        execution_id=invocation.execution_id,
        node=invocation.node,
        attempt=invocation.attempt,
        idempotency_key=invocation.key,
        compensates=invocation.compensates,
    )
    return (value, context)


def _unknown_handler(name: str, known: tuple[str, ...]) -> Failed:
    listed = ", ".join(known) or "none"
    return Failed(
        code="unknown_handler",
        message=f"no handler is registered as {name!r}; registered: {listed}"[:2_048],
        cause=Cause.ERROR,
        is_final=True,
    )
