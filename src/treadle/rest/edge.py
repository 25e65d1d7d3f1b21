"""What the handlers work with, and what the server says of itself."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from treadle.model.ids import EngineId
from treadle.model.json import Json
from treadle.rest.admission import Admission
from treadle.rest.bounds import EVENT_SEND_S_MAX
from treadle.rest.requests import Requests
from treadle.service.caller import Caller
from treadle.service.use_cases import UseCases


class Callers(Protocol):
    """Knows who asks, by the headers of a request."""

    async def identify(self, headers: Mapping[str, str]) -> Caller:
        """Raises Rejected for one who may not ask at all."""
        ...


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of /v1/info; `store` says at least its kind and whether it is durable."""

    version: str
    engine: EngineId
    store: Mapping[str, Json]
    features: tuple[str, ...]


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """`health` says what is wrong, in words; `callers` who asks; `metrics` is what a scrape is answered.

    `admission` says what is let in.

    `requests` is told what became of each. One who takes nothing of a stream for `event_send_s_max` is let
    go of.
    """

    use_cases: UseCases
    health: Callable[[], tuple[str, ...]]
    callers: Callers
    admission: Admission
    info: Info
    metrics: Callable[[], Awaitable[bytes]]
    requests: Requests
    event_send_s_max: float = EVENT_SEND_S_MAX
