"""A definition and a row of a list are plain values: written and read back as they were."""

import msgspec
import pytest

from treadle.model.definition import (
    Body,
    Case,
    Compensate,
    Definition,
    HandlerActivity,
    Hook,
    HttpActivity,
    Sleep,
    Switch,
    Task,
)
from treadle.model.execution import DefinitionRef, ExecutionStatus
from treadle.model.ids import Digest, ExecutionId, Instant, Namespace, NodeId
from treadle.model.policies import RetryPolicy
from treadle.model.views import Cursor, ExecutionFilter, StoredDefinition, Summary, failing

DIGEST = Digest("sha256:" + "0" * 64)
CALL = HttpActivity(method="POST", url="http://pay", body={"order": "{{ input.order }}"})
HANDLER = HandlerActivity(name="note")
PAY = Task(
    id=NodeId("pay"),
    activity=CALL,
    timeout_ms=10_000,
    retry=RetryPolicy(),
    compensate=Compensate(activity=HANDLER, unknown=HANDLER, retry=RetryPolicy(), timeout_ms=1),
)
ONLY_PAY = Body(nodes=(PAY,))
DEFINITION = Definition(
    name="saga",
    version="1",
    digest=DIGEST,
    document={"name": "saga"},
    body=Body(
        nodes=(
            PAY,
            Switch(
                id=NodeId("which"), cases=(Case(when=True, body=ONLY_PAY), Case(when=False)), default=ONLY_PAY
            ),
            Sleep(id=NodeId("rest"), for_=5),
            Sleep(id=NodeId("more"), until="{{ input.at }}"),
        ),
        start=NodeId("which"),
    ),
    on_failure=Hook(activity=HANDLER, retry=RetryPolicy(), timeout_ms=1),
)
SUMMARY = Summary(
    id=ExecutionId("x"),
    namespace=Namespace("default"),
    definition=DefinitionRef(name="saga", version="1", digest=DIGEST),
    business_key=None,
    status=ExecutionStatus.RUNNING,
    reason=None,
    run=1,
    priority=0,
    labels={},
    failure=None,
    created_at=Instant(1),
    started_at=None,
    updated_at=Instant(1),
    ended_at=None,
    version=1,
)
STORED = StoredDefinition(
    namespace=Namespace("default"),
    name="saga",
    version="1",
    digest=DIGEST,
    document=b"{}",
    created_at=Instant(1),
)


@pytest.mark.parametrize(
    "value",
    [
        DEFINITION,
        SUMMARY,
        STORED,
        ExecutionFilter(namespace=Namespace("default")),
        Cursor(created_at=Instant(1), id="x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_read_back_as_it_was_written(value: msgspec.Struct) -> None:
    assert msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ((), ("failed", "stuck")),
        (("failed",), ("failed",)),
        (("running", "stuck"), ("stuck",)),
        (("stuck", "failed"), ("failed", "stuck")),
        (("running", "completed"), None),
    ],
)
def test_of_those_that_a_filter_names_the_failing_ones_have_failed_or_are_stuck(
    asked: tuple[str, ...], wanted: tuple[str, ...] | None
) -> None:
    statuses = tuple(ExecutionStatus(name) for name in asked)
    where = ExecutionFilter(namespace=Namespace("default"), statuses=statuses, definition="saga")
    found = failing(where)
    if wanted is None:
        assert found is None
    else:
        assert found == ExecutionFilter(
            namespace=Namespace("default"), statuses=tuple(map(ExecutionStatus, wanted)), definition="saga"
        )


def test_an_http_activity_is_a_get_that_wants_any_2xx() -> None:
    activity = HttpActivity(url="http://a")
    assert (activity.method, activity.success, activity.follow_redirects) == ("GET", ("2xx",), False)


def test_a_handler_without_an_input_says_so() -> None:
    assert HANDLER.input is msgspec.UNSET
