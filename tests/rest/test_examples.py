"""The examples of the description are what they are examples of."""

from collections.abc import Iterator

import jsonschema_rs
import msgspec
import pytest

from tests.rest.serving import Server
from treadle.config.version import VERSION
from treadle.model.json import Json
from treadle.rest.examples import DOCUMENT, GRAPH, OF_STRUCTS
from treadle.rest.openapi import openapi_document
from treadle.rest.routing import DOCUMENT_TYPES
from treadle.rest.table import ROUTES

DESCRIBED: Json = msgspec.json.decode(msgspec.json.encode(openapi_document(ROUTES, VERSION)))
OPERATIONS = [operation for methods in DESCRIBED["paths"].values() for operation in methods.values()]


def contents() -> Iterator[tuple[str, str, Json]]:
    """(operation, media type, what is said of its content) for each body that is sent or granted."""
    for operation in OPERATIONS:
        sent = operation.get("requestBody", {}).get("content", {})
        granted = [
            answer.get("content", {})
            for status, answer in operation["responses"].items()
            if status.startswith("2")
        ]
        for content in (sent, *granted):
            yield from ((operation["operationId"], kind, told) for kind, told in content.items())


def shaped_as(schema: Json) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": DESCRIBED["components"]})


@pytest.mark.parametrize(
    ("operation", "kind", "told"), [pytest.param(*each, id="-".join(each[:2])) for each in contents()]
)
def test_every_body_has_an_example_that_fits(operation: str, kind: str, told: Json) -> None:
    """But for text, and for the two schemas, which are their own."""
    is_shaped = kind in DOCUMENT_TYPES and told["schema"] != {"type": "object"}
    assert ("example" in told) == is_shaped, operation
    if is_shaped:
        shaped_as(told["schema"]).validate(told["example"])


@pytest.mark.parametrize("struct", OF_STRUCTS, ids=lambda struct: struct.__name__)
def test_every_example_is_read_as_what_it_shows(struct: type) -> None:
    read = msgspec.json.decode(msgspec.json.encode(OF_STRUCTS[struct]), type=struct)
    written = msgspec.json.decode(msgspec.json.encode(read))
    shown = OF_STRUCTS[struct]
    assert {name: written[name] for name in shown} == shown


@pytest.mark.anyio
async def test_the_example_of_a_definition_is_one_and_is_drawn_so(bare: Server) -> None:
    told = await bare.post("/v1/definitions/validate", json=DOCUMENT)
    assert told.body == {"valid": True, "errors": [], "warnings": [], "graph": GRAPH}
