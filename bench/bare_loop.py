"""The bare commit loop: what the store alone can do, as the measure of everything built on it.

The store's own `commit`, with commits of the shapes of a run that are made beforehand, one batch after
another: no runtime, no decisions, no encoding.

    python -m bench.bare_loop [--directory DIR] [--batch N] [--commits N] [--event-bytes N]
"""

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec

from treadle.bootstrap.process import run
from treadle.codec.chain import seal
from treadle.model.execution import DefinitionRef, ExecutionStatus
from treadle.model.ids import Digest, EngineId, ExecutionId, Instant, Namespace
from treadle.ports.commit import Commit, CommitResult, HistoryRow, ListColumns, Start
from treadle.stores.sqlite.facts import StoreFacts
from treadle.stores.sqlite.store import SqliteStore

COMMITS_EACH: Final = 6
"""Commits of one execution of five steps: its start, and the end of each step."""
EVENTS_EACH: Final = 4
"""Events of one commit; the first and the last have one less."""
ENGINE: Final = EngineId("01890000-0000-7000-8000-000000000000")
DEFINITION: Final = DefinitionRef(name="bare", version="1", digest=Digest("sha256:" + "0" * 64))
BATCH_DEFAULT: Final = 100
COMMITS_DEFAULT: Final = 72_000
EVENT_BYTES_DEFAULT: Final = 483
"""Of a commit of such an execution, in the mean."""
SNAPSHOT_BYTES: Final = 2_131
"""Of the one snapshot, which is written with its end."""
BEGIN: Final = Instant(1_795_000_000_000)
"""An instant of today takes six bytes in a row and in each index, where a small number takes one."""


class BareLoop(msgspec.Struct, frozen=True, kw_only=True):
    """What the loop did; a commit holds `event_bytes` bytes of encoded events."""

    batch: int
    live: int
    commits: int
    event_bytes: int
    commits_per_s: float
    batch_p50_ms: float
    batch_p99_ms: float
    facts: StoreFacts


def bare_commit_loop(
    directory: Path,
    batch: int = BATCH_DEFAULT,
    commits: int = COMMITS_DEFAULT,
    event_bytes: int = EVENT_BYTES_DEFAULT,
    *,
    live: int | None = None,
) -> BareLoop:
    """Commit to a new store in `directory`, in batches of `batch`; the values are made beforehand.

    `live` executions (`batch` by default) are under way at once: as many as in the run that is compared,
    since commits that fall on more pages cost the store more.
    """
    batches = _batches(batch, live or batch, commits, event_bytes)
    facts, durations = run(_write(directory / "bare_loop.db", batches))
    durations.sort()
    return BareLoop(
        batch=batch,
        live=live or batch,
        commits=sum(map(len, batches)),
        event_bytes=event_bytes,
        commits_per_s=sum(map(len, batches)) / sum(durations),
        batch_p50_ms=durations[len(durations) // 2] * 1e3,
        batch_p99_ms=durations[len(durations) * 99 // 100] * 1e3,
        facts=facts,
    )


def report(result: BareLoop) -> str:
    """The result in three lines for people."""
    facts = result.facts
    return (
        f"bare commit loop: {result.commits_per_s:,.0f} commits/s "
        f"({result.commits:,} commits of {result.event_bytes} event bytes, {result.batch} a batch "
        f"of {result.live:,} live)\n"
        f"  one batch: p50 {result.batch_p50_ms:.2f} ms, p99 {result.batch_p99_ms:.2f} ms\n"
        f"  SQLite {facts.sqlite_version}, journal_mode={facts.journal_mode}, "
        f"synchronous={facts.synchronous}, {facts.file_system} at {facts.path}"
    )


async def _write(path: Path, batches: list[list[Commit]]) -> tuple[StoreFacts, list[float]]:
    """How durable the store is, and how long each batch took, in seconds."""
    store = SqliteStore.open(path)
    durations = []
    try:
        for commits in batches:
            begin = time.perf_counter()
            results = await store.commit(commits)
            durations.append(time.perf_counter() - begin)
            if set(results) != {CommitResult.COMMITTED}:
                raise RuntimeError("the loop lost a commit")
        return store.facts(), durations
    finally:
        await store.close()


def _batches(batch: int, live: int, commits: int, event_bytes: int) -> list[list[Commit]]:
    """Generations of `live` executions go from start to end, in batches that take them in any order."""
    order = random.Random(1)
    made = []
    for generation in range(max(1, commits // (live * COMMITS_EACH))):
        names = [f"01890000-0000-7000-8000-{generation:06x}{index:06x}" for index in range(live)]
        rounds = [_first(name, event_bytes) for name in names]
        made += _sliced(rounds, batch)
        for number in range(2, COMMITS_EACH + 1):
            order.shuffle(rounds)
            rounds = [_next(before, event_bytes, is_last=number == COMMITS_EACH) for before in rounds]
            made += _sliced(rounds, batch)
    return made


def _sliced(commits: list[Commit], batch: int) -> list[list[Commit]]:
    return [commits[begin : begin + batch] for begin in range(0, len(commits), batch)]


def _first(name: str, event_bytes: int) -> Commit:
    return Commit(
        execution_id=ExecutionId(name),
        expected_version=0,
        version=EVENTS_EACH,
        owner=ENGINE,
        fence=1,
        history=_row(b"", 0, event_bytes),
        columns=_columns(ExecutionStatus.RUNNING, BEGIN),
        start=Start(
            namespace=Namespace("default"),
            definition=DEFINITION,
            business_key=None,
            priority=0,
            labels={},
            created_at=BEGIN,
        ),
    )


def _next(before: Commit, event_bytes: int, *, is_last: bool) -> Commit:
    status = ExecutionStatus.COMPLETED if is_last else ExecutionStatus.RUNNING
    return Commit(
        execution_id=before.execution_id,
        expected_version=before.version,
        version=before.version + EVENTS_EACH,
        owner=ENGINE,
        fence=1,
        history=_row(before.history.digest, before.version, event_bytes),
        columns=_columns(status, Instant(before.history.at + 1)),
        snapshot=b"s" * SNAPSHOT_BYTES if is_last else None,
        is_release=is_last,
    )


def _row(previous: bytes, version: int, event_bytes: int) -> HistoryRow:
    events = b"e" * event_bytes
    return seal(previous, version + 1, version + EVENTS_EACH, Instant(BEGIN + version), events)


def _columns(status: ExecutionStatus, now: Instant) -> ListColumns:
    return ListColumns(
        status=status,
        reason=None,
        run=1,
        failure=None,
        started_at=BEGIN,
        updated_at=now,
        ended_at=now if status is ExecutionStatus.COMPLETED else None,
        due_at=None,
    )


def main() -> None:
    """Run once and print."""
    parser = argparse.ArgumentParser(description="The bare commit loop of the SQLite store.")
    parser.add_argument("--directory", type=Path, help="where the file is made (a temporary directory)")
    parser.add_argument("--batch", type=int, default=BATCH_DEFAULT)
    parser.add_argument("--commits", type=int, default=COMMITS_DEFAULT)
    parser.add_argument("--event-bytes", type=int, default=EVENT_BYTES_DEFAULT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        print(report(bare_commit_loop(Path(directory), options.batch, options.commits, options.event_bytes)))


if __name__ == "__main__":
    main()
