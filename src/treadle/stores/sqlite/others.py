"""What the commits of a batch write beside their own executions; runs in the writer's thread."""

from collections.abc import Iterable, Sequence

import apsw

from treadle.model.ids import EngineId, ExecutionId, Instant
from treadle.ports.commit import Commit, NewExecution
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.row_writer import RowWriter
from treadle.stores.sqlite.statements import Statements

NEVER_OWNED_FENCE = 0
"""Of an execution that another one starts: the first claim makes it 1."""


class OthersWriter:
    """Judges at the end of a batch, so that the order of its commits does not matter."""

    def __init__(self, connection: apsw.Connection, statements: Statements, writer: RowWriter) -> None:
        self._connection = connection
        self._statements = statements
        self._rows = writer

    def write(self, committed: Sequence[Commit]) -> None:
        """For the commits of a batch that stand: their starts, what they have used up, and their notes."""
        reaching = [commit for commit in committed if commit.starts or commit.notes or commit.consumed]
        left = [commit for commit in committed if commit.is_release or commit.columns.ended_at is not None]
        if reaching:
            self._start([new for commit in reaching for new in commit.starts])
        elif not left or self._is_every_inbox_empty():
            return
        self._rows.write("delete_consumed", rows.as_it_is, _consumed(reaching))
        self._rows.write("delete_inboxes", rows.as_it_is, _ended(left))
        self._rows.write("insert_notes", rows.as_it_is, _notes(reaching))
        self._rows.write("wake_executions", rows.as_it_is, _wakes(left, reaching))

    def _is_every_inbox_empty(self) -> bool:
        return self._connection.execute(self._statements["find_any_note"]).fetchone() is None

    def _start(self, starts: Sequence[NewExecution]) -> None:
        if not starts:
            return
        ids = rows.id_list([new.execution_id for new in starts])
        taken = {id_ for (id_,) in self._connection.execute(self._statements["list_existing"], (ids,))}
        fresh: dict[ExecutionId, Commit] = {}
        for new in starts:
            if new.execution_id not in taken:
                fresh.setdefault(new.execution_id, _first_commit(new))
        firsts = list(fresh.values())
        self._rows.write("insert_executions", rows.new_execution, firsts)
        self._rows.write("insert_history", rows.new_history, firsts)
        self._rows.write("insert_labels", rows.as_it_is, rows.new_labels(firsts))


def _first_commit(new: NewExecution) -> Commit:
    """The same rows as a commit that begins an execution and releases it at once."""
    return Commit(
        execution_id=new.execution_id,
        expected_version=0,
        version=new.history.last_seq,
        owner=EngineId(""),
        fence=NEVER_OWNED_FENCE,
        history=new.history,
        columns=new.columns,
        start=new.start,
        is_release=True,
    )


def _consumed(commits: Iterable[Commit]) -> list[rows.Values]:
    return [(id_, commit.execution_id) for commit in commits for id_ in commit.consumed]


def _notes(commits: Iterable[Commit]) -> list[rows.Values]:
    return [(note.execution_id, note.payload) for commit in commits for note in commit.notes]


def _ended(left: Iterable[Commit]) -> list[rows.Values]:
    return [(commit.execution_id,) for commit in left if commit.columns.ended_at is not None]


def _wakes(left: Iterable[Commit], reaching: Iterable[Commit]) -> list[rows.Values]:
    """Each execution that may have to be due at once, with the earliest instant of those that say so.

    The statement passes over those that are owned, have ended, or for which nothing waits.
    """
    earliest: dict[ExecutionId, Instant] = {
        commit.execution_id: commit.columns.updated_at for commit in left if commit.columns.ended_at is None
    }
    for commit in reaching:
        now = commit.columns.updated_at
        for note in commit.notes:
            earliest[note.execution_id] = min(earliest.get(note.execution_id, now), now)
    return list(earliest.items())
