"""Handlers of the schemas that the server publishes."""

from typing import Final

import msgspec

from treadle.definition.schema.document import document_schema
from treadle.rest.queries import NoQuery
from treadle.rest.routing import Answer, Call

SCHEMA_JSON: Final = "application/schema+json"
DEFINITION: Final = msgspec.Raw(msgspec.json.encode(document_schema()))
"""It is the same for as long as the process lives."""


async def get_definition_schema(_call: Call[NoQuery, None]) -> Answer:
    """The JSON Schema of a native document."""
    return Answer(body=DEFINITION, headers={"Content-Type": SCHEMA_JSON})
