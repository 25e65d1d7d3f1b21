"""The local invoker: handlers registered in this process."""

from collections.abc import Coroutine

from treadle.invokers.local.outcomes import copied
from treadle.invokers.local.tasks import HandlerTasks
from treadle.invokers.local.threads import HANDLER_THREADS_MAX, HandlerThreads
from treadle.model.effects import Invocation
from treadle.model.outcomes import Cause, Failed, Outcome
from treadle.model.requests import HandlerRequest
from treadle.worker.registry import HandlerContext, Registry


class LocalInvoker:
    """Makes attempts of handler requests (port Invoker). Build it inside the event loop."""

    def __init__(self, registry: Registry, *, threads_max: int = HANDLER_THREADS_MAX) -> None:
        self._registry = registry
        self._threads = HandlerThreads(threads_max)
        self._tasks = HandlerTasks()

    @property
    def outliving(self) -> int:
        """How many plain handlers go on in their thread although their attempt has ended."""
        return self._threads.outliving

    def invoke(self, invocation: Invocation) -> Coroutine[None, None, Outcome]:
        """Call the handler, within the time limit of the attempt, and say how it ended."""
        request = invocation.request
        if not isinstance(request, HandlerRequest):
            raise TypeError(f"not a handler request: {type(request).__name__}")
        handler = self._registry.get(request.name)
        if handler is None:
            return _unknown_handler(request.name, self._registry.names())
        value = copied(request.input)
        arguments = (value, _context(invocation)) if handler.takes_context else (value,)
        if handler.is_async:
            return self._tasks.run(handler.call, arguments, invocation)  # type: ignore[arg-type]  # it is async
        return self._threads.run(handler.call, arguments, invocation)

    async def close(self) -> None:
        """Start nothing more; idempotent."""
        self._threads.close()
        self._tasks.close()


def _context(invocation: Invocation) -> HandlerContext:
    return HandlerContext(
        execution_id=invocation.execution_id,
        node=invocation.node,
        attempt=invocation.attempt,
        idempotency_key=invocation.key,
        compensates=invocation.compensates,
    )


async def _unknown_handler(name: str, known: tuple[str, ...]) -> Failed:
    listed = ", ".join(known) or "none"
    return Failed(
        code="unknown_handler",
        message=f"no handler is registered as {name!r}; registered: {listed}"[:2_048],
        cause=Cause.ERROR,
        is_final=True,
    )
