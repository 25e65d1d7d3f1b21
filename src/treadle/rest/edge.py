"""What the handlers work with, and what the server says of itself."""

from collections.abc import Callable, Mapping

import msgspec

from treadle.model.ids import EngineId
from treadle.model.json import Json
from treadle.service.caller import Caller
from treadle.service.use_cases import UseCases


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of /v1/info; `store` says at least its kind and whether it is durable."""

    version: str
    engine: EngineId
    store: Mapping[str, Json]
    features: tuple[str, ...]


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """`health` says what is wrong, in words; `identify` who asks, by the headers, or raises Rejected."""

    use_cases: UseCases
    health: Callable[[], tuple[str, ...]]
    identify: Callable[[Mapping[str, str]], Caller]
    info: Info
