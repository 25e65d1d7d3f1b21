"""The edge of a process: who may ask, how much of it, and what it says of itself."""

from typing import Final

from treadle.bootstrap.backends import OpenStore
from treadle.bootstrap.metrics import Scrapes, StoreReading
from treadle.config.settings import Settings
from treadle.config.version import VERSION
from treadle.definition.activities.table import READERS as ACTIVITIES
from treadle.definition.kinds.table import KINDS
from treadle.ports.clock import Clock
from treadle.rest.admission import Admission
from treadle.rest.edge import Callers, Edge, Info
from treadle.rest.requests import Requests
from treadle.runtime.bulk_acts import BulkRunner
from treadle.runtime.engine import Engine
from treadle.security.rate_limits import RateLimit
from treadle.service.use_cases import UseCases

FEATURES: Final = (*KINDS, *ACTIVITIES, "compensate", "hooks", "idempotency_key", "inline_definition", "bulk")


def build_edge(
    settings: Settings,
    opened: OpenStore,
    engine: Engine,
    bulk: BulkRunner,
    use_cases: UseCases,
    callers: Callers,
) -> Edge:
    """The edge over an engine and its store."""
    requests, admission = Requests(), build_admission(settings, engine.clock)
    stored = StoreReading(opened.store, opened.views, engine.clock)
    return Edge(
        use_cases=use_cases,
        health=lambda: (*engine.health(), *bulk.health()),
        callers=callers,
        admission=admission,
        info=Info(version=VERSION, engine=engine.duties.engine, store=opened.facts, features=FEATURES),
        metrics=Scrapes(engine, bulk, stored, requests, admission).answer,
        requests=requests,
        event_send_s_max=settings.event_send_ms_max / 1_000,
    )


def build_admission(settings: Settings, clock: Clock) -> Admission:
    """What lets requests in, as the settings say."""
    rate = None
    if settings.rate_limit:
        rate = RateLimit(per_s=settings.rate_limit, burst=settings.rate_burst or settings.rate_limit)
    return Admission(clock, requests_max=settings.requests_max, rate=rate)
