"""No statement of the running engine or of a list walks a whole table."""

from collections.abc import Iterator

import apsw
import apsw.ext
import msgspec
import pytest

from treadle.model.execution import ExecutionStatus
from treadle.model.ids import Instant
from treadle.model.views import Cursor, ExecutionFilter
from treadle.stores.sqlite.connections import connect_writer
from treadle.stores.sqlite.lists import entries_of, matching, walking
from treadle.stores.sqlite.migrate import migrate
from treadle.stores.sqlite.statements import Statements
from treadle.stores.sqlite.walks import Place, walks_of
from treadle.testing.contracts.commits import NAMESPACE, at

SCANS = tuple(
    f"SCAN {table}" for table in ("executions", "history", "snapshots", "inbox", "idempotency", "bulk_acts")
)
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
    """The steps of the plan in words, without its title."""

    def words(step: apsw.ext.QueryPlan) -> list[str]:
        return [step.detail, *(word for inner in step.sub or () for word in words(inner))]

    found = apsw.ext.query_info(connection, statement, explain_query_plan=True).query_plan
    assert found is not None
    return words(found)[1:]


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
        ("list_audited_definitions", "definitions USING INTEGER PRIMARY KEY (rowid>?)"),
        ("list_strays", "history_execution (execution_id>? AND execution_id<?)"),
        ("list_strays", "inbox_execution (execution_id>? AND execution_id<?)"),
        ("list_histories", "history_execution (execution_id=?)"),
        ("list_existing", "executions USING PRIMARY KEY (id=?)"),
        ("list_inbox", "inbox_execution (execution_id=? AND rowid>?)"),
        ("list_inboxes", "inbox_execution (execution_id=?)"),
        ("list_callback_keys", "callback_keys_created"),
        ("insert_bulk_act", "bulk_acts_of_namespace (namespace=?)"),
        ("update_bulk_act", "bulk_acts USING PRIMARY KEY (id=?)"),
        ("stop_bulk_act", "bulk_acts USING PRIMARY KEY (id=?)"),
        ("find_bulk_act", "bulk_acts USING PRIMARY KEY (id=?)"),
        ("list_bulk_acts", "bulk_acts_listed (namespace=? AND id<?)"),
        ("find_running_bulk_act", "bulk_acts_running (id>?)"),
        ("delete_ended_bulk_acts", "bulk_acts_ended (ended_at>? AND ended_at<?)"),
        ("find_version", "definitions_named (namespace=? AND name=? AND version=?)"),
        ("find_newest", "definitions_named (namespace=? AND name=?)"),
        ("find_inline", "definitions_inline (namespace=? AND digest=?)"),
        ("find_document", "definitions_digest (namespace=? AND digest=?)"),
        ("count_open", "executions_status (namespace=? AND status=?)"),
        ("count_open", "executions_listed (namespace>?)"),
        ("find_idempotency", "idempotency USING PRIMARY KEY (namespace=? AND key=?)"),
        ("forget_idempotency", "idempotency USING PRIMARY KEY (namespace=? AND key=?)"),
        ("forget_idempotency", "idempotency USING COVERING INDEX idempotency_expires (expires_at<?)"),
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


FAILED = (ExecutionStatus.FAILED,)
OPEN = (ExecutionStatus.RUNNING, ExecutionStatus.WAITING)
ANY = tuple(ExecutionStatus)
LABELS = (("team", "x"), ("tier", "gold"))


def filtered(**fields: object) -> ExecutionFilter:
    return msgspec.structs.replace(ExecutionFilter(namespace=NAMESPACE), **fields)


@pytest.mark.parametrize(
    ("where", "indexes"),
    [
        (filtered(), ["executions_listed"]),
        (filtered(statuses=FAILED), ["executions_status"]),
        (filtered(statuses=OPEN), ["executions_status"] * 2),
        (filtered(statuses=OPEN, definition="checkout"), ["executions_status"] * 2),
        (filtered(statuses=ANY, definition="checkout"), ["executions_definition"]),
        (filtered(definition="checkout"), ["executions_definition"]),
        (filtered(definition="checkout", version="1"), ["executions_version"]),
        (filtered(statuses=FAILED, definition="checkout", version="1"), ["executions_status"]),
        (filtered(version="1"), ["executions_status"] * len(ANY)),
        (filtered(business_key="k"), ["executions_business_key"]),
        (filtered(business_key="k", statuses=OPEN, definition="checkout"), ["executions_business_key"]),
        (filtered(labels=LABELS[:1]), ["labels"]),
        (filtered(labels=LABELS), ["labels"]),
        (filtered(labels=LABELS, statuses=FAILED, definition="checkout"), ["labels"]),
        (filtered(started_before=at(1)), ["executions_listed"]),
        (filtered(started_after=at(1)), ["executions_listed", "executions_late"]),
        (filtered(started_after=at(1), statuses=FAILED), ["executions_status", "executions_late"]),
        (filtered(started_after=at(1), started_before=at(2), labels=LABELS), ["labels", "executions_late"]),
    ],
)
@pytest.mark.parametrize("after", [None, CURSOR])
@pytest.mark.parametrize("end", [None, (0, "a")])
def test_list_walks_its_indexes_in_their_order(
    connection: apsw.Connection,
    statements: Statements,
    where: ExecutionFilter,
    indexes: list[str],
    after: Cursor | None,
    end: Place | None,
) -> None:
    walks = walks_of(where)
    assert len(walks) == len(indexes)
    for walk, index in zip(walks, indexes, strict=True):
        statement, values = walking(statements, "list_places", walk, after, end)
        assert statement.count("?") == len(values) + len(("limit", "offset"))
        first, *others = plan(connection, statement)
        assert f"listed USING {'PRIMARY KEY' if index == 'labels' else 'INDEX ' + index} (namespace=?" in (
            first.replace("COVERING ", "")
        ), first
        if after is not None or end is not None:
            assert "AND (created_at,id)" in first, first
        assert not any("TEMP B-TREE" in step for step in others), others
        assert not any(step.startswith("SCAN") for step in (first, *others)), others


@pytest.mark.parametrize(
    "where", [filtered(), filtered(statuses=FAILED, definition="checkout", version="1", started_before=at(9))]
)
def test_counting_looks_up_no_row(
    connection: apsw.Connection, statements: Statements, where: ExecutionFilter
) -> None:
    for walk in walks_of(where, is_counted=True):
        statement, values = matching(statements, "count_status", walk)
        assert statement.count("?") == len(values) + len(("limit",))
        steps = plan(connection, statement)
        assert any(
            "listed USING COVERING INDEX executions_status (namespace=? AND status=?" in step
            for step in steps
        ), steps
        assert not any("TEMP B-TREE" in step or "held" in step for step in steps), steps


def test_far_end_of_a_walk_is_told_by_the_index_alone(
    connection: apsw.Connection, statements: Statements
) -> None:
    for where in (filtered(started_after=at(1)), filtered(labels=LABELS, statuses=FAILED)):
        for walk in walks_of(where):
            statement, _ = walking(statements, "list_places", entries_of(walk), CURSOR, None)
            assert "held" not in statement
            [step] = plan(connection, statement)
            assert "COVERING" in step or "PRIMARY KEY" in step, step


@pytest.mark.parametrize("name", ["list_summaries", "group_failures"])
def test_rows_that_were_found_are_looked_up(
    connection: apsw.Connection, statements: Statements, name: str
) -> None:
    steps = plan(connection, statements[name])
    assert "SEARCH executions USING PRIMARY KEY (id=?)" in steps
    assert not any(step.startswith(SCANS) for step in steps), steps
