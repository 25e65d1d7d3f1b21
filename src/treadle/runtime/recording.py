"""From a decided state to what is written: the history row, the list columns, the snapshot when due."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from treadle.codec.chain import seal
from treadle.codec.events import decode_events, encode_events
from treadle.codec.inbox import encode_command
from treadle.codec.packing import json_bytes
from treadle.codec.snapshots import decode_snapshot, encode_snapshot
from treadle.core.evolve import evolve, fold
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.status import failure_of, status_of
from treadle.model.effects import ChildStart, Notice
from treadle.model.errors import Corrupt
from treadle.model.events import ExecutionStarted
from treadle.model.execution import Execution
from treadle.model.ids import EngineId, Instant
from treadle.model.program import SEMANTICS
from treadle.ports.commit import (
    Commit,
    HistoryRow,
    IdempotencyKey,
    InboxNote,
    ListColumns,
    NewExecution,
    Start,
    StoredState,
)
from treadle.ports.snapshots import is_snapshot_due
from treadle.runtime.turn import Turn
from treadle.telemetry.tally import Types, types_of


class Mark(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How far an execution is written: its version, the last row's digest, and the weight of its tail.

    `state_bytes` is what the state holds at most, as JSON.
    """

    version: int = 0
    digest: bytes = b""
    snapshot_bytes: int = 0
    tail_bytes: int = 0
    state_bytes: int = 0


class Owner(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Under whose name a commit is written."""

    engine: EngineId
    fence: int


class Release(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The execution is given up; it is to be claimed again at `due_at`, or (None) when somebody asks."""

    due_at: Instant | None


class Recording(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is being written, and what holds once it is durable: the state, and how far it is written.

    `types` are those of its events, as they are counted; `size_bytes` is what the commit adds to a batch.
    """

    turn: Turn
    execution: Execution
    commit: Commit
    mark: Mark
    types: Types
    size_bytes: int


def columns_of(execution: Execution, due_at: Instant | None) -> ListColumns:
    """What lists and claims read."""
    return ListColumns(
        status=status_of(execution),
        reason=execution.reason,
        run=execution.run,
        failure=failure_of(execution),
        started_at=execution.started_at,
        updated_at=execution.updated_at,
        ended_at=execution.ended_at,
        due_at=due_at,
    )


def record(
    turn: Turn,
    execution: Execution,
    mark: Mark,
    owner: Owner,
    idempotency: IdempotencyKey | None = None,
    release: Release | None = None,
) -> Recording:
    """What is to be written for the events of the turn, after which the state is `execution`.

    Raises:
        Corrupt: `unencodable`, a payload holds something that is no JSON value.
    """
    events, before, version = turn.events, mark.version, execution.version
    encoded = encode_events(events)
    row = seal(mark.digest, before + 1, version, execution.updated_at, encoded)
    is_release, due_at = execution.ended is not None, None
    if release is not None:
        is_release, due_at = True, release.due_at
    size_bytes = len(encoded)
    snapshot, snapshot_bytes, tail_bytes = None, mark.snapshot_bytes, mark.tail_bytes + size_bytes
    if is_snapshot_due(snapshot_bytes, tail_bytes, is_release):
        snapshot = encode_snapshot(execution)
        snapshot_bytes, tail_bytes = len(snapshot), 0
        size_bytes += snapshot_bytes
    commit = Commit(
        execution_id=execution.id,
        expected_version=before,
        version=version,
        owner=owner.engine,
        fence=owner.fence,
        history=row,
        columns=columns_of(execution, due_at),
        snapshot=snapshot,
        start=None if before else start_of(execution, idempotency),
        is_release=is_release,
    )
    if turn.others or turn.consumed:
        commit = reaching_others(commit, turn.others, turn.consumed)
        size_bytes += bytes_for_others(commit)
    after = Mark(
        version=version,
        digest=row.digest,
        snapshot_bytes=snapshot_bytes,
        tail_bytes=tail_bytes,
        state_bytes=turn.state_bytes,
    )
    return Recording(
        turn=turn,
        execution=execution,
        commit=commit,
        mark=after,
        types=types_of(events),
        size_bytes=size_bytes,
    )


def start_of(execution: Execution, idempotency: IdempotencyKey | None = None) -> Start:
    """What is written of an execution once, with its first commit."""
    return Start(
        namespace=execution.namespace,
        definition=execution.definition,
        business_key=execution.business_key,
        priority=execution.priority,
        labels=execution.labels,
        created_at=execution.created_at,
        idempotency=idempotency,
    )


def reaching_others(
    commit: Commit, others: Sequence[ChildStart | Notice], consumed: tuple[int, ...]
) -> Commit:
    """The same, with what other executions are owed in the order of the decisions, and the used-up rows."""
    starts = tuple(new_execution(one.started) for one in others if isinstance(one, ChildStart))
    notes = tuple(inbox_note(one) for one in others if isinstance(one, Notice))
    return replace(commit, starts=starts, notes=notes, consumed=consumed)


def bytes_for_others(commit: Commit) -> int:
    """The size of what it writes for other executions."""
    starts = sum(len(new.history.events) for new in commit.starts)
    return starts + sum(len(note.payload) for note in commit.notes)


def new_execution(started: ExecutionStarted) -> NewExecution:
    """What is written for an execution that another one starts: due at once."""
    execution = evolve(None, started)
    return NewExecution(
        execution_id=started.id,
        start=start_of(execution),
        history=seal(b"", 1, 1, started.at, encode_events((started,))),
        columns=columns_of(execution, due_at=started.at),
    )


def inbox_note(notice: Notice) -> InboxNote:
    """A command for another execution, as it waits in that one's inbox."""
    return InboxNote(execution_id=notice.execution_id, payload=encode_command(notice.command))


def restore(stored: StoredState) -> tuple[Execution, Mark]:
    """The state and the mark of a stored execution: its snapshot, and the tail folded onto it.

    Raises:
        Corrupt: `unknown_schema` or `bad_payload`; `state_mismatch`, it is another state than the row says.
    """
    snapshot = decode_snapshot(stored.snapshot) if stored.snapshot is not None else None
    execution = fold(snapshot, (event for row in stored.tail for event in decode_events(row.events)))
    _check_fits(execution, stored)
    mark = Mark(
        version=execution.version,
        digest=_last_digest(stored.tail, stored.snapshot_digest),
        snapshot_bytes=len(stored.snapshot or b""),
        tail_bytes=sum(len(row.events) for row in stored.tail),
        state_bytes=json_bytes(stored.snapshot) + sum(json_bytes(row.events) for row in stored.tail),
    )
    return execution, mark


def restore_known(stored: StoredState) -> tuple[Execution, Mark]:
    """The same, to decide on: of an execution whose rules are known here.

    Raises:
        Corrupt: as `restore`; `unknown_semantics`, only a newer Treadle can go on with it; `state_mismatch`,
            it has no root frame.
    """
    execution, mark = restore(stored)
    if execution.semantics != SEMANTICS:
        told = f"{stored.execution_id} follows rules {execution.semantics}; {SEMANTICS} are known here"
        raise Corrupt("unknown_semantics", told)
    if ROOT_FRAME not in execution.frames:
        raise Corrupt("state_mismatch", f"the state of {stored.execution_id} has no root frame")
    return execution, mark


def _check_fits(execution: Execution, stored: StoredState) -> None:
    """No commit onto another state would ever be taken: its version is not that of the row."""
    found = (execution.id, execution.namespace, execution.version)
    wanted = (stored.execution_id, stored.namespace, stored.version)
    if found != wanted:
        raise Corrupt("state_mismatch", f"what is stored for {wanted} is the state of {found}")


def _last_digest(tail: Sequence[HistoryRow], before: bytes) -> bytes:
    return tail[-1].digest if tail else before
