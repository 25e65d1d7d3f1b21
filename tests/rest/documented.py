"""With what each operation may end, as it is described: the statuses of success, and codes of problems."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from treadle.config.version import VERSION
from treadle.model.json import Json
from treadle.rest.openapi import openapi_document
from treadle.rest.routing import Route, operation_id
from treadle.rest.table import ROUTES

CODE: Final = re.compile(r"`([a-z_]+)`")
DOCUMENT: Final[Json] = msgspec.json.decode(msgspec.json.encode(openapi_document(ROUTES, VERSION)))
BY_OPERATION: Final[Mapping[str, Route]] = {operation_id(route): route for route in ROUTES}
OPERATIONS: Final[Mapping[str, Json]] = {
    operation["operationId"]: operation
    for methods in DOCUMENT["paths"].values()
    for operation in methods.values()
}
STATUSES: Final = {(name, status) for name, route in BY_OPERATION.items() for status in route.responses}
"""(operation, status), nothing being wrong."""
CODES_OF: Final = {
    (name, code)
    for name, operation in OPERATIONS.items()
    for answer in operation["responses"].values()
    for code in CODE.findall(answer["description"])
}
"""(operation, code of a problem)."""


def told_by(code: str) -> tuple[str, ...]:
    """The operations that may end with that code."""
    return tuple(name for name in BY_OPERATION if (name, code) in CODES_OF)


def address(operation: str, **named: str) -> str:
    """An address of the operation; what is not named does not exist."""
    made = BY_OPERATION[operation].path.replace("{path:path}", named.get("path", "absent"))
    made = made.replace("{id}", named.get("id", "0190a000-0000-7000-8000-000000000001"))
    for part in ("name", "version", "token"):
        made = made.replace(f"{{{part}}}", named.get(part, "1"))
    return made
