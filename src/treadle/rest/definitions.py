"""Handlers of definitions."""

from typing import cast

from treadle.rest.queries import DefinitionsQuery, NoQuery
from treadle.rest.routing import Answer, Call
from treadle.service.documents import DocumentFormat


async def put_definition(call: Call[NoQuery, None]) -> Answer:
    """201 for a new version, 200 for one that is there already."""
    written_in = cast(DocumentFormat, call.written_in)
    put = await call.edge.use_cases.definitions.put(call.caller.namespace, call.data, written_in)
    path = f"/v1/definitions/{put.view.name}/{put.view.version}"
    return Answer(status=201 if put.is_new else 200, body=put.view, headers={"Location": path})


async def validate_definition(call: Call[NoQuery, None]) -> Answer:
    written_in = cast(DocumentFormat, call.written_in)
    return Answer(body=await call.edge.use_cases.definitions.validate(call.data, written_in))


async def list_definitions(call: Call[DefinitionsQuery, None]) -> Answer:
    query = call.query
    definitions = call.edge.use_cases.definitions
    return Answer(
        body=await definitions.list_page(call.caller.namespace, query.name, query.cursor, query.limit)
    )


async def get_definition(call: Call[NoQuery, None]) -> Answer:
    """The newest version, or the one that the path names."""
    name, version = call.path["name"], call.path.get("version")
    return Answer(body=await call.edge.use_cases.definitions.get(call.caller.namespace, name, version))


async def delete_definition(call: Call[NoQuery, None]) -> Answer:
    name, version = call.path["name"], call.path["version"]
    await call.edge.use_cases.definitions.delete(call.caller.namespace, name, version)
    return Answer(status=204)
