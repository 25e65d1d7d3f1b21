"""Reads what executions are folded from, many in a few statements."""

from collections.abc import Sequence

import apsw

from treadle.model.ids import ExecutionId
from treadle.ports.commit import Claimed, InboxRow, StoredState
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.statements import Statements


def read_claimed(
    connection: apsw.Connection, statements: Statements, ids: Sequence[ExecutionId]
) -> list[Claimed]:
    """The executions of `ids` that exist, with fence and inbox; in a transaction, in the order of `ids`."""
    inboxes = rows.read_inboxes(connection.execute(statements["list_inboxes"], (rows.id_list(ids),)))
    return [
        Claimed(fence=fence, state=state, inbox=tuple(inboxes.get(state.execution_id, ())))
        for fence, state in _read_fenced(connection, statements, ids)
    ]


def read_state(
    connection: apsw.Connection, statements: Statements, execution_id: ExecutionId
) -> StoredState | None:
    """One execution, in a transaction."""
    return next((state for _, state in _read_fenced(connection, statements, [execution_id])), None)


def read_inbox(
    connection: apsw.Connection, statements: Statements, execution_id: ExecutionId, after: int
) -> list[InboxRow]:
    """What waits for one execution, oldest first, from the one after the id `after`."""
    found = connection.execute(statements["list_inbox"], (execution_id, after))
    return [InboxRow(id=id_, payload=payload) for id_, payload in found]


def _read_fenced(
    connection: apsw.Connection, statements: Statements, ids: Sequence[ExecutionId]
) -> list[tuple[int, StoredState]]:
    wanted = (rows.id_list(ids),)
    tails = rows.read_histories(connection.execute(statements["list_tails"], wanted))
    found = {}
    for execution_id, fence, *columns in connection.execute(statements["list_states"], wanted):
        state = rows.read_state((execution_id, *columns), tails.get(execution_id, ()))
        found[execution_id] = (fence, state)
    return [found[execution_id] for execution_id in ids if execution_id in found]
