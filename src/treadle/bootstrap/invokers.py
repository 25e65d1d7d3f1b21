"""Which invoker carries out which request."""

from collections.abc import Mapping

from treadle.invokers.filling import FillingInvoker
from treadle.invokers.http.invoker import HttpInvoker
from treadle.invokers.local.invoker import LocalInvoker
from treadle.model.effects import Invocation
from treadle.model.outcomes import Outcome
from treadle.model.requests import DefinitionRequest, HandlerRequest, HttpRequest
from treadle.ports.clock import Clock
from treadle.ports.invoker import Invoker
from treadle.security.egress import EgressPolicy
from treadle.security.tokens import KeyRing
from treadle.worker.registry import Registry


class Dispatch:
    """Hands each invocation to the invoker of its request's type (port Invoker)."""

    def __init__(self, by_request: Mapping[type, Invoker]) -> None:
        self._by_request = by_request

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Make the attempt and say how it ended."""
        return await self._by_request[type(invocation.request)].invoke(invocation)

    async def close(self) -> None:
        """Close every invoker."""
        for invoker in self._by_request.values():
            await invoker.close()


def build_invoker(
    registry: Registry,
    definitions: Invoker,
    *,
    clock: Clock,
    egress: EgressPolicy,
    tokens: KeyRing,
    public_url: str,
) -> Invoker:
    """An invoker of every kind of request that there is, which fills their holes first."""
    by_request: dict[type, Invoker] = {
        HttpRequest: HttpInvoker(clock=clock, egress=egress),
        HandlerRequest: LocalInvoker(registry),
        DefinitionRequest: definitions,
    }
    return FillingInvoker(Dispatch(by_request), tokens=tokens, public_url=public_url, secret=_no_secret)


def _no_secret(_name: str) -> None:
    """No process is given secrets."""
