"""The description of the API is made of the table, and is kept beside the code."""

from pathlib import Path

import msgspec
import pytest

from tests.rest.serving import Server
from treadle.config.version import VERSION
from treadle.model.json import Json
from treadle.rest.codes import CODES
from treadle.rest.openapi import openapi_document
from treadle.rest.routing import operation_id
from treadle.rest.table import ROUTES

KEPT = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"


@pytest.fixture(scope="module")
def document() -> Json:
    return msgspec.json.decode(msgspec.json.encode(openapi_document(ROUTES, VERSION)))


def test_the_one_that_is_kept_is_that_of_the_code(document: Json) -> None:
    """`python -m treadle.rest.openapi_file > docs/reference/openapi.json` writes it anew."""
    assert msgspec.json.decode(KEPT.read_bytes()) == document


def test_every_route_is_described_once(document: Json) -> None:
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(route.method, route.path.replace(":path}", "}")) for route in ROUTES}
    names = [operation_id(route) for route in ROUTES]
    assert len(set(names)) == len(names)


def test_every_reference_leads_to_a_shape(document: Json) -> None:
    text = msgspec.json.encode(document).decode()
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(document["components"]["schemas"])


def test_every_code_is_told_by_some_route(document: Json) -> None:
    """But for those of requests that no route takes, and what is recorded in a history and told to nobody."""
    told = "".join(
        answer["description"]
        for methods in document["paths"].values()
        for operation in methods.values()
        for answer in operation["responses"].values()
    )
    assert {code for code in CODES if f"`{code}`" not in told} == {
        "not_found",
        "method_not_allowed",
        "activity_ended",
    }


@pytest.mark.anyio
async def test_it_is_served_as_json_and_as_a_page(bare: Server, document: Json) -> None:
    served = await bare.get("/openapi.json")
    assert served.body == document
    async with bare.session.get("/docs") as answer:
        text = await answer.text()
    assert answer.headers["Content-Type"].startswith("text/html")
    assert all(route.summary in text for route in ROUTES if "'" not in route.summary)
    assert "http" not in text.replace("schemas/http", "").replace("http_status", "").replace("http ", "")
