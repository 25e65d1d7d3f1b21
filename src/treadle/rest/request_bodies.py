"""The body that a route takes, as OpenAPI 3.1 writes it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from treadle.model.commands import Resolution
from treadle.model.json import Json
from treadle.rest.examples import example_body
from treadle.rest.routing import DOCUMENT_TYPES, Route
from treadle.service.act_orders import ResolveOrder
from treadle.service.bulk_orders import BulkOrder
from treadle.service.orders import BusinessKeyPolicy, StartOrder

DOCUMENT_SCHEMA: Final = {
    "type": "object",
    "description": "A definition; its own schema is at `/v1/schemas/definition`.",
}
ANY_JSON: Final = ("object", "array", "string", "number", "boolean", "null")
WOULD_BE_DOCUMENT: Final = {
    "type": ANY_JSON,
    "description": "What is to be a definition: whatever it is, the answer tells.",
}
TIES: Final[Mapping[type, Json]] = MappingProxyType(
    {
        StartOrder: [
            {"properties": {"business_key_policy": {"const": BusinessKeyPolicy.ALLOW.value}}},
            {"properties": {"business_key": {"type": "string"}}, "required": ["business_key"]},
        ],
        BulkOrder: [
            {"properties": {"all": {"const": False}}},
            {"properties": {"filter": {"maxProperties": 0}}},
        ],
        ResolveOrder: [
            {"properties": {"outcome": {"const": Resolution.DONE.value}}},
            {"not": {"required": ["output"]}},
        ],
    }
)
"""What one field asks of another: a type has no word for that. One of the alternatives holds."""


def request_body(route: Route, schema_of_request: Json | None) -> Json | None:
    """What is sent to the route, None if nothing is."""
    schema: Json
    if route.types is DOCUMENT_TYPES:
        schema = DOCUMENT_SCHEMA if "invalid_definition" in route.refusals else WOULD_BE_DOCUMENT
    elif route.request is not None:
        schema = schema_of_request
    elif route.is_any_json:
        schema = {"type": ANY_JSON}
    else:
        return None
    told: dict[str, Json] = {"schema": schema}
    example = example_body(route)
    if example is not None:
        told["example"] = example
    return {"required": _is_needed(route), "content": dict.fromkeys(route.types, told)}


def _is_needed(route: Route) -> bool:
    """Where no body is as good as an empty object, it still has to fit."""
    if route.is_any_json:
        return False
    fields = () if route.request is None else msgspec.structs.fields(route.request)
    return route.is_body_needed or any(field.required for field in fields)
