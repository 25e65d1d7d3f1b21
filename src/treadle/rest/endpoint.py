"""All methods of one path: a request is read as its route says, its handler called, the answer sent."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from treadle.model.ids import Namespace
from treadle.model.json import Json
from treadle.rest.edge import Edge
from treadle.rest.events import EventStreamResponse
from treadle.rest.json_bodies import convert_body, decode_json
from treadle.rest.problems import method_not_allowed, not_found, problem_response
from treadle.rest.queries import read_query
from treadle.rest.reading import read_body, read_media_type
from treadle.rest.routing import Answer, Call, Route
from treadle.service.caller import Caller

WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
JSON: Final = "application/json"
NOBODY: Final = Caller(namespace=Namespace(""), actor="nobody")
"""Who asks where nobody is asked who he is; in no namespace."""
_encoder = msgspec.json.Encoder()


class Endpoint:
    """An ASGI application for one path of the table."""

    def __init__(self, routes: Iterable[Route], edge: Edge) -> None:
        self._routes: Mapping[str, Route] = {route.method: route for route in routes}
        self._edge = edge
        methods = set(self._routes) | ({"HEAD"} if "GET" in self._routes else set())
        self._allowed = ", ".join(sorted(methods))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        except Exception as error:  # the edge of the process: whatever it is, the caller is answered
            response = problem_response(error)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        route = self._routes.get(method)
        if route is None:
            error = method_not_allowed(request.method, request.url.path)
            return problem_response(error, {"Allow": self._allowed})
        answer = await route.handler(await self._read(request, route))
        if answer.stream is not None and request.method != "HEAD":
            return EventStreamResponse(answer.stream, headers=dict(answer.headers))
        return _response(answer)

    async def _read(self, request: Request, route: Route) -> Call[Any, Any]:
        headers = request.headers
        caller = NOBODY if route.is_open else self._edge.identify(headers)
        query = read_query(request.query_params, route.query)
        data, written_in, tree, body = b"", "json", None, None
        if route.method in WITH_BODY:
            data = await read_body(request)
            written_in = read_media_type(headers, route.types) if data else "json"
        if route.request is not None:
            tree, body = _read_json(data, route, route.request)
        elif route.is_any_json and data:
            tree = decode_json(data)
        return Call(
            edge=self._edge,
            caller=caller,
            headers=headers,
            path=request.path_params,
            query=query,
            body=body,
            tree=tree,
            data=data,
            written_in=written_in,
        )


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application for every path that is not in the table."""
    response = problem_response(not_found(Request(scope).url.path))
    await response(scope, receive, send)


def _read_json(data: bytes, route: Route, wanted: type[msgspec.Struct]) -> tuple[Json, msgspec.Struct]:
    tree = {} if not data and not route.is_body_needed else decode_json(data)
    return tree, convert_body(tree, wanted)


def _response(answer: Answer) -> Response:
    if answer.body is msgspec.UNSET:
        return Response(status_code=answer.status, headers=dict(answer.headers))
    encoded = _encoder.encode(answer.body)
    return Response(encoded, status_code=answer.status, headers=dict(answer.headers), media_type=JSON)
