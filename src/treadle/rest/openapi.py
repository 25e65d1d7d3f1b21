"""What the table of routes says, as OpenAPI 3.1: built from the rows and the structs, never by hand."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Final, cast

from treadle.model.json import Json
from treadle.rest.answer_headers import answer_headers
from treadle.rest.bounds import BODY_BYTES_MAX, JSON_DEPTH_MAX
from treadle.rest.codes import CODES
from treadle.rest.components import component_schemas, schema_of
from treadle.rest.events import EVENT_STREAM
from treadle.rest.examples import OF_STRUCTS
from treadle.rest.links import links
from treadle.rest.parameters import header_parameters, path_parameters, query_parameters
from treadle.rest.problems import PROBLEM_JSON, Problem
from treadle.rest.request_bodies import request_body
from treadle.rest.routing import Route, operation_id

JSON: Final = "application/json"
TITLE: Final = "Treadle"
BEARER: Final = "key"
EVERYWHERE: Final = ("invalid_parameter", "internal")
"""Codes that any request may end with."""
IDENTIFIED: Final = ("unauthenticated", "forbidden", "malformed_request", "store_unavailable")
"""Codes of requests that say who asks: in which namespace, with a key that may have to be looked up."""
WITH_BODY: Final = ("malformed_request", "too_large", "unsupported_media_type", "request_timeout")
ADMITTED: Final = ("overloaded",)
"""Codes of requests that change something."""
DECIDED: Final = ("store_unavailable", "stopping", "not_owner", "commit_refused")
"""Codes of requests that an execution decides."""


def openapi_document(routes: Iterable[Route], version: str) -> Json:
    """The whole description of a server of that version."""
    rows = tuple(routes)
    components = component_schemas(rows)
    paths: dict[str, dict[str, Json]] = {}
    for route in rows:
        paths.setdefault(_path(route), {})[route.method.lower()] = _operation(route, rows)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": version,
            "summary": "A durable workflow and saga runtime.",
            "description": (
                "Times are RFC 3339, UTC, with milliseconds. What goes wrong is told as a problem (RFC 9457) "
                "with a stable `code`. A 201 or 202 is sent when what it says is durable. "
                "In any JSON that is sent integers have 64 bits and are written without a fraction, values "
                f"are nested {JSON_DEPTH_MAX} deep at most, and a body has {BODY_BYTES_MAX:,} bytes at most."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{BEARER: []}],
        "tags": [{"name": name, "description": told} for name, told in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of `treadle server`; `treadle dev` asks for none.",
                }
            },
        },
    }


TAGS: Final = {
    "definitions": "What is run: documents, immutable by name and version.",
    "executions": "What runs, what it has come to, and what people do with it.",
    "callbacks": "The answers of async activities; the token proves the right to give one.",
    "operations": "What the server says of itself.",
}


FAMILIES: Final = {
    "definitions": "definitions",
    "schemas": "definitions",
    "executions": "executions",
    "bulk": "executions",
    "callbacks": "callbacks",
}
"""The first word of an address -> its tag."""


def _tag(route: Route) -> str:
    parts = route.path.split("/")
    named = parts[2] if len(parts) > 2 else ""
    return FAMILIES.get(named, "operations")


def _path(route: Route) -> str:
    """The path as OpenAPI writes it: without the converters of the router."""
    return route.path.replace(":path}", "}")


def _operation(route: Route, rows: Sequence[Route]) -> Json:
    parameters = (*path_parameters(route), *query_parameters(route), *header_parameters(route))
    operation: dict[str, Json] = {
        "operationId": operation_id(route),
        "summary": route.summary,
        "tags": [_tag(route)],
        "responses": _responses(route, rows),
    }
    if route.handler.__doc__:
        operation["description"] = _description(route.handler.__doc__)
    if parameters:
        operation["parameters"] = list(parameters)
    body = request_body(route, None if route.request is None else schema_of(route.request))
    if body is not None:
        operation["requestBody"] = body
    if route.is_open:
        operation["security"] = []
    else:
        operation["x-treadle-scope"] = route.scope.value
    return operation


def _description(docstring: str) -> str:
    return " ".join(line.strip() for line in docstring.strip().splitlines()).strip()


def _responses(route: Route, rows: Sequence[Route]) -> dict[str, Json]:
    answers: dict[str, Json] = {}
    leads_to = links(route, rows)
    for status, struct in route.responses.items():
        answer: dict[str, Json] = {"description": HTTPStatus(status).phrase}
        if struct is not None:
            content: dict[str, Json] = {"schema": _answer_schema(route, struct)}
            if struct in OF_STRUCTS and route.answers_in == JSON:
                content["example"] = OF_STRUCTS[struct]
            answer["content"] = {route.answers_in: content}
        if leads_to:
            answer["links"] = leads_to
        answers[str(status)] = answer
    for status, codes in _problems(route).items():
        told = "; ".join(f"`{code}`: {CODES[code].title.lower()}" for code in codes)
        problem = {PROBLEM_JSON: {"schema": schema_of(Problem)}}
        known = cast("dict[str, Json] | None", answers.get(str(status)))
        if known is None:
            answers[str(status)] = {"description": told, "content": problem}
        else:
            known["description"] = f"{known['description']}; {told}"
            known["content"] = {**known["content"], **problem}
    for told_status, answer in answers.items():
        headers = answer_headers(route, int(told_status))
        if headers:
            answer["headers"] = headers
    return answers


def _answer_schema(route: Route, struct: type) -> Json:
    if struct is str:
        return {"type": "string"}
    if route.answers_in == EVENT_STREAM:
        return _message_schema(struct)
    return {"type": "object"} if struct is dict else schema_of(struct)


def _message_schema(struct: type) -> Json:
    """One message of a stream of server-sent events."""
    data = {"type": "string", "contentMediaType": JSON, "contentSchema": schema_of(struct)}
    return {
        "type": "object",
        "description": f"One message of the stream; `data` is a {struct.__name__} on one line.",
        "properties": {
            "id": {"type": "string", "pattern": "^[0-9]+$"},
            "event": {"type": "string", "pattern": "^[A-Za-z]+$"},
            "data": data,
        },
        "required": ["event", "data"],
    }


def _problems(route: Route) -> dict[int, list[str]]:
    """The codes that a request of this route may end with, by status."""
    codes = [*EVERYWHERE, *route.refusals]
    if not route.is_open:
        codes += IDENTIFIED
    if route.method != "GET":
        codes += ADMITTED
    if route.method == "POST":
        codes += WITH_BODY if route.is_open else (*WITH_BODY, "rate_limited")
    if HTTPStatus.ACCEPTED in route.responses:
        codes += DECIDED
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(CODES[code].status.value, []).append(code)
    return dict(sorted(by_status.items()))
