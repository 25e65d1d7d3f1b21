"""Writes batches of commits; runs in the writer's thread."""

from collections.abc import Callable, Sequence

import apsw

from treadle.ports.commit import Commit, CommitResult
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.others import OthersWriter
from treadle.stores.sqlite.row_writer import RowWriter
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.transactions import writing


class BatchWriter:
    """First all commits together, in few statements; if one does not fit, again one by one."""

    def __init__(self, connection: apsw.Connection, statements: Statements) -> None:
        self._connection = connection
        self._statements = statements
        self._rows = RowWriter(connection, statements)
        self._others = OthersWriter(connection, statements, self._rows)

    def write(self, batch: Sequence[Commit]) -> list[CommitResult]:
        """The results in the order of the batch, which is durable when this returns."""
        if not batch:
            return []
        try:
            with writing(self._connection):
                self._write_together(batch)
                self._others.write(batch)
        except _Misfit:
            with writing(self._connection):
                return self._write_singly(batch)
        return [CommitResult.COMMITTED] * len(batch)

    def _write_together(self, batch: Sequence[Commit]) -> None:
        starts = [commit for commit in batch if commit.start is not None]
        follows = [commit for commit in batch if commit.start is None] if starts else batch
        self._expect_all("update_executions", rows.changed_execution, follows)
        if starts:
            keyed = [commit for commit in starts if commit.start and commit.start.idempotency]
            self._expect_all("insert_executions", rows.new_execution, starts)
            self._expect_all("insert_idempotency", rows.new_idempotency, keyed)
        self._append(batch)

    def _write_singly(self, batch: Sequence[Commit]) -> list[CommitResult]:
        results = [self._write_alone(commit) for commit in batch]
        told = zip(batch, results, strict=True)
        self._others.write([commit for commit, result in told if result is CommitResult.COMMITTED])
        return results

    def _write_alone(self, commit: Commit) -> CommitResult:
        single = (commit,)
        if commit.start is None:
            if self._rows.write("update_executions", rows.changed_execution, single) == 0:
                return CommitResult.CONFLICT
        elif self._is_taken(commit) or self._rows.write("insert_executions", rows.new_execution, single) == 0:
            return CommitResult.EXISTS
        elif commit.start.idempotency is not None:
            self._rows.write("insert_idempotency", rows.new_idempotency, single)
        self._append(single)
        return CommitResult.COMMITTED

    def _append(self, commits: Sequence[Commit]) -> None:
        self._rows.write("insert_history", rows.new_history, commits)
        with_snapshot = [commit for commit in commits if commit.snapshot is not None]
        self._rows.write("upsert_snapshots", rows.new_snapshot, with_snapshot)
        self._rows.write("insert_labels", rows.as_it_is, rows.new_labels(commits))

    def _is_taken(self, commit: Commit) -> bool:
        start = commit.start
        if start is None or start.idempotency is None:
            return False
        found = self._connection.execute(
            self._statements["find_idempotency"], (start.namespace, start.idempotency.key)
        ).fetchone()
        return found is not None and rows.read_idempotency(found).key.expires_at > start.created_at

    def _expect_all(
        self, name: str, values: Callable[[Commit], rows.Values], commits: Sequence[Commit]
    ) -> None:
        if self._rows.write(name, values, commits) != len(commits):
            raise _Misfit


class _Misfit(Exception):
    """A guarded statement left a row out; nothing of the batch may stand."""
