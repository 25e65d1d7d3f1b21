"""One process with everything in it: store, invokers, engine, use cases, server."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from treadle.bootstrap.backends import OpenStore, open_store
from treadle.bootstrap.callbacks import load_callback_tokens, public_url
from treadle.bootstrap.edge import build_edge
from treadle.bootstrap.invokers import build_invoker
from treadle.bootstrap.tracing import open_tracing
from treadle.config.loopback import http_url
from treadle.config.networks import parse_networks
from treadle.config.secrets import Secrets, SecretsError
from treadle.config.server_url import parse_server_url
from treadle.config.settings import Settings
from treadle.definition.bounds import DocumentBounds
from treadle.invokers.echoes import Echoes
from treadle.model.bounds import ExecutionBounds
from treadle.model.errors import Rejected
from treadle.model.ids import EngineId, Instant
from treadle.ports.invoker import Invoker
from treadle.rest.edge import Callers
from treadle.rest.identifying import KeyedCallers, OpenCallers
from treadle.rest.server import listen, serve_at
from treadle.rest.table import application
from treadle.runtime.bounds import RuntimeBounds
from treadle.runtime.bulk_acting import BulkParts
from treadle.runtime.bulk_acts import BulkRunner
from treadle.runtime.callback_tokens import CallbackTokens
from treadle.runtime.clocks import SystemClock
from treadle.runtime.definitions import DefinitionInvoker
from treadle.runtime.engine import Engine, Parts
from treadle.runtime.programs import Programs
from treadle.runtime.randomness import SystemRandomness
from treadle.security.api_keys import check_apart, parse_keys
from treadle.security.egress import EgressMode, EgressPolicy
from treadle.service.bulk import bulk_command
from treadle.service.documents import compile_stored
from treadle.service.parts import ServiceParts
from treadle.service.use_cases import UseCases
from treadle.worker.registry import Registry


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """An application that answers at `url`."""

    url: str
    engine: Engine
    use_cases: UseCases
    secrets: Secrets


@asynccontextmanager
async def running(settings: Settings, registry: Registry, *, is_open: bool = True) -> AsyncIterator[Running]:
    """Start everything, from the store up; stop it again from the server down.

    `is_open`: everybody of this machine may ask, and calls may go to it; else keys are needed, and calls go
    to public addresses and to those that the settings allow.

    What was started is stopped too if something after it cannot be started. A stop gives what is in
    flight its time; what was acknowledged is durable.

    Raises:
        Rejected: `no_api_key`, nobody could ask; `invalid_api_keys`, those of the settings cannot be used;
            `invalid_secrets`, the file cannot be used; `no_tracing`, the packages for it are not installed.
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
        tokens = await load_callback_tokens(opened.store, opened.views, clock)
        secrets = _secrets(settings)
        echoes = Echoes(secrets.of)
        callers = await _callers(settings, opened, clock.now(), is_open=is_open)
        engine_id = SystemRandomness().engine_id()
        tracing = open_tracing(settings.otlp_endpoint, engine_id)
        if tracing is not None:
            started.push_async_callback(tracing.close)
        programs = Programs(opened.views, RuntimeBounds().programs_max, compile_stored)
        invoker = build_invoker(
            registry,
            DefinitionInvoker(opened.views, programs),
            clock=clock,
            egress=_egress(settings, is_open=is_open),
            tokens=tokens,
            public_url=public_url(settings, port),
            secrets=secrets,
            echoes=echoes,
            tracing=tracing,
        )
        started.push_async_callback(invoker.close)
        parts = _engine_parts(settings, engine_id, opened, programs, invoker, clock)
        engine = Engine(parts)
        await engine.start()
        started.push_async_callback(engine.stop)
        acting = BulkParts(engine=engine, views=opened.views, command=bulk_command)
        bulk = BulkRunner(acting, opened.bulk_acts)
        bulk.start()
        started.push_async_callback(bulk.stop)
        use_cases = _use_cases(settings, engine, bulk, parts, tokens, echoes)
        edge = build_edge(settings, opened, engine, bulk, use_cases, callers)
        server = serve_at(listener, application(edge))
        started.push_async_callback(server.stop)
        started.callback(use_cases.close)
        url = http_url(settings.host, port)
        yield Running(url=url, engine=engine, use_cases=use_cases, secrets=secrets)


def _secrets(settings: Settings) -> Secrets:
    try:
        return Secrets(os.environ, None if settings.secrets is None else Path(settings.secrets))
    except SecretsError as error:
        raise Rejected("invalid_secrets", str(error)) from error


def _egress(settings: Settings, *, is_open: bool) -> EgressPolicy:
    if is_open:
        return EgressPolicy(mode=EgressMode.DEV)
    return EgressPolicy(mode=EgressMode.SERVER, allow=parse_networks(settings.egress_allow or ""))


async def _callers(settings: Settings, opened: OpenStore, now: Instant, *, is_open: bool) -> Callers:
    if is_open:
        return OpenCallers(_host_of(settings.public_url))
    try:
        given = parse_keys(settings.api_keys or "", now)
        check_apart(given, await opened.views.api_keys())
    except ValueError as error:
        raise Rejected("invalid_api_keys", f"TREADLE_API_KEYS: {error}") from error
    callers = KeyedCallers(given, opened.views)
    if not await callers.count():
        message = (
            "there is no key, so nobody could ask: make one with `treadle keys create`, or set "
            "TREADLE_API_KEYS"
        )
        raise Rejected("no_api_key", message)
    return callers


def _host_of(url: str | None) -> str | None:
    return parse_server_url(url).hostname if url is not None else None


def _engine_parts(
    settings: Settings,
    engine_id: EngineId,
    opened: OpenStore,
    programs: Programs,
    invoker: Invoker,
    clock: SystemClock,
) -> Parts:
    bounds = RuntimeBounds(
        live_max=settings.live_max,
        commits_waiting_max=settings.commits_waiting_max,
        batch_rows_max=settings.batch_rows_max,
        batch_bytes_max=settings.batch_bytes_max,
        stop_grace_ms=settings.stop_grace_ms,
    )
    return Parts(
        id=engine_id,
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


def _use_cases(
    settings: Settings, engine: Engine, bulk: BulkRunner, parts: Parts, tokens: CallbackTokens, echoes: Echoes
) -> UseCases:
    return UseCases(
        ServiceParts(
            engine=engine,
            bulk=bulk,
            store=parts.store,
            views=parts.views,
            programs=parts.programs,
            clock=parts.clock,
            randomness=SystemRandomness(),
            tokens=tokens,
            document_bounds=DocumentBounds(nodes=settings.nodes_max),
            without_secrets=echoes.without_in_answer,
        )
    )
