"""The calls about definitions, and about the server itself."""

from collections.abc import Mapping

from treadle.client.answers import (
    Definition,
    DefinitionRow,
    EngineRow,
    Info,
    Page,
    RoleRow,
    Validation,
)
from treadle.client.call import Call, PageCall, Query, T, get, json_bytes, segment
from treadle.client.query import PAGE_ITEMS, page_query
from treadle.model.json import Json

YAML: Mapping[str, str] = {"Content-Type": "application/yaml"}
JSON: Mapping[str, str] = {"Content-Type": "application/json"}


def put_definition(document: Mapping[str, Json] | str | bytes) -> Call[Definition]:
    """Keep a definition: its document, or the text of one in YAML or JSON. The same one again is no change.

    Raises:
        ApiError: `definition_exists`, the name and version are taken by another document;
            `invalid_definition`, with every fault.
    """
    return _document("/v1/definitions", document, Definition)


def validate(document: Mapping[str, Json] | str | bytes) -> Call[Validation]:
    """Say everything that is to be said of a document, and keep nothing."""
    return _document("/v1/definitions/validate", document, Validation)


def definitions(name: str | None = None, *, page_items: int = PAGE_ITEMS) -> PageCall[DefinitionRow]:
    """The definitions, newest first: of one name, or of all. Deleted ones are not among them."""
    query: Query = () if name is None else (("name", name),)
    return PageCall(first=get("/v1/definitions", Page[DefinitionRow], (*query, *page_query(page_items))))


def definition(name: str, version: str | None = None) -> Call[Definition]:
    """That version, deleted or not; without `version` the one stored last.

    Raises:
        ApiError: `definition_not_found`.
    """
    path = f"/v1/definitions/{segment(name)}"
    return get(path if version is None else f"{path}/{segment(version)}", Definition)


def delete_definition(name: str, version: str) -> Call[None]:
    """Take it out of the lists, and let nothing start it; what runs it goes on.

    Raises:
        ApiError: `definition_not_found`, or it is deleted already: by this very call too, when its answer was
            lost and it was sent again.
    """
    path = f"/v1/definitions/{segment(name)}/{segment(version)}"
    return Call(method="DELETE", path=path, answer=type(None), is_repeatable=True)


def info() -> Call[Info]:
    """What the server is."""
    return get("/v1/info", Info)


def engines() -> PageCall[EngineRow]:
    """The engines of the store: with one process on a store, that process."""
    return PageCall(first=get("/v1/engines", Page[EngineRow]))


def roles() -> PageCall[RoleRow]:
    """The duties that one engine of the store has at a time, and which engine has them."""
    return PageCall(first=get("/v1/roles", Page[RoleRow]))


def _document(path: str, document: Mapping[str, Json] | str | bytes, answer: type[T]) -> Call[T]:
    if isinstance(document, Mapping):
        body, headers = json_bytes(dict(document)), JSON
    else:
        body = document.encode() if isinstance(document, str) else bytes(document)
        headers = JSON if body.lstrip().startswith(b"{") else YAML
    return Call(method="POST", path=path, answer=answer, body=body, headers=headers, is_repeatable=True)
