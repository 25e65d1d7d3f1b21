"""Definitions: kept once under their name and version, never changed."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from treadle.model.errors import Fault, Rejected
from treadle.model.ids import Digest, Instant, Namespace
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.model.views import Cursor, StoredDefinition
from treadle.service.cursors import decode_cursor, encode_cursor
from treadle.service.documents import (
    CheckedDocument,
    DocumentFormat,
    read_text,
    report_on,
    stored_graph,
)
from treadle.service.parts import ServiceParts


class DefinitionView(msgspec.Struct, frozen=True, kw_only=True):
    """A definition with its document as written. `warnings` comes with the answer to a put alone."""

    name: str
    version: str
    digest: Digest
    created_at: str
    document: msgspec.Raw
    graph: Json
    deleted_at: str | UnsetType = UNSET
    warnings: tuple[Fault, ...] | UnsetType = UNSET


class DefinitionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One definition in a list."""

    name: str
    version: str
    digest: Digest
    created_at: str


class DefinitionPage(msgspec.Struct, frozen=True, kw_only=True):
    """`next` is the cursor of what follows, None at the end."""

    items: tuple[DefinitionRow, ...]
    next: str | None


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """`graph` is null when there are errors."""

    valid: bool
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    graph: Json


class PutDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """`is_new`: nothing of that name and version was kept before."""

    is_new: bool
    view: DefinitionView


class Definitions:
    """What is asked of a definition is asked within one namespace."""

    def __init__(self, parts: ServiceParts) -> None:
        self._store = parts.store
        self._views = parts.views
        self._programs = parts.programs
        self._clock = parts.clock
        self._bounds = parts.document_bounds

    async def put(self, namespace: Namespace, data: bytes, written_in: DocumentFormat) -> PutDefinition:
        """Keep the document; the same one again is no change, and makes a deleted one visible again.

        Raises:
            Rejected: `too_large`, `malformed_request`, `invalid_definition`, or `definition_exists` when
                the name and version are taken by another document.
        """
        document = await read_text(data, written_in, self._bounds)
        definition = document.definition
        known = await self._views.definition(namespace, definition.name, definition.version)
        if known is None or known.deleted_at is not None:
            kept = await self._store.put_definition(self._stored(namespace, document))
        else:
            kept = known
        if kept.digest != definition.digest:
            message = (
                f"{definition.name}@{definition.version} is taken by another document ({kept.digest}): "
                "a version is never changed, give this one a new version"
            )
            raise Rejected("definition_exists", message)
        self._programs.put(document.program)
        view = _view(kept, document.graph, document.warnings)
        return PutDefinition(is_new=known is None, view=view)

    async def validate(self, data: bytes, written_in: DocumentFormat) -> Validation:
        """Say everything that is to be said of a document, and keep nothing.

        Raises:
            Rejected: `too_large` or `malformed_request`.
        """
        report, drawn = await report_on(data, written_in, self._bounds)
        is_valid = report.definition is not None
        return Validation(valid=is_valid, errors=report.errors, warnings=report.warnings, graph=drawn)

    async def get(self, namespace: Namespace, name: str, version: str | None) -> DefinitionView:
        """That version, deleted or not; without `version` the one stored last and not deleted.

        Raises:
            Rejected: `definition_not_found`.
        """
        found = await self._views.definition(namespace, name, version)
        if found is None:
            raise not_found(name, version)
        return _view(found, await stored_graph(found.document))

    async def list_page(
        self, namespace: Namespace, name: str | None, cursor: str | None, limit: int
    ) -> DefinitionPage:
        """Newest first, of one name or of all.

        Raises:
            Rejected: `invalid_parameter`, the cursor.
        """
        after = decode_cursor(cursor) if cursor is not None else None
        found = await self._views.definitions(namespace, name, after, limit + 1)
        return DefinitionPage(items=tuple(map(_row, found[:limit])), next=_next(found, limit))

    async def delete(self, namespace: Namespace, name: str, version: str) -> None:
        """No longer listed, newest or startable; the name and version stay taken.

        Raises:
            Rejected: `definition_not_found`, or deleted already.
        """
        if not await self._store.delete_definition(namespace, name, version, self._clock.now()):
            raise not_found(name, version)

    def _stored(self, namespace: Namespace, document: CheckedDocument) -> StoredDefinition:
        return stored_definition(namespace, document, self._clock.now())


def stored_definition(
    namespace: Namespace, document: CheckedDocument, now: Instant, *, is_inline: bool = False
) -> StoredDefinition:
    """The row of a document; an inline one is found by its digest alone."""
    definition = document.definition
    return StoredDefinition(
        namespace=namespace,
        name=definition.name,
        version=definition.version,
        digest=definition.digest,
        document=document.json,
        created_at=now,
        is_inline=is_inline,
    )


def not_found(name: str, version: str | None) -> Rejected:
    """What is said of a definition that is not there."""
    named = name if version is None else f"{name}@{version}"
    return Rejected("definition_not_found", f"there is no definition {named}")


def _view(
    found: StoredDefinition, drawn: Json, warnings: tuple[Fault, ...] | UnsetType = UNSET
) -> DefinitionView:
    return DefinitionView(
        name=found.name,
        version=found.version,
        digest=found.digest,
        created_at=format_instant(found.created_at),
        document=msgspec.Raw(found.document),
        graph=drawn,
        deleted_at=UNSET if found.deleted_at is None else format_instant(found.deleted_at),
        warnings=warnings,
    )


def _row(found: StoredDefinition) -> DefinitionRow:
    return DefinitionRow(
        name=found.name,
        version=found.version,
        digest=found.digest,
        created_at=format_instant(found.created_at),
    )


def _next(found: Sequence[StoredDefinition], limit: int) -> str | None:
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    return encode_cursor(Cursor(created_at=last.created_at, id=f"{last.name}@{last.version}"))
