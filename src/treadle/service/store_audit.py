"""Checking a whole store: each execution against itself, and all of them against the definitions."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from treadle.definition.digest import digest
from treadle.model.ids import Digest, ExecutionId, Namespace
from treadle.model.json import Json
from treadle.model.views import StoredDefinition
from treadle.ports.views import AuditedExecution, Stray, StrayKind, Views
from treadle.service.audit import PAGE_MAX, Finding, examine

STRAY_CODES: Final = {
    StrayKind.HISTORY: "execution_missing",
    StrayKind.SNAPSHOT: "stray_snapshot",
    StrayKind.NOTE: "stray_note",
}
STRAY_WORDS: Final = {
    StrayKind.HISTORY: "a history",
    StrayKind.SNAPSHOT: "a snapshot",
    StrayKind.NOTE: "a note in an inbox",
}


class StoreAudit:
    """One walk; `executions` and `events` are how many were looked at so far."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._defined: dict[tuple[Namespace, Digest], bool] = {}
        self.executions = 0
        self.events = 0

    async def findings(self) -> AsyncIterator[Finding]:
        """What does not agree: of definitions, then of executions, by id."""
        async for finding in self._definitions():
            yield finding
        after: ExecutionId | None = None
        while page := await self._views.audit(after, PAGE_MAX):
            last = page[-1].summary.id
            async for finding in self._executions(page):
                yield finding
            for stray in await self._views.strays(after, last):
                yield _of_stray(stray)
            after = last
        for stray in await self._views.strays(after, None):
            yield _of_stray(stray)

    async def _definitions(self) -> AsyncIterator[Finding]:
        position = 0
        while page := await self._views.audit_definitions(position, PAGE_MAX):
            for one in page:
                position, kept = one.position, one.definition
                self._defined[kept.namespace, kept.digest] = True
                finding = _of_definition(kept)
                if finding is not None:
                    yield finding

    async def _executions(self, page: Sequence[AuditedExecution]) -> AsyncIterator[Finding]:
        for one in page:
            examined = examine(one)
            self.executions += 1
            self.events += examined.events
            for finding in examined.findings:
                yield finding
            namespace, reference = one.summary.namespace, one.summary.definition
            if not await self._is_defined(namespace, reference.digest):
                message = f"there is no document with the digest {reference.digest} in {namespace}"
                yield Finding(execution_id=one.summary.id, seq=0, code="definition_missing", message=message)

    async def _is_defined(self, namespace: Namespace, wanted: Digest) -> bool:
        """Whether the document is kept; it may have been stored after the definitions were looked at."""
        place = namespace, wanted
        if place not in self._defined:
            self._defined[place] = await self._views.document(namespace, wanted) is not None
        return self._defined[place]


def _of_definition(kept: StoredDefinition) -> Finding | None:
    """The document is the one that was stored, under its own name and version."""
    try:
        tree: Json = msgspec.json.decode(kept.document)
        found: str = digest(tree)
    except (ValueError, msgspec.MsgspecError) as error:
        return _altered(kept, f"its document cannot be read: {error}")
    if found != kept.digest:
        return _altered(kept, f"its document has the digest {found}, and is kept under {kept.digest}")
    named = (tree.get("name"), tree.get("version")) if isinstance(tree, dict) else (None, None)
    if named != (kept.name, kept.version):
        return _altered(kept, f"its document names itself {named[0]}@{named[1]}")
    return None


def _altered(kept: StoredDefinition, message: str) -> Finding:
    named = f"{kept.namespace}/{kept.name}@{kept.version}"
    return Finding(execution_id=None, seq=0, code="definition_altered", message=message, definition=named)


def _of_stray(stray: Stray) -> Finding:
    message = f"there is {STRAY_WORDS[stray.kind]}, but no execution of this id"
    return Finding(execution_id=stray.execution_id, seq=0, code=STRAY_CODES[stray.kind], message=message)
