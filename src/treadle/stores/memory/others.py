"""What the commits of a batch write beside their own executions."""

from collections.abc import Sequence

from treadle.ports.commit import Commit, InboxRow, NewExecution
from treadle.stores.memory.tables import Row, Tables


def write_others(tables: Tables, committed: Sequence[Commit]) -> None:
    """For the commits of a batch that stand: their starts, what they have used up, and their notes.

    Each is judged at the end of the batch, so that the order of its commits does not matter.
    """
    for commit in committed:
        for new in commit.starts:
            tables.executions.setdefault(new.execution_id, _started(new))
    for commit in committed:
        _use_up(tables, commit)
    for commit in committed:
        _tell(tables, commit)
    for commit in committed:
        if commit.is_release and tables.inboxes.get(commit.execution_id):
            tables.executions[commit.execution_id].wake(commit.columns.updated_at)


def _started(new: NewExecution) -> Row:
    return Row(
        id=new.execution_id,
        start=new.start,
        columns=new.columns,
        version=new.history.last_seq,
        owner=None,
        fence=0,
        history=[new.history],
    )


def _use_up(tables: Tables, commit: Commit) -> None:
    if commit.columns.ended_at is not None:
        tables.inboxes.pop(commit.execution_id, None)
    elif commit.consumed:
        waiting = tables.inboxes.get(commit.execution_id, [])
        waiting[:] = [row for row in waiting if row.id not in commit.consumed]


def _tell(tables: Tables, commit: Commit) -> None:
    for note in commit.notes:
        target = tables.executions.get(note.execution_id)
        if target is None or target.columns.ended_at is not None:
            continue
        tables.last_note += 1
        waiting = tables.inboxes.setdefault(target.id, [])
        waiting.append(InboxRow(id=tables.last_note, payload=note.payload))
        target.wake(commit.columns.updated_at)
