"""The shapes of what is sent and answered, as JSON Schemas that are named."""

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from types import MappingProxyType
from typing import Any, Final

import msgspec

from treadle.model.json import Json
from treadle.rest.problems import Problem
from treadle.rest.request_bodies import TIES
from treadle.rest.routing import Route

SCHEMAS: Final = "#/components/schemas/{name}"
INSTANT: Final = {"format": "date-time"}
ID: Final = {"format": "uuid"}
OF_FIELDS: Final[Mapping[str, Json]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("at", "created_at", "started_at", "updated_at", "ended_at", "deleted_at", "last_at"), INSTANT
        ),
        **dict.fromkeys(("wake_at", "until", "started", "since"), INSTANT),
        "digest": {"pattern": "^sha256:[0-9a-f]{64}$"},
        **dict.fromkeys(("sample_id", "bulk_id", "execution_id"), ID),
    }
)
"""What text is that stands under such a name, wherever it does: one name has one meaning."""


def component_schemas(routes: Iterable[Route]) -> Json:
    """By name, in order, every struct that a route takes or answers with."""
    structs: dict[type, None] = {Problem: None}
    for route in routes:
        given = (*route.responses.values(), route.request)
        structs.update({struct: None for struct in given if struct is not None and struct is not dict})
    _, components = msgspec.json.schema_components(tuple(structs), ref_template=SCHEMAS)
    for schema in components.values():
        _refine(schema)
    for struct, alternatives in TIES.items():
        components[struct.__name__]["anyOf"] = alternatives
    return dict(sorted(components.items()))


def schema_of(struct: type) -> Json:
    """A reference to the shape of the struct."""
    return {"$ref": SCHEMAS.format(name=struct.__name__)}


def _refine(schema: dict[str, Any]) -> None:
    if "description" in schema:
        schema["description"] = cleandoc(schema["description"])
    for name, field in schema.get("properties", {}).items():
        for kind in field.get("anyOf", (field,)):
            if kind.get("type") == "string":
                kind.update(OF_FIELDS.get(name, {}))
