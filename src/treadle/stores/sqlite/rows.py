"""Values <-> rows: the one place that knows the order of columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from treadle.model.api_keys import ApiKey, Scope
from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure, FailureKind
from treadle.model.ids import ExecutionId
from treadle.model.views import Cursor, FailureGroup, StoredDefinition, StoredKey, Summary
from treadle.ports.commit import Commit, HistoryRow, IdempotencyKey, InboxRow, StoredState
from treadle.ports.views import AuditedDefinition, AuditedExecution, IdempotencyRecord, Stray, StrayKind

Row: TypeAlias = tuple[Any, ...]
"""As the library types what it reads: the columns of the statement, in order."""
Values: TypeAlias = tuple[int | float | str | bytes | None, ...]
"""The parameters of one row, in the order of the statement."""

_encoder = msgspec.json.Encoder()
_failures = msgspec.json.Decoder(Failure)
_labels = msgspec.json.Decoder(dict[str, str])


def new_execution(commit: Commit) -> Values:
    """For `insert_executions`; the commit has a start."""
    start = commit.start
    if start is None:
        raise TypeError("a commit without a start makes no execution")
    return (
        commit.execution_id,
        commit.fence,
        *_changing(commit),
        start.namespace,
        start.definition.name,
        start.definition.version,
        start.definition.digest,
        start.business_key,
        start.priority,
        _encoder.encode(start.labels).decode() if start.labels else "{}",
        start.created_at,
    )


def changed_execution(commit: Commit) -> Values:
    """For `update_executions`: what must stand there, then what is to."""
    return (
        commit.execution_id,
        commit.expected_version,
        commit.owner,
        commit.fence,
        *_changing(commit),
    )


def _changing(commit: Commit) -> Values:
    columns = commit.columns
    is_open = columns.ended_at is None
    return (
        commit.version,
        None if commit.is_release else commit.owner,
        columns.due_at if commit.is_release and is_open else None,
        columns.status,
        columns.reason,
        columns.run,
        None if columns.failure is None else _encoder.encode(columns.failure).decode(),
        columns.started_at,
        columns.updated_at,
        columns.ended_at,
    )


def new_history(commit: Commit) -> Values:
    """For `insert_history`."""
    row = commit.history
    return (commit.execution_id, row.first_seq, row.last_seq, row.at, row.events, row.digest)


def new_snapshot(commit: Commit) -> Values:
    """For `upsert_snapshots`; the commit has a snapshot."""
    return (commit.execution_id, commit.version, commit.history.digest, commit.snapshot)


def new_labels(commits: Iterable[Commit]) -> list[Values]:
    """For `insert_labels`: those of all the starts."""
    return [
        (start.namespace, name, value, start.created_at, commit.execution_id)
        for commit in commits
        if (start := commit.start) is not None
        for name, value in start.labels.items()
    ]


def as_it_is(row: Values) -> Values:
    """For rows that are values already."""
    return row


def new_idempotency(commit: Commit) -> Values:
    """For `insert_idempotency`; the start has a key."""
    start = commit.start
    if start is None or start.idempotency is None:
        raise TypeError("a commit without an idempotency key takes none")
    key = start.idempotency
    taken = (commit.execution_id, start.created_at, key.expires_at)
    return (start.namespace, key.key, key.body_digest, *taken)


def new_definition(definition: StoredDefinition) -> Values:
    """For `insert_definition`."""
    return (
        definition.namespace,
        definition.name,
        definition.version,
        definition.digest,
        definition.document,
        definition.created_at,
        definition.deleted_at,
        int(definition.is_inline),
    )


def new_key(key: StoredKey) -> Values:
    """For `insert_callback_key`."""
    return (key.id, key.secret, key.created_at)


def new_api_key(key: ApiKey) -> Values:
    """For `insert_api_key`."""
    return (key.name, key.namespace, "+".join(sorted(key.scopes)), key.digest, key.created_at)


def read_api_key(row: Row) -> ApiKey:
    """From `list_api_keys`."""
    name, namespace, scopes, digest, created_at, revoked_at = row
    return ApiKey(
        name=name,
        namespace=namespace,
        scopes=frozenset(map(Scope, scopes.split("+"))),
        digest=digest,
        created_at=created_at,
        revoked_at=revoked_at,
    )


def read_history(row: Row) -> HistoryRow:
    first_seq, last_seq, at, events, digest = row
    return HistoryRow(first_seq=first_seq, last_seq=last_seq, at=at, events=events, digest=digest)


def read_histories(rows: Iterable[Row]) -> dict[ExecutionId, list[HistoryRow]]:
    """By the execution in the first column; each oldest first."""
    found: dict[ExecutionId, list[HistoryRow]] = {}
    for execution_id, *columns in rows:
        found.setdefault(execution_id, []).append(read_history(tuple(columns)))
    for history in found.values():
        history.sort(key=lambda row: row.first_seq)
    return found


def read_inboxes(rows: Iterable[Row]) -> dict[ExecutionId, list[InboxRow]]:
    """By the execution in the first column; each oldest first."""
    found: dict[ExecutionId, list[InboxRow]] = {}
    for execution_id, id_, payload in rows:
        found.setdefault(execution_id, []).append(InboxRow(id=id_, payload=payload))
    for inbox in found.values():
        inbox.sort(key=lambda row: row.id)
    return found


def read_state(row: Row, tail: Iterable[HistoryRow]) -> StoredState:
    """From `list_states`, less its fence."""
    execution_id, version, namespace, name, definition_version, digest, snapshot, snapshot_digest = row
    return StoredState(
        execution_id=execution_id,
        version=version,
        definition=DefinitionRef(name=name, version=definition_version, digest=digest),
        namespace=namespace,
        snapshot=snapshot,
        tail=tuple(tail),
        snapshot_digest=snapshot_digest or b"",
    )


def read_summary(row: Row) -> Summary:
    """From `list_summaries`."""
    (
        execution_id,
        namespace,
        name,
        definition_version,
        digest,
        business_key,
        status,
        reason,
        run,
        priority,
        labels,
        failure,
        created_at,
        started_at,
        updated_at,
        ended_at,
        version,
    ) = row
    return Summary(
        id=execution_id,
        namespace=namespace,
        definition=DefinitionRef(name=name, version=definition_version, digest=digest),
        business_key=business_key,
        status=ExecutionStatus(status),
        reason=reason,
        run=run,
        priority=priority,
        labels=_labels.decode(labels),
        failure=_read_failure(failure),
        created_at=created_at,
        started_at=started_at,
        updated_at=updated_at,
        ended_at=ended_at,
        version=version,
    )


def _read_failure(text: str | None) -> Failure | None:
    return None if text is None else _failures.decode(text)


READ_COLUMNS: Final[Mapping[int, tuple[str, Callable[[Any], object], str | None]]] = {
    6: ("status", ExecutionStatus, ExecutionStatus.PENDING.value),
    10: ("labels", _labels.decode, "{}"),
    11: ("failure", _read_failure, None),
}
"""Columns of `list_summaries` that hold more than a number or a text, by their place: how they are read, and
what stands for one that cannot be."""


def read_failure_group(row: Row) -> FailureGroup:
    """From `group_failures`."""
    definition, node, kind, code, count, sample_id, last_at = row
    return FailureGroup(
        definition=definition,
        node=node,
        kind=None if kind is None else FailureKind(kind),
        code=code,
        count=count,
        sample_id=sample_id,
        last_at=last_at,
    )


def place_before(after: Cursor | None) -> str:
    """A place as `group_failures` writes it, the end of all without a cursor."""
    return "~" if after is None else f"{after.created_at:020d}{after.id}"


def read_audited(row: Row, history: Iterable[HistoryRow]) -> AuditedExecution:
    """From `list_audited`: a summary and its snapshot."""
    *listed, snapshot, snapshot_version, snapshot_digest = row
    unreadable = {}
    for at, (column, read, instead) in READ_COLUMNS.items():
        try:
            read(listed[at])
        except (ValueError, msgspec.MsgspecError) as error:
            unreadable[column] = str(error)
            listed[at] = instead
    return AuditedExecution(
        summary=read_summary(tuple(listed)),
        snapshot=snapshot,
        snapshot_version=snapshot_version or 0,
        snapshot_digest=snapshot_digest or b"",
        history=tuple(history),
        unreadable=unreadable,
    )


def read_audited_definition(row: Row) -> AuditedDefinition:
    """From `list_audited_definitions`."""
    *definition, position = row
    return AuditedDefinition(position=position, definition=read_definition(tuple(definition)))


def read_stray(row: Row) -> Stray:
    """From `list_strays`."""
    execution_id, kind = row
    return Stray(execution_id=execution_id, kind=StrayKind(kind))


def read_definition(row: Row) -> StoredDefinition:
    """From any statement that finds definitions."""
    namespace, name, version, digest, document, created_at, deleted_at, is_inline = row
    return StoredDefinition(
        namespace=namespace,
        name=name,
        version=version,
        digest=digest,
        document=document,
        created_at=created_at,
        deleted_at=deleted_at,
        is_inline=bool(is_inline),
    )


def read_idempotency(row: Row) -> IdempotencyRecord:
    """From `find_idempotency`."""
    key, body_digest, execution_id, expires_at = row
    kept = IdempotencyKey(key=key, body_digest=body_digest, expires_at=expires_at)
    return IdempotencyRecord(key=kept, execution_id=execution_id)


def read_key(row: Row) -> StoredKey:
    """From `list_callback_keys`."""
    id_, secret, created_at = row
    return StoredKey(id=id_, secret=secret, created_at=created_at)


def id_list(ids: Sequence[ExecutionId]) -> str:
    """Many ids as one parameter, for `json_each`."""
    return _encoder.encode(ids).decode()
