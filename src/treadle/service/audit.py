"""Checking what is kept of each execution: the chain, the numbering, the fold, the columns."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

import msgspec

from treadle.codec.chain import find_break
from treadle.codec.events import decode_events
from treadle.codec.schemas import schema_of
from treadle.codec.snapshots import SCHEMA, decode_snapshot, encode_snapshot
from treadle.codec.upcasts import told_by_schema_1
from treadle.core.evolve import apply, begun, fold
from treadle.core.folding.draft import Draft
from treadle.core.invariants import violations
from treadle.model.errors import Corrupt
from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId
from treadle.model.json import Json
from treadle.ports.views import AuditedExecution, Views
from treadle.runtime.recording import columns_of

PAGE_MAX: Final = 20
"""Executions read at a time, each with its whole history."""
COLUMNS: Final = ("status", "reason", "run", "failure", "started_at", "updated_at", "ended_at")
FIXED: Final = ("namespace", "definition", "business_key", "priority", "labels", "version", "created_at")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that does not agree, at an event of an execution; `seq` is 0 where there is no event.

    Of what is wrong with a definition, `definition` says which: `<namespace>/<name>@<version>`.
    """

    execution_id: ExecutionId | None
    seq: int
    code: str
    message: str
    definition: str | None = None


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """One execution, and what was found in it."""

    execution_id: ExecutionId
    events: int
    findings: tuple[Finding, ...]


async def audit(views: Views) -> AsyncIterator[Examined]:
    """Every execution of the store, by id."""
    after: ExecutionId | None = None
    while page := await views.audit(after, PAGE_MAX):
        for one in page:
            after = one.summary.id
            yield examine(one)


def examine(audited: AuditedExecution) -> Examined:
    """Check one execution against itself."""
    findings = tuple(_Examination(audited).findings())
    events = audited.history[-1].last_seq if audited.history else 0
    return Examined(execution_id=audited.summary.id, events=events, findings=findings)


class _Examination:
    """The checks of one execution; those that come after a fold stop where it cannot go on."""

    def __init__(self, audited: AuditedExecution) -> None:
        self._audited = audited
        self._rows = audited.history
        self._at_snapshot: Execution | None = None
        self._final: Execution | None = None

    def findings(self) -> Iterator[Finding]:
        for column, message in self._audited.unreadable.items():
            yield self._found(0, "unreadable_column", f"{column} cannot be read: {message}")
        yield from self._chain()
        unfolded = self._unfolded()
        if unfolded is not None:
            yield unfolded
            return
        yield from self._snapshot()
        yield from self._invariants()
        yield from self._columns()

    def _chain(self) -> Iterator[Finding]:
        """The digests fit, and the numbers of the events have no gap."""
        broken = find_break(self._rows)
        if broken is not None:
            yield self._found(
                self._rows[broken].first_seq, "broken_chain", "the digest of the row does not fit"
            )
        expected = 1
        for row in self._rows:
            if row.first_seq != expected or row.last_seq < row.first_seq:
                message = f"the row counts from {row.first_seq} to {row.last_seq}, not from {expected}"
                yield self._found(row.first_seq, "gap", message)
            expected = row.last_seq + 1
        if not self._rows:
            yield self._found(0, "no_history", "there is no event")

    def _unfolded(self) -> Finding | None:
        """Fold the history; a finding where that is not possible."""
        draft, seq = None, 0
        for row in self._rows:
            try:
                events = decode_events(row.events)
            except Corrupt as error:
                return self._found(row.first_seq, "unreadable_events", error.message)
            if len(events) != row.last_seq - row.first_seq + 1:
                message = f"the row holds {len(events)} events, its numbers say otherwise"
                return self._found(row.first_seq, "wrong_count", message)
            for seq, event in enumerate(events, start=row.first_seq):
                try:
                    if draft is None:
                        draft = Draft(begun(event))
                    else:
                        apply(draft, event)
                except Exception as error:  # a history that cannot be: whatever the fold meets in it
                    return self._found(seq, "unfoldable", f"{type(error).__name__}: {error}")
            if draft is not None and row.last_seq == self._audited.snapshot_version:
                self._at_snapshot = draft.frozen()
                draft = Draft(self._at_snapshot)
        self._final = None if draft is None else draft.frozen()
        return None

    def _snapshot(self) -> Iterator[Finding]:
        """The snapshot is the fold up to its event, and with the tail the fold of all."""
        audited, seq = self._audited, self._audited.snapshot_version
        if audited.snapshot is None:
            return
        digest = next((row.digest for row in self._rows if row.last_seq == seq), None)
        if digest is None or self._at_snapshot is None:
            yield self._found(seq, "snapshot_misplaced", "no row of the history ends where the snapshot does")
            return
        if digest != audited.snapshot_digest:
            yield self._found(seq, "snapshot_digest", "the snapshot's digest is not that of its row")
        try:
            snapshot = decode_snapshot(audited.snapshot)
            tail = [row for row in self._rows if row.first_seq > seq]
            resumed = fold(snapshot, (event for row in tail for event in decode_events(row.events)))
        except Exception as error:  # as above
            yield self._found(seq, "unreadable_snapshot", f"{type(error).__name__}: {error}")
            return
        is_of_today = schema_of(audited.snapshot) == SCHEMA
        told = _all if is_of_today else told_by_schema_1
        yield from self._difference(told(self._at_snapshot), told(snapshot), "snapshot")
        if self._final is not None:
            yield from self._difference(told(self._final), told(resumed), "snapshot_and_tail")

    def _difference(self, folded: Execution, stored: Execution, code: str) -> Iterator[Finding]:
        if encode_snapshot(folded) == encode_snapshot(stored):
            return
        fields = [name for name in folded.__struct_fields__ if getattr(folded, name) != getattr(stored, name)]
        message = f"differs from the fold of the history in {', '.join(fields) or 'the types of values'}"
        yield self._found(folded.version, code, message)

    def _invariants(self) -> Iterator[Finding]:
        """The state is one that whole decisions leave behind."""
        if self._final is not None:
            for violation in violations(self._final):
                yield self._found(self._final.version, "invariant", violation)

    def _columns(self) -> Iterator[Finding]:
        """What lists show is what the state says."""
        final, summary = self._final, self._audited.summary
        if final is None:
            return
        columns = columns_of(final, None)
        for name in (*COLUMNS, *FIXED):
            if name in self._audited.unreadable:
                continue
            folded: Json = getattr(columns if name in COLUMNS else final, name)
            listed: Json = getattr(summary, name)
            if folded != listed:
                message = f"the list says {name} is {listed!r}, the history {folded!r}"
                yield self._found(final.version, "columns", message[:1_000])

    def _found(self, seq: int, code: str, message: str) -> Finding:
        return Finding(execution_id=self._audited.summary.id, seq=seq, code=code, message=message)


def _all(execution: Execution) -> Execution:
    """A snapshot of today's schema tells the whole state."""
    return execution
