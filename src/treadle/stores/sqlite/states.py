"""Reads what executions are folded from, many in a few statements."""

from collections.abc import Sequence

import apsw

from treadle.model.ids import ExecutionId
from treadle.ports.commit import Claimed, StoredState
from treadle.stores.sqlite import rows
from treadle.stores.sqlite.statements import Statements


def read_claimed(
    connection: apsw.Connection, statements: Statements, ids: Sequence[ExecutionId]
) -> list[Claimed]:
    """The executions of `ids` that exist, with their fences; in a transaction, in the order of `ids`."""
    wanted = (rows.id_list(ids),)
    tails = rows.read_histories(connection.execute(statements["list_tails"], wanted))
    found = {}
    for execution_id, fence, *columns in connection.execute(statements["list_states"], wanted):
        state = rows.read_state((execution_id, *columns), tails.get(execution_id, ()))
        found[execution_id] = Claimed(fence=fence, state=state)
    return [found[execution_id] for execution_id in ids if execution_id in found]


def read_state(
    connection: apsw.Connection, statements: Statements, execution_id: ExecutionId
) -> StoredState | None:
    """One execution, in a transaction."""
    found = read_claimed(connection, statements, [execution_id])
    return found[0].state if found else None
