"""Commits for the store's contract: a test says only what it talks about."""

from collections.abc import Sequence
from typing import Final

import msgspec

from treadle.codec.chain import seal
from treadle.model.execution import DefinitionRef, ExecutionStatus
from treadle.model.ids import Digest, EngineId, ExecutionId, Instant, Namespace
from treadle.model.views import StoredDefinition, StoredKey
from treadle.ports.commit import (
    Commit,
    IdempotencyKey,
    InboxNote,
    ListColumns,
    NewExecution,
    Start,
)

ENGINE: Final = EngineId("engine-1")
NAMESPACE: Final = Namespace("default")
BEGIN: Final = Instant(1_700_000_000_000)
LONG_AFTER: Final = Instant(BEGIN + 1_000_000)
"""When nothing of the contract's other instants is yet to come."""
EVENTS_EACH: Final = 3
"""Events that each of these commits holds."""


def at(offset_ms: int) -> Instant:
    """An instant of the contract's own time."""
    return Instant(BEGIN + offset_ms)


def columns(
    status: ExecutionStatus = ExecutionStatus.RUNNING,
    *,
    due_at: Instant | None = None,
    started_at: Instant | None = BEGIN,
    updated_at: Instant = BEGIN,
    ended_at: Instant | None = None,
) -> ListColumns:
    return ListColumns(
        status=status,
        reason=None,
        run=1,
        failure=None,
        started_at=started_at,
        updated_at=updated_at,
        ended_at=ended_at,
        due_at=due_at,
    )


def start(
    name: str = "a",
    *,
    owner: EngineId = ENGINE,
    events: bytes = b'{"schema":1,"events":[]}',
    listed: ListColumns | None = None,
    snapshot: bytes | None = None,
    is_release: bool = False,
) -> Commit:
    """The first commit of the execution `name`, of three events; change `start` with `starting`."""
    return Commit(
        execution_id=ExecutionId(name),
        expected_version=0,
        version=EVENTS_EACH,
        owner=owner,
        fence=1,
        history=seal(b"", 1, EVENTS_EACH, BEGIN, events),
        columns=listed or columns(),
        snapshot=snapshot,
        start=Start(
            namespace=NAMESPACE,
            definition=DefinitionRef(name="checkout", version="1", digest=Digest("sha256:1")),
            business_key=None,
            priority=0,
            labels={},
            created_at=BEGIN,
        ),
        is_release=is_release,
    )


def starting(commit: Commit, **changes: object) -> Commit:
    """The same first commit with other columns of those that never change, by the names of `Start`."""
    if commit.start is None:
        raise ValueError("not a first commit")
    return msgspec.structs.replace(commit, start=msgspec.structs.replace(commit.start, **changes))


def written_by(commit: Commit, owner: EngineId, fence: int) -> Commit:
    """The same commit of another owner, or under another fence."""
    return msgspec.structs.replace(commit, owner=owner, fence=fence)


def following(
    before: Commit,
    *,
    events: bytes = b'{"schema":1,"events":[]}',
    listed: ListColumns | None = None,
    snapshot: bytes | None = None,
    is_release: bool = False,
) -> Commit:
    """The commit of three events after `before`, by the same owner under the same fence."""
    version = before.version + EVENTS_EACH
    moment = Instant(before.history.at + 1)
    return Commit(
        execution_id=before.execution_id,
        expected_version=before.version,
        version=version,
        owner=before.owner,
        fence=before.fence,
        history=seal(before.history.digest, before.version + 1, version, moment, events),
        columns=listed or columns(updated_at=moment),
        snapshot=snapshot,
        is_release=is_release,
    )


def due(name: str, due_at: Instant, *, priority: int = 0, engine: EngineId = ENGINE) -> Commit:
    """The first commit of an execution that nobody owns and that is to be claimed at `due_at`."""
    pending = columns(ExecutionStatus.PENDING, due_at=due_at, started_at=None)
    return starting(start(name, owner=engine, listed=pending, is_release=True), priority=priority)


def other(name: str, due_at: Instant | None = BEGIN, **changes: object) -> NewExecution:
    """What another execution starts, of three events; `changes` are by the names of `Start`."""
    first = starting(start(name), **changes)
    if first.start is None:
        raise ValueError("not a first commit")
    return NewExecution(
        execution_id=first.execution_id,
        start=first.start,
        history=first.history,
        columns=columns(ExecutionStatus.PENDING, due_at=due_at, started_at=None),
    )


def note(name: str, payload: bytes = b"note") -> InboxNote:
    """A note for the execution `name`."""
    return InboxNote(execution_id=ExecutionId(name), payload=payload)


def keyed(body_digest: bytes = b"d", *, name: str = "k", expires_at: Instant = LONG_AFTER) -> IdempotencyKey:
    """A caller's key for a start; the contract's starts come long before it expires."""
    return IdempotencyKey(key=name, body_digest=body_digest, expires_at=expires_at)


def reaching(
    commit: Commit,
    *,
    starts: Sequence[NewExecution] = (),
    notes: Sequence[InboxNote] = (),
    consumed: Sequence[int] = (),
) -> Commit:
    """The same commit with what it writes beside its own rows."""
    return msgspec.structs.replace(commit, starts=tuple(starts), notes=tuple(notes), consumed=tuple(consumed))


def key(name: str, created_at: Instant = BEGIN) -> StoredKey:
    """A key that signs callback tokens."""
    return StoredKey(id=name, secret=name.encode().ljust(32, b"\x00"), created_at=created_at)


def definition(
    name: str = "checkout",
    version: str = "1",
    digest: str = "sha256:1",
    *,
    namespace: Namespace = NAMESPACE,
    created_at: Instant = BEGIN,
    is_inline: bool = False,
) -> StoredDefinition:
    return StoredDefinition(
        namespace=namespace,
        name=name,
        version=version,
        digest=Digest(digest),
        document=f'{{"name":"{name}"}}'.encode(),
        created_at=created_at,
        is_inline=is_inline,
    )
