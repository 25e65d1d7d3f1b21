"""/v1/schemas: what editors and builders of documents check against."""

import pytest
from jsonschema_rs import Draft202012Validator

from tests.rest.serving import Server, document, task
from treadle.definition.schema.document import document_schema

pytestmark = pytest.mark.anyio


async def test_the_schema_of_a_document_is_published(bare: Server) -> None:
    reply = await bare.get("/v1/schemas/definition")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/schema+json")
    assert reply.body == document_schema()


async def test_what_the_published_schema_refuses_is_refused(bare: Server) -> None:
    schema = Draft202012Validator((await bare.get("/v1/schemas/definition")).body)
    for written in (document(task("a")), document(task("a", timeout=10))):
        validation = (await bare.post("/v1/definitions/validate", json=written)).body
        assert validation["valid"] is schema.is_valid(written)


async def test_other_methods_are_not_taken(bare: Server) -> None:
    reply = await bare.post("/v1/schemas/definition", json={})
    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD")
