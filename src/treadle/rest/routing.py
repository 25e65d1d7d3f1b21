"""A row of the table of routes, and what stands behind it: read, call, answer."""

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar

import msgspec
from starlette.datastructures import Headers

from treadle.model.api_keys import Scope
from treadle.model.json import Json
from treadle.rest.admission import Place
from treadle.rest.edge import Edge
from treadle.rest.queries import NoQuery
from treadle.service.caller import Caller
from treadle.telemetry.metrics import OK

Q = TypeVar("Q")
B = TypeVar("B")

JSON_TYPES: Final[Mapping[str, str]] = MappingProxyType({"application/json": "json"})
DOCUMENT_TYPES: Final[Mapping[str, str]] = {
    "application/json": "json",
    "application/yaml": "yaml",
    "application/x-yaml": "yaml",
    "text/yaml": "yaml",
}


class Call(msgspec.Struct, Generic[Q, B], frozen=True, kw_only=True):
    """One request, read. `tree` is the JSON of the body, `data` its bytes, written in `written_in`.

    `place` is what the request takes of the room for those that change something.
    """

    edge: Edge
    caller: Caller
    headers: Headers
    path: Mapping[str, str]
    query: Q
    body: B
    tree: Json = None
    data: bytes = b""
    place: Place | None = None
    written_in: str = "json"


class Stream(Protocol):
    """Messages that are sent one after the other."""

    async def close(self) -> None:
        """Give back what it holds, sent or not; idempotent."""
        ...


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered; `body` UNSET is none.

    `text` is sent as it is, in the type that the route answers in; `stream` is sent as events, one after the
    other.
    """

    status: int = 200
    body: object = msgspec.UNSET
    text: bytes | None = None
    stream: "Stream | None" = None
    headers: Mapping[str, str] = {}
    code: str = OK
    """What the request is counted as."""


Handler: TypeAlias = Callable[[Call[Any, Any]], Awaitable[Answer]]
"""Raises TreadleError; everything else that it raises is our own fault."""


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `request` is the struct of a JSON body, None for a route that reads `data` itself or nothing.

    `responses` tells the struct of each status that is not a problem. `is_body_needed` False: no body at
    all is as good as an empty object. `is_any_json`: the body is any JSON value, and none at all is null.
    `is_open`: nobody is asked who he is; what the request holds has to prove itself.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    responses: Mapping[int, type | None]
    query: type[msgspec.Struct] = NoQuery
    request: type[msgspec.Struct] | None = None
    is_body_needed: bool = True
    is_any_json: bool = False
    is_open: bool = False
    is_refused_first: bool = False
    """Whether it is for the time being refused while others still have room."""
    types: Mapping[str, str] = JSON_TYPES
    """Media types that a body may have -> what it is then written in."""
    headers: tuple[str, ...] = ()
    """Headers that the handler looks at."""
    answer_headers: tuple[str, ...] = ()
    """Headers that an answer may have when nothing is wrong."""
    refusals: tuple[str, ...] = ()
    """Codes that a request may end with, beside those that any may."""
    scope: Scope = Scope.READ
    """What the caller has to be allowed."""
    answers_in: str = "application/json"
    """The media type of what is answered when nothing is wrong."""


def operation_id(route: Route) -> str:
    """One word for the operation, the same as long as its address is."""
    parts = [part for part in route.path.split("/")[1:] if part != "v1"]
    words = [part.strip("{}").partition(":")[0] for part in parts]
    return re.sub(r"[.-]", "_", "_".join((route.method.lower(), *words)))
