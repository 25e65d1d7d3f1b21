"""One process with everything in it: store, invokers, engine, use cases, server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

import msgspec

from treadle.bootstrap.backends import OpenStore, open_store
from treadle.bootstrap.invokers import build_invoker
from treadle.config.loopback import http_url
from treadle.config.server_url import parse_server_url
from treadle.config.settings import Settings
from treadle.config.version import VERSION
from treadle.definition.activities.table import READERS as ACTIVITIES
from treadle.definition.kinds.table import KINDS
from treadle.ports.invoker import Invoker
from treadle.rest.edge import Edge, Info
from treadle.rest.headers import open_caller
from treadle.rest.server import serve
from treadle.rest.table import application
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.clocks import SystemClock
from treadle.runtime.engine import Engine, Parts
from treadle.runtime.programs import Programs
from treadle.runtime.randomness import SystemRandomness
from treadle.security.egress import EgressMode, EgressPolicy
from treadle.service.documents import compile_stored
from treadle.service.parts import ServiceParts
from treadle.service.use_cases import UseCases
from treadle.worker.registry import Registry

FEATURES: Final = (*KINDS, *ACTIVITIES, "compensate", "hooks", "idempotency_key", "inline_definition")


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """An application that answers at `url`."""

    url: str
    engine: Engine
    use_cases: UseCases


@asynccontextmanager
async def running(settings: Settings, registry: Registry) -> AsyncIterator[Running]:
    """Start everything, from the store up; stop it again from the server down.

    What was started is stopped too if something after it cannot be started. A stop gives what is in
    flight its time; what was acknowledged is durable.

    Raises:
        Unavailable: the store cannot be opened.
        Corrupt: the store is not what this version made of it.
        OSError: the address cannot be listened at.
    """
    async with AsyncExitStack() as started:
        opened = await asyncio.to_thread(open_store, settings.store_url)
        started.push_async_callback(opened.store.close)
        clock = SystemClock()
        invoker = build_invoker(registry, clock, EgressPolicy(mode=EgressMode.DEV))
        started.push_async_callback(invoker.close)
        parts = _engine_parts(settings, opened, invoker, clock)
        engine = Engine(parts)
        await engine.start()
        started.push_async_callback(engine.stop)
        use_cases = _use_cases(engine, parts)
        info = Info(version=VERSION, engine=parts.id, store=opened.facts, features=FEATURES)
        identify = partial(open_caller, public_host=_host_of(settings.public_url))
        edge = Edge(use_cases=use_cases, health=engine.health, identify=identify, info=info)
        server = await serve(application(edge), settings.host, settings.port)
        started.push_async_callback(server.stop)
        started.callback(use_cases.close)
        yield Running(url=http_url(settings.host, server.port), engine=engine, use_cases=use_cases)


def _host_of(url: str | None) -> str | None:
    return parse_server_url(url).hostname if url is not None else None


def _engine_parts(settings: Settings, opened: OpenStore, invoker: Invoker, clock: SystemClock) -> Parts:
    bounds = RuntimeBounds(
        live_max=settings.live_max,
        batch_rows_max=settings.batch_rows_max,
        batch_bytes_max=settings.batch_bytes_max,
        stop_grace_ms=settings.stop_grace_ms,
    )
    return Parts(
        id=SystemRandomness().engine_id(),
        store=opened.store,
        views=opened.views,
        invoker=invoker,
        programs=Programs(opened.views, bounds.programs_max, compile_stored),
        clock=clock,
        bounds=bounds,
    )


def _use_cases(engine: Engine, parts: Parts) -> UseCases:
    return UseCases(
        ServiceParts(
            engine=engine,
            store=parts.store,
            views=parts.views,
            programs=parts.programs,
            clock=parts.clock,
            randomness=SystemRandomness(),
        )
    )
