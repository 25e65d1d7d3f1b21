"""One process with everything in it: store, invokers, engine, use cases, server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

import msgspec

from treadle.bootstrap.backends import OpenStore, open_store
from treadle.bootstrap.callbacks import load_key_ring, public_url
from treadle.bootstrap.invokers import build_invoker
from treadle.config.loopback import http_url
from treadle.config.server_url import parse_server_url
from treadle.config.settings import Settings
from treadle.config.version import VERSION
from treadle.definition.activities.table import READERS as ACTIVITIES
from treadle.definition.bounds import DocumentBounds
from treadle.definition.kinds.table import KINDS
from treadle.model.bounds import ExecutionBounds
from treadle.ports.invoker import Invoker
from treadle.rest.edge import Edge, Info
from treadle.rest.headers import open_caller
from treadle.rest.server import listen, serve_at
from treadle.rest.table import application
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.clocks import SystemClock
from treadle.runtime.definitions import DefinitionInvoker
from treadle.runtime.engine import Engine, Parts
from treadle.runtime.programs import Programs
from treadle.runtime.randomness import SystemRandomness
from treadle.security.egress import EgressMode, EgressPolicy
from treadle.security.tokens import KeyRing
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
        # The port has to be known before anything is sent that names it.
        listener = await listen(settings.host, settings.port)
        started.callback(listener.close)
        port: int = listener.getsockname()[1]
        clock = SystemClock()
        tokens = await load_key_ring(opened.store, clock.now())
        egress = EgressPolicy(mode=EgressMode.DEV)
        programs = Programs(opened.views, RuntimeBounds().programs_max, compile_stored)
        invoker = build_invoker(
            registry,
            DefinitionInvoker(opened.views, programs),
            clock=clock,
            egress=egress,
            tokens=tokens,
            public_url=public_url(settings, port),
        )
        started.push_async_callback(invoker.close)
        parts = _engine_parts(settings, opened, programs, invoker, clock)
        engine = Engine(parts)
        await engine.start()
        started.push_async_callback(engine.stop)
        use_cases = _use_cases(settings, engine, parts, tokens)
        info = Info(version=VERSION, engine=parts.id, store=opened.facts, features=FEATURES)
        identify = partial(open_caller, public_host=_host_of(settings.public_url))
        edge = Edge(use_cases=use_cases, health=engine.health, identify=identify, info=info)
        server = serve_at(listener, application(edge))
        started.push_async_callback(server.stop)
        started.callback(use_cases.close)
        yield Running(url=http_url(settings.host, port), engine=engine, use_cases=use_cases)


def _host_of(url: str | None) -> str | None:
    return parse_server_url(url).hostname if url is not None else None


def _engine_parts(
    settings: Settings, opened: OpenStore, programs: Programs, invoker: Invoker, clock: SystemClock
) -> Parts:
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
        programs=programs,
        clock=clock,
        bounds=bounds,
        execution_bounds=ExecutionBounds(
            state_bytes=settings.state_bytes_max,
            frames=settings.frames_max,
            items=settings.items_max,
            kept_signals=settings.kept_signals_max,
        ),
    )


def _use_cases(settings: Settings, engine: Engine, parts: Parts, tokens: KeyRing) -> UseCases:
    return UseCases(
        ServiceParts(
            engine=engine,
            store=parts.store,
            views=parts.views,
            programs=parts.programs,
            clock=parts.clock,
            randomness=SystemRandomness(),
            tokens=tokens,
            document_bounds=DocumentBounds(nodes=settings.nodes_max),
        )
    )
