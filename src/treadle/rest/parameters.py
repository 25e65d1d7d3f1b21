"""The parameters of a route, as OpenAPI 3.1 writes them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

import msgspec

from treadle.model.ids import IDEMPOTENCY_KEY_CHARS_MAX, NAME
from treadle.model.json import Json
from treadle.rest.bounds import EVENT_ID_DIGITS_MAX
from treadle.rest.routing import Route
from treadle.security.tokens import TOKEN_CHARS_MAX

NAMES_OF_PATH: Final = re.compile(r"{(\w+)(?::\w+)?}")
UUID: Final = {"type": "string", "format": "uuid"}
NAME_SCHEMA: Final = {"type": "string", "pattern": f"^{NAME.pattern}$"}
TEXT: Final = {"type": "string", "minLength": 1}
TOKEN: Final = {
    "type": "string",
    "pattern": f"^[A-Za-z0-9_-]{{1,{TOKEN_CHARS_MAX}}}$",
    "format": "callback-token",
}
OF_PATH: Final[Mapping[str, Mapping[str, tuple[Json, str]]]] = {
    "executions": {
        "id": (UUID, "The execution."),
        "name": (TEXT, "The signal."),
        "path": (TEXT, "The visit that is undone, percent-encoded."),
    },
    "definitions": {
        "name": (NAME_SCHEMA, "The name of the definition."),
        "version": (NAME_SCHEMA, "Its version."),
    },
    "callbacks": {"token": (TOKEN, "The token that came with the request.")},
    "bulk": {"id": (UUID, "The bulk act.")},
}
KEY: Final = {
    "type": "string",
    "maxLength": IDEMPOTENCY_KEY_CHARS_MAX,
    "pattern": "^[!-~]([ -~]*[!-~])?$",
}
OF_HEADERS: Final[Mapping[str, tuple[Json, str]]] = {
    "Idempotency-Key": (KEY, "The same key and body answer with what the first one began."),
    "Prefer": ({"type": "string"}, "`wait=<seconds>`: answer when it has ended."),
    "traceparent": ({"type": "string"}, "The caller's trace (W3C Trace Context)."),
    "Last-Event-ID": (
        {"type": "string", "pattern": f"^[0-9]{{0,{EVENT_ID_DIGITS_MAX}}}$"},
        "The `id` of the last event that the client has.",
    ),
    "X-Callback-Token": (TOKEN, "The token; where it stands in the address too, the same."),
}
NAMESPACE: Final = (NAME_SCHEMA, "By default that of the key, or `default`.")


def path_parameters(route: Route) -> Iterator[Json]:
    """Those of the path, each required."""
    family = OF_PATH.get(route.path.split("/")[2], {}) if route.path.startswith("/v1/") else {}
    for name in NAMES_OF_PATH.findall(route.path):
        schema, told = family[name]
        yield {"name": name, "in": "path", "required": True, "description": told, "schema": schema}


def query_parameters(route: Route) -> Iterator[Json]:
    """Those of the query; one that may repeat is a list."""
    (_,), components = msgspec.json.schema_components((route.query,), ref_template="{name}")
    known = cast(Mapping[str, Any], components)
    for name, schema in known[route.query.__name__]["properties"].items():
        yield {"name": name, "in": "query", "required": False, "schema": _inlined(schema, known)}


def header_parameters(route: Route) -> Iterator[Json]:
    """Those headers that the route looks at, beside what says who asks."""
    headers = {name: OF_HEADERS[name] for name in route.headers}
    if not route.is_open:
        headers["Treadle-Namespace"] = NAMESPACE
    for name, (schema, told) in headers.items():
        is_needed = name == "X-Callback-Token" and "{token}" not in route.path
        yield {"name": name, "in": "header", "required": is_needed, "description": told, "schema": schema}


def _inlined(schema: Json, known: Mapping[str, Any]) -> Json:
    """The schema without references, and without null: a parameter that is not given is left out."""
    if "$ref" in schema:
        return known[schema["$ref"]]
    if "anyOf" in schema:
        [given] = [each for each in schema["anyOf"] if each != {"type": "null"}]
        return _inlined(given, known)
    if "items" in schema:
        return {**schema, "items": _inlined(schema["items"], known)}
    return schema
