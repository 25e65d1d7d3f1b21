"""Handlers of what operators and orchestrators of processes ask."""

import msgspec

from treadle.rest.queries import NoQuery
from treadle.rest.routing import Answer, Call
from treadle.telemetry.metrics import NOT_READY


class Liveness(msgspec.Struct, frozen=True, kw_only=True):
    status: str = "live"


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """`faults` says what is wrong, in words; nothing when `status` is `ready`."""

    status: str
    faults: tuple[str, ...]


async def livez(_call: Call[NoQuery, None]) -> Answer:
    """The process answers."""
    return Answer(body=Liveness())


async def readyz(call: Call[NoQuery, None]) -> Answer:
    """200 when the engine takes work, 503 with what is wrong when it does not."""
    faults = call.edge.health()
    status = "not_ready" if faults else "ready"
    body = Readiness(status=status, faults=faults)
    return Answer(status=503, body=body, code=NOT_READY) if faults else Answer(body=body)


async def metrics(call: Call[NoQuery, None]) -> Answer:
    """What the process counts and measures."""
    return Answer(text=await call.edge.metrics())


async def list_engines(call: Call[NoQuery, None]) -> Answer:
    """Who may write the store: with one process on a store, that process."""
    return Answer(body=await call.edge.use_cases.engines.all())


async def list_roles(call: Call[NoQuery, None]) -> Answer:
    """Which engine has which of the duties that one has at a time."""
    return Answer(body=call.edge.use_cases.engines.roles())


async def info(call: Call[NoQuery, None]) -> Answer:
    return Answer(body=call.edge.info)
