"""Which invoker carries out which request."""

from collections.abc import Coroutine, Mapping

from treadle.config.secrets import Secrets
from treadle.invokers.echoes import Echoes
from treadle.invokers.filling import FillingInvoker
from treadle.invokers.http.invoker import HttpInvoker
from treadle.invokers.local.invoker import LocalInvoker
from treadle.invokers.tracing import TracingInvoker
from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome
from treadle.model.requests import DefinitionRequest, HandlerRequest, HttpRequest
from treadle.ports.clock import Clock
from treadle.ports.invoker import Invoker
from treadle.ports.tracing import Tracing
from treadle.runtime.callback_tokens import CallbackTokens
from treadle.security.egress import EgressPolicy
from treadle.worker.registry import Registry


class Dispatch:
    """Hands each invocation to the invoker of its request's type (port Invoker)."""

    def __init__(self, by_request: Mapping[type, Invoker]) -> None:
        self._by_request = by_request

    def invoke(self, invocation: Invocation) -> Coroutine[None, None, Outcome]:
        """Make the attempt and say how it ended."""
        return self._by_request[type(invocation.request)].invoke(invocation)

    async def close(self) -> None:
        """Close every invoker."""
        for invoker in self._by_request.values():
            await invoker.close()


def build_invoker(  # noqa: PLR0913 - everything that calls may need meets here
    registry: Registry,
    definitions: Invoker,
    *,
    clock: Clock,
    egress: EgressPolicy,
    tokens: CallbackTokens,
    public_url: str,
    secrets: Secrets,
    echoes: Echoes,
    tracing: Tracing | None = None,
) -> Invoker:
    """An invoker of every kind of request that there is, which fills their holes first; traced, if wanted."""
    by_request: dict[type, Invoker] = {
        HttpRequest: HttpInvoker(clock=clock, egress=egress),
        HandlerRequest: LocalInvoker(registry),
        DefinitionRequest: definitions,
    }
    filling = FillingInvoker(
        Dispatch(by_request), sign=tokens.sign, public_url=public_url, secret=secrets.find, echoes=echoes
    )
    return filling if tracing is None else TracingInvoker(filling, tracing)
