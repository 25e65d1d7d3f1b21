"""A store with very many executions in it, written through the store's own port."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from treadle.codec.chain import seal
from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure, FailureKind
from treadle.model.ids import Digest, EngineId, ExecutionId, Instant, Namespace
from treadle.model.ids import Path as NodePath
from treadle.ports.commit import Commit, CommitResult, ListColumns, Start
from treadle.stores.sqlite.store import SqliteStore

BEGIN: Final = 1_700_000_000_000
APART_MS: Final = 2_000
"""From one execution to the next: a million of them are 23 days."""
BATCH: Final = 1_000
EVENTS_BYTES: Final = 100
ENGINE: Final = EngineId("bench")
NAMESPACE: Final = Namespace("default")
DEFINITIONS: Final = {"order": 60, "refund": 25, "parcel": 14, "audit": 1}
"""Names, each with its share in percent."""
STATUSES: Final = {
    ExecutionStatus.COMPLETED: 8_495,
    ExecutionStatus.WAITING: 1_000,
    ExecutionStatus.FAILED: 400,
    ExecutionStatus.CANCELLED: 50,
    ExecutionStatus.RUNNING: 45,
    ExecutionStatus.STUCK: 10,
}
ENDED: Final = frozenset({ExecutionStatus.COMPLETED, ExecutionStatus.FAILED, ExecutionStatus.CANCELLED})
LATE_SHARE: Final = 0.02
LATE_MS_MAX: Final = 6 * 3_600_000


def place(index: int) -> Instant:
    """When the execution of that number was created."""
    return Instant(BEGIN + index * APART_MS)


async def fill(path: Path, count: int) -> None:
    """Write so many executions to a new store at `path`, each in one commit."""
    store = SqliteStore.open(path)
    try:
        batch: list[Commit] = []
        for commit in _commits(count):
            batch.append(commit)
            if len(batch) == BATCH:
                await _write(store, batch)
                batch = []
        if batch:
            await _write(store, batch)
    finally:
        await store.close()


async def _write(store: SqliteStore, batch: list[Commit]) -> None:
    if set(await store.commit(batch)) != {CommitResult.COMMITTED}:
        raise RuntimeError("a commit was lost")


def _commits(count: int) -> Iterator[Commit]:
    drawn = random.Random(7)
    names, shares = list(DEFINITIONS), list(DEFINITIONS.values())
    statuses, parts = list(STATUSES), list(STATUSES.values())
    for index in range(count):
        name = drawn.choices(names, shares)[0]
        created_at = place(index)
        is_late = drawn.random() < LATE_SHARE
        started_at = Instant(created_at + (drawn.randint(1, LATE_MS_MAX) if is_late else 5))
        yield Commit(
            execution_id=ExecutionId(
                f"{created_at >> 16:08x}-{created_at & 0xFFFF:04x}-7000-8000-{index:012x}"
            ),
            expected_version=0,
            version=1,
            owner=ENGINE,
            fence=1,
            history=seal(b"", 1, 1, created_at, b"e" * EVENTS_BYTES),
            columns=_columns(drawn, drawn.choices(statuses, parts)[0], started_at),
            start=Start(
                namespace=NAMESPACE,
                definition=_definition(drawn, name),
                business_key=_business_key(drawn, index),
                priority=0,
                labels=_labels(drawn, index),
                created_at=created_at,
            ),
            is_release=True,
        )


def _definition(drawn: random.Random, name: str) -> DefinitionRef:
    version = drawn.choices(("1", "2", "3"), (5, 15, 80))[0]
    return DefinitionRef(name=name, version=version, digest=Digest("sha256:" + "0" * 64))


def _business_key(drawn: random.Random, index: int) -> str | None:
    """Most have one of their own; some share it with very many others."""
    chance = drawn.random()
    if chance < 0.05:
        return "nightly"
    return f"order-{index}" if chance < 0.8 else None


def _labels(drawn: random.Random, index: int) -> dict[str, str]:
    """A third has labels: one of few values, and one of very many."""
    if index % 3:
        return {}
    return {"team": drawn.choice(("north", "south", "east", "west")), "customer": f"c-{index % 5_000}"}


def _columns(drawn: random.Random, status: ExecutionStatus, started_at: Instant) -> ListColumns:
    is_failed = status is ExecutionStatus.FAILED
    updated_at = Instant(started_at + 1_000)
    failure = Failure(
        kind=FailureKind.ERROR,
        code=drawn.choice(("http_500", "http_503", "timeout")),
        message="the service has answered that it cannot",
        path=NodePath(drawn.choice(("pay", "ship[3]", "notify~2"))),
        attempt=3,
    )
    return ListColumns(
        status=status,
        reason="exhausted" if status is ExecutionStatus.STUCK else None,
        run=1,
        failure=failure if is_failed else None,
        started_at=started_at,
        updated_at=updated_at,
        ended_at=updated_at if status in ENDED else None,
        due_at=None,
    )
