"""All methods of one path: a request is read as its route says, its handler called, the answer sent."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from treadle.model.errors import Rejected
from treadle.model.ids import Namespace
from treadle.model.json import Json
from treadle.rest.admission import Place
from treadle.rest.edge import Edge
from treadle.rest.events import EventStream, EventStreamHead, EventStreamResponse
from treadle.rest.json_bodies import convert_body, decode_json
from treadle.rest.problems import method_not_allowed, not_found, problem_response
from treadle.rest.queries import read_query
from treadle.rest.reading import read_body, read_media_type
from treadle.rest.requests import place
from treadle.rest.routing import Answer, Call, Route
from treadle.service.caller import Caller
from treadle.telemetry.metrics import OK

WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
JSON: Final = "application/json"
CALLBACKS: Final = "/v1/callbacks"
NOBODY: Final = Caller(namespace=Namespace(""), actor="nobody", scopes=frozenset())
"""Who asks where nobody is asked who he is; in no namespace."""
_encoder = msgspec.json.Encoder()


class Endpoint:
    """An ASGI application for one path of the table."""

    def __init__(self, routes: Iterable[Route], edge: Edge) -> None:
        self._routes: Mapping[str, Route] = {route.method: route for route in routes}
        self._edge = edge
        self._path = next(route.path for route in self._routes.values())
        self._is_callback = self._path.startswith(CALLBACKS)
        methods = set(self._routes) | ({"HEAD"} if "GET" in self._routes else set())
        self._allowed = ", ".join(sorted(methods))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        loop = asyncio.get_running_loop()
        came_at = loop.time()
        code = OK
        try:
            response, code = await self._respond(request)
        except ClientDisconnect:
            return
        except Exception as error:  # the edge of the process: whatever it is, the caller is answered
            response = problem_response(error, place=place(request, self._path))
            code = response.code
        self._tell(request, response.status_code, code, loop.time() - came_at)
        with suppress(ClientDisconnect):
            await response(scope, receive, send)

    def _tell(self, request: Request, status: int, code: str, elapsed_s: float) -> None:
        self._edge.requests.answered(request, self._path, status, code, elapsed_s)
        if self._is_callback:
            self._edge.requests.callback(code)

    async def _respond(self, request: Request) -> tuple[Response, str]:
        """The answer, and what it is counted as."""
        method = "GET" if request.method == "HEAD" else request.method
        route = self._routes.get(method)
        if route is None:
            error = method_not_allowed(request.method, request.url.path)
            refused = problem_response(error, {"Allow": self._allowed})
            return refused, refused.code
        caller = await self._identify(request, route)
        if method == "GET":
            answer = await route.handler(await self._read(request, route, caller, None))
        else:
            with self._edge.admission.entered(is_start=route.is_refused_first) as room:
                answer = await route.handler(await self._read(request, route, caller, room))
        if isinstance(answer.stream, EventStream):
            if request.method != "HEAD":
                send_s_max = self._edge.event_send_s_max
                sent = EventStreamResponse(answer.stream, answer.headers, send_s_max=send_s_max)
                return sent, answer.code
            await answer.stream.close()
            return EventStreamHead(answer.headers), answer.code
        return _response(answer, route), answer.code

    async def _identify(self, request: Request, route: Route) -> Caller:
        if route.is_open:
            return NOBODY
        caller = await self._edge.callers.identify(request.headers)
        check_scope(caller, route)
        if route.method in WITH_BODY:
            self._edge.admission.check_rate(caller)
        return caller

    async def _read(
        self, request: Request, route: Route, caller: Caller, room: Place | None
    ) -> Call[Any, Any]:
        headers = request.headers
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
            place=room,
            written_in=written_in,
        )


def check_scope(caller: Caller, route: Route) -> None:
    """Refuse a caller who may not do this.

    Raises:
        Rejected: `forbidden`.
    """
    if route.scope not in caller.scopes:
        raise Rejected("forbidden", f"this takes the scope `{route.scope}`, which {caller.actor} has not")


class Nowhere:
    """The ASGI application for every path that is not in the table."""

    def __init__(self, edge: Edge) -> None:
        self._requests = edge.requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        response = problem_response(not_found(request.url.path))
        self._requests.answered(request, None, response.status_code, response.code, 0.0)
        await response(scope, receive, send)


def _read_json(data: bytes, route: Route, wanted: type[msgspec.Struct]) -> tuple[Json, msgspec.Struct]:
    tree = {} if not data and not route.is_body_needed else decode_json(data)
    return tree, convert_body(tree, wanted)


def _response(answer: Answer, route: Route) -> Response:
    if answer.text is not None:
        headers = {**answer.headers, "Content-Type": route.answers_in}
        return Response(answer.text, status_code=answer.status, headers=headers)
    if answer.body is msgspec.UNSET:
        return Response(status_code=answer.status, headers=dict(answer.headers))
    encoded = _encoder.encode(answer.body)
    return Response(encoded, status_code=answer.status, headers=dict(answer.headers), media_type=JSON)
