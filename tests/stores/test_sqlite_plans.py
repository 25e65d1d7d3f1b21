"""No statement of the running engine or of a list walks a whole table."""

from collections.abc import Iterator

import apsw
import apsw.ext
import pytest

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Instant, Namespace
from treadle.model.views import Cursor, ExecutionFilter
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.listing import conditions
from treadle.stores.sqlite.migrate import migrate
from treadle.stores.sqlite.statements import Statements

NAMESPACE = Namespace("default")
SCANS = ("SCAN executions", "SCAN history", "SCAN snapshots", "SCAN inbox")
"""Steps that walk a table that grows."""
CURSOR = Cursor(created_at=Instant(1), id="e")


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[apsw.Connection]:
    made = connect_writer(tmp_path_factory.mktemp("plans") / "treadle.db")
    migrate(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def statements() -> Statements:
    return Statements()


def plan(connection: apsw.Connection, statement: str) -> list[str]:
    """The steps of the plan in words."""

    def words(step: apsw.ext.QueryPlan) -> list[str]:
        return [step.detail, *(word for inner in step.sub or () for word in words(inner))]

    found = apsw.ext.query_info(connection, statement, explain_query_plan=True).query_plan
    assert found is not None
    return words(found)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("list_due", "executions_due (priority=? AND due_at<?)"),
        ("list_due_priorities", "executions_due (priority<?)"),
        ("find_earliest_due", "executions_due (priority=? AND due_at>?)"),
        ("disown_executions", "executions_owned (owner<?)"),
        ("disown_executions", "executions_owned (owner>?)"),
        ("claim_executions", "executions USING PRIMARY KEY (id=?)"),
        ("find_claimable", "executions USING PRIMARY KEY (id=?)"),
        ("list_states", "executions USING PRIMARY KEY (id=?)"),
        ("list_tails", "history_execution (execution_id=? AND first_seq>?)"),
        ("list_history", "history_execution (execution_id=? AND first_seq>? AND first_seq<?)"),
        ("list_audited", "executions USING PRIMARY KEY (id>?)"),
        ("list_histories", "history_execution (execution_id=?)"),
        ("list_existing", "executions USING PRIMARY KEY (id=?)"),
        ("list_inbox", "inbox_execution (execution_id=? AND rowid>?)"),
        ("list_inboxes", "inbox_execution (execution_id=?)"),
        ("list_callback_keys", "callback_keys_created"),
        ("find_version", "definitions_named (namespace=? AND name=? AND version=?)"),
        ("find_newest", "definitions_named (namespace=? AND name=?)"),
        ("find_inline", "definitions_inline (namespace=? AND digest=?)"),
        ("find_document", "definitions_digest (namespace=? AND digest=?)"),
        ("count_open", "executions_status (namespace=? AND status=?)"),
        ("count_open", "executions_listed (namespace>?)"),
        ("find_idempotency", "idempotency USING PRIMARY KEY (namespace=? AND key=?)"),
    ],
)
def test_statement_uses_its_index(
    connection: apsw.Connection, statements: Statements, name: str, index: str
) -> None:
    steps = plan(connection, statements[name])
    assert any(index in step for step in steps), steps
    assert not any(step.startswith(SCANS) for step in steps), steps


@pytest.mark.parametrize("rows", [1, 256])
@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("update_executions", "executions USING PRIMARY KEY (id=?)"),
        ("wake_executions", "executions USING PRIMARY KEY (id=?)"),
        ("wake_executions", "inbox_execution (execution_id=?)"),
        ("insert_notes", "executions USING PRIMARY KEY (id=?)"),
        ("delete_consumed", "inbox USING INTEGER PRIMARY KEY (rowid=?)"),
        ("delete_inboxes", "inbox_execution (execution_id=?)"),
    ],
)
def test_statement_of_many_rows_finds_each_by_its_index(
    connection: apsw.Connection, statements: Statements, name: str, index: str, rows: int
) -> None:
    steps = plan(connection, statements.of_rows(name, rows))
    assert any(index in step for step in steps), steps
    assert not any(step.startswith(SCANS) for step in steps), steps


def test_any_note_is_the_first_that_is_found(connection: apsw.Connection, statements: Statements) -> None:
    assert statements["find_any_note"].rstrip().endswith("LIMIT 1")
    steps = plan(connection, statements["find_any_note"])
    assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.parametrize(
    ("where", "index"),
    [
        (ExecutionFilter(namespace=NAMESPACE), "executions_listed"),
        (ExecutionFilter(namespace=NAMESPACE, definition="checkout"), "executions_listed"),
        (ExecutionFilter(namespace=NAMESPACE, labels=(("a", "b"),)), "executions_listed"),
        (ExecutionFilter(namespace=NAMESPACE, statuses=(ExecutionStatus.FAILED,)), "executions_status"),
        (ExecutionFilter(namespace=NAMESPACE, business_key="k"), "executions_business_key"),
    ],
)
@pytest.mark.parametrize("after", [None, CURSOR])
def test_list_walks_an_index_in_its_order(
    connection: apsw.Connection,
    statements: Statements,
    where: ExecutionFilter,
    index: str,
    after: Cursor | None,
) -> None:
    texts, _ = conditions(where, after)
    steps = plan(connection, statements.where("list_executions", texts))
    assert any(f"USING INDEX {index} (" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
