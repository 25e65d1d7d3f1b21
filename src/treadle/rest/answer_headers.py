"""The headers of answers, as OpenAPI 3.1 writes them."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from treadle.model.json import Json
from treadle.rest.routing import Route

OF_ANSWERS: Final[Mapping[str, Json]] = MappingProxyType(
    {
        "Location": {
            "description": "The address of what the answer holds.",
            "required": True,
            "schema": {"type": "string", "pattern": "^/v1/"},
        },
        "Preference-Applied": {
            "description": "The `Prefer: wait` that was followed.",
            "schema": {"type": "string", "pattern": "^wait=[0-9]+$"},
        },
    }
)
RETRY_AFTER: Final = {
    "Retry-After": {
        "description": "Seconds after which to ask again.",
        "schema": {"type": "integer", "minimum": 0},
    }
}
OF_PROBLEMS: Final[Mapping[int, Mapping[str, Json]]] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: {
            "WWW-Authenticate": {"description": "How to say who asks.", "schema": {"const": "Bearer"}}
        },
        HTTPStatus.TOO_MANY_REQUESTS: RETRY_AFTER,
        HTTPStatus.SERVICE_UNAVAILABLE: RETRY_AFTER,
    }
)


def answer_headers(route: Route, status: int) -> Mapping[str, Json]:
    """Those of an answer of that status; a success has those of the route, a refusal those of its status."""
    if status in route.responses and status < HTTPStatus.BAD_REQUEST:
        return {name: OF_ANSWERS[name] for name in route.answer_headers}
    return OF_PROBLEMS.get(status, {})
