"""Where an answer leads: operations that take what it holds, as OpenAPI 3.1 links."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from treadle.model.json import Json
from treadle.rest.parameters import NAMES_OF_PATH
from treadle.rest.routing import Route, operation_id

MADE: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = MappingProxyType(
    {
        "post_executions": ("/v1/executions/{id}", {"id": "$response.body#/id"}),
        "post_executions_bulk": ("/v1/bulk/{id}", {"id": "$response.body#/bulk_id"}),
        "post_definitions": (
            "/v1/definitions/{name}/{version}",
            {"name": "$response.body#/name", "version": "$response.body#/version"},
        ),
    }
)
"""operation that makes something -> the address of that, and where the answer has its parameters."""


def links(route: Route, routes: Iterable[Route]) -> Mapping[str, Json]:
    """By operation, those that need nothing but what the answer of this one holds."""
    if operation_id(route) not in MADE:
        return {}
    address, parameters = MADE[operation_id(route)]
    return {
        operation_id(other): {"operationId": operation_id(other), "parameters": parameters}
        for other in routes
        if other.path.startswith(address) and set(NAMES_OF_PATH.findall(other.path)) == set(parameters)
    }
