"""Every call of both clients against a real server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.client.asking import Asked, Kind, asking
from tests.rest.serving import Server, document, serving, sleep, task
from treadle.client import (
    ApiError,
    AsyncClient,
    Client,
    Definition,
    DefinitionRow,
    Execution,
    FailureGroup,
    NodeItem,
    Summary,
)

pytestmark = pytest.mark.anyio
ECHO = document(task("a"))
REFUSED = document(task("a"), task("b", "refuse"))
STUCK = document(
    task("a", compensate={"handler": "broken", "retry": {"max_attempts": 1}}), task("b", "refuse")
)
ASKS = document({"id": "ask", "kind": "wait", "signal": "yes", "count": 2}, name="asks")
NOBODY = "0190a000-0000-7000-8000-000000000001"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as made:
        yield made


@pytest.fixture
async def asked(server: Server, kind: Kind) -> AsyncIterator[Asked]:
    async with asking(kind, server.application.url) as made:
        yield made


async def refusal(call: Awaitable[Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await call
    return caught.value


async def test_a_definition_is_put_read_listed_and_deleted(asked: Asked) -> None:
    put = await asked.call("put_definition", ECHO)
    assert isinstance(put, Definition)
    assert (put.name, put.version, put.document) == ("saga", "1", ECHO)
    assert [node.id for node in put.graph.nodes if node.kind == "task"] == ["a"]
    again = await asked.call(
        "put_definition", "name: saga\nversion: '2'\nsteps: [{id: b, kind: task, handler: echo}]\n"
    )
    assert again.version == "2"
    assert (await asked.call("definition", "saga")).version == "2"
    assert (await asked.call("definition", "saga", "1")).digest == put.digest
    rows = await asked.take("definitions", "saga", page_items=1)
    assert all(isinstance(row, DefinitionRow) for row in rows)
    assert [row.version for row in rows] == ["2", "1"]
    assert await asked.call("delete_definition", "saga", "2") is None
    assert [row.version for row in await asked.take("definitions")] == ["1"]
    deleted = await asked.call("definition", "saga", "2")
    assert deleted.deleted_at.tzinfo is not None


async def test_a_document_is_validated_and_not_kept(asked: Asked) -> None:
    assert (await asked.call("validate", ECHO)).valid
    bad = await asked.call("validate", "name: saga\nsteps: []\n")
    assert not bad.valid
    assert {fault.code for fault in bad.errors}
    assert await asked.take("definitions") == []


async def test_faults_of_a_document_come_with_the_refusal(asked: Asked) -> None:
    error = await refusal(asked.call("put_definition", {"name": "saga"}))
    assert (error.code, error.status, error.retryable) == ("invalid_definition", 422, False)
    assert error.errors
    assert "invalid_definition" in str(error)


async def test_a_start_that_waits_answers_with_the_end(asked: Asked) -> None:
    execution = await asked.call(
        "start", ECHO, {"n": 1}, wait=20, business_key="o-1", labels={"team": "loom"}, priority=3
    )
    assert isinstance(execution, Execution)
    assert (execution.status, execution.output, execution.has_ended) == ("completed", {"n": 1}, True)
    assert (execution.business_key, execution.labels, execution.priority) == ("o-1", {"team": "loom"}, 3)
    assert execution.created_at.utcoffset() == timedelta(0)
    assert execution.nodes["a"].attempts[0].outcome == "ok"


async def test_an_input_of_none_is_sent_and_an_absent_one_is_not(asked: Asked) -> None:
    assert (await asked.call("start", ECHO, None, wait=20)).input is None
    assert (await asked.call("start", ECHO, wait=20)).input == {}


async def test_a_start_takes_an_id_a_key_and_times(asked: Asked) -> None:
    later = datetime(2999, 1, 1, tzinfo=UTC)
    given = {"id": NOBODY, "idempotency_key": "k-1", "start_at": later, "deadline": timedelta(hours=2)}
    first = await asked.call("start", ECHO, **given)
    assert (first.id, first.status, first.started_at) == (NOBODY, "pending", None)
    assert (await asked.call("start", ECHO, **given)).id == NOBODY
    assert (await refusal(asked.call("start", ECHO, idempotency_key="k-1"))).code == "idempotency_mismatch"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"wait": 61}, ValueError),
        ({"start_at": datetime(2030, 1, 1)}, ValueError),  # noqa: DTZ001 - that it has no zone is the point
        ({"idempotency_key": "é"}, ValueError),
        ({"idempotency_key": "k" * 256}, ValueError),
        ({"labells": {}}, TypeError),
    ],
)
async def test_an_option_that_cannot_be_sent_is_named(
    asked: Asked, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await asked.call("start", ECHO, **options)


async def test_a_number_that_json_cannot_say_is_refused(asked: Asked) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        await asked.call("start", ECHO, {"n": float("nan")})


async def test_lists_are_read_page_after_page(asked: Asked) -> None:
    ids = [(await asked.call("start", ECHO, wait=20, labels={"n": str(n % 2)})).id for n in range(5)]
    found = await asked.take("executions", page_items=2)
    assert all(isinstance(one, Summary) for one in found)
    assert [one.id for one in found] == ids[::-1]
    even = await asked.take("executions", page_items=1, labels={"n": "0"}, status=["completed", "failed"])
    assert [one.id for one in even] == ids[::-2]
    assert [one.id for one in await asked.take("executions", page_items=2, items=3)] == ids[:1:-1]
    assert await asked.take("executions", started_before=datetime(2020, 1, 1, tzinfo=UTC)) == []
    counted = await asked.call("counts", definition="saga")
    assert (counted.by_status, counted.total) == ({"completed": 5}, 5)


async def test_a_filter_that_is_none_is_named(asked: Asked) -> None:
    with pytest.raises(TypeError, match="'state' is not known"):
        await asked.take("executions", state="failed")


async def test_failures_are_grouped(asked: Asked) -> None:
    for _ in range(2):
        await asked.call("start", REFUSED, wait=20)
    [group] = await asked.take("failures", definition="saga")
    assert isinstance(group, FailureGroup)
    assert (group.node, group.code, group.count) == ("b", "no_stock", 2)


async def test_visits_history_and_an_earlier_state_are_read(asked: Asked) -> None:
    ended = await asked.call("start", document(task("a"), task("b")), wait=20)
    visits = await asked.take("nodes", ended.id, page_items=1)
    assert all(isinstance(visit, NodeItem) for visit in visits)
    assert {visit.path for visit in visits} == {"a", "b"}
    events = await asked.take("history", ended.id, page_items=3)
    assert [event.seq for event in events] == list(range(1, ended.version + 1))
    assert (events[0].type, events[-1].type) == ("ExecutionStarted", "ExecutionCompleted")
    assert [event.seq for event in await asked.take("history", ended.id, after=4)] == [
        event.seq for event in events[4:]
    ]
    assert (await asked.call("execution", ended.id, at=1)).version == 1


async def test_events_come_as_they_happen_and_end_with_the_run(asked: Asked, server: Server) -> None:
    begun = await asked.call("start", document(task("a", "held")))
    await server.handlers.until_held()
    first = await asked.take("events", begun.id, items=2)
    assert [event.seq for event in first] == [1, 2]
    following = asyncio.create_task(asked.take("events", begun.id, after=2))
    server.handlers.release()
    rest = await following
    assert rest[0].seq == 3
    assert rest[-1].type == "ExecutionCompleted"
    assert await asked.take("events", begun.id, after=rest[-1].seq) == []


async def test_wait_returns_once_it_has_ended(asked: Asked, server: Server) -> None:
    begun = await asked.call("start", document(task("a", "held")))
    await server.handlers.until_held()
    waiting = asyncio.create_task(asked.call("wait", begun.id))
    server.handlers.release()
    assert (await waiting).status == "completed"


async def test_wait_has_an_end_of_its_own(asked: Asked) -> None:
    begun = await asked.call("start", document(sleep("a", "1h")))
    with pytest.raises(TimeoutError):
        await asked.call("wait", begun.id, timeout_s=0.05)
    assert (await asked.call("execution", begun.id)).status == "waiting"


async def test_a_signal_with_a_key_counts_once(asked: Asked) -> None:
    begun = await asked.call("start", ASKS)
    for _ in range(2):
        assert isinstance(
            await asked.call("signal", begun.id, "yes", {"by": "ann"}, idempotency_key="s-1"), Execution
        )
    assert (await asked.call("execution", begun.id)).status == "waiting"
    assert (await refusal(asked.call("signal", begun.id, "no"))).code == "unknown_signal"
    await asked.call("signal", begun.id, "yes")
    assert (await asked.call("wait", begun.id)).status == "completed"


async def test_an_execution_explains_itself_and_obeys(asked: Asked) -> None:
    begun = await asked.call("start", document(sleep("a", "1h")))
    why = await asked.call("explain", begun.id)
    assert [reason.code for reason in why.reasons] == ["sleeping"]
    assert why.reasons[0].until is not None
    assert (await asked.call("pause", begun.id, reason="tea")).status == "paused"
    assert (await refusal(asked.call("pause", begun.id))).code == "invalid_transition"
    assert (await asked.call("resume", begun.id)).status == "waiting"
    await asked.call("wake", begun.id, "a", reason="now")
    assert (await asked.call("wait", begun.id)).status == "completed"


async def test_an_execution_is_cancelled_and_another_terminated(asked: Asked) -> None:
    one, two = [await asked.call("start", document(sleep("a", "1h"))) for _ in range(2)]
    await asked.call("cancel", one.id, reason="no")
    assert (await asked.call("wait", one.id)).status == "cancelled"
    assert (await asked.call("terminate", two.id)).status == "terminated"


async def test_a_failed_execution_is_retried(asked: Asked) -> None:
    failed = await asked.call("start", REFUSED, wait=20)
    assert (failed.status, failed.failure.code) == ("failed", "no_stock")
    await asked.call("retry", failed.id)
    again = await asked.call("wait", failed.id)
    assert (again.status, again.run) == ("failed", 2)


async def test_compensations_are_retried_skipped_and_accepted(asked: Asked, server: Server) -> None:
    for act in ("skip_compensation", "accept_compensation", "retry_compensation"):
        stuck = await asked.call("start", STUCK, wait=30)
        assert (stuck.status, stuck.is_settled, stuck.has_ended) == ("stuck", True, False)
        assert (await asked.call("wait", stuck.id)).status == "stuck"
        server.handlers.broken = act != "retry_compensation"
        await asked.call(act, stuck.id, "a", reason="by hand")
        events = await asked.take("events", stuck.id, after=stuck.version)
        assert events[-1].type == "ExecutionFailed"
        assert (await asked.call("execution", stuck.id)).failure.code == "no_stock"


async def test_a_callback_is_answered_without_a_key_and_once(asked: Asked, server: Server) -> None:
    token = {"name": "note", "input": "{{ callback.token }}"}
    begun = await asked.call("start", document(task("pix", token, mode="async", callback={"timeout": "1h"})))
    given = await server.handlers.noted()
    assert (await asked.call("callback", given, {"paid": True})).status == "accepted"
    assert (await asked.call("wait", begun.id)).output == {"paid": True}
    assert (await refusal(asked.call("callback", given, {}))).code == "callback_already_used"


async def test_an_unknown_outcome_is_resolved(asked: Asked) -> None:
    begun = await asked.call("start", document(task("pay", "held", timeout="50ms", on_unknown="pause")))
    async with asyncio.timeout(20):
        while (await asked.call("execution", begun.id)).status != "paused":
            pass
    await asked.call("resolve", begun.id, "done", "pay", output={"id": 7}, reason="seen in the ledger")
    assert (await asked.call("wait", begun.id)).nodes["pay"].output == {"id": 7}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda asked: asked.call("execution", NOBODY), "execution_not_found"),
        (lambda asked: asked.take("events", NOBODY), "execution_not_found"),
        (lambda asked: asked.call("wait", NOBODY), "execution_not_found"),
        (lambda asked: asked.take("nodes", NOBODY), "execution_not_found"),
        (lambda asked: asked.call("definition", "a/b?c"), "definition_not_found"),
        (lambda asked: asked.call("start", "nothing"), "definition_not_found"),
        (lambda asked: asked.call("resolve", NOBODY, "done", "a"), "execution_not_found"),
        (lambda asked: asked.call("retry_compensation", NOBODY, "a/b"), "execution_not_found"),
        (lambda asked: asked.call("callback", "no-token", {"n": 1}), "malformed_token"),
    ],
)
async def test_a_refusal_has_its_code(
    asked: Asked, make: Callable[[Asked], Awaitable[Any]], code: str
) -> None:
    assert (await refusal(make(asked))).code == code


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_a_name_that_would_change_the_path_is_refused(asked: Asked, name: str) -> None:
    with pytest.raises(ValueError, match="names nothing"):
        await asked.call("definition", name)


async def test_info_says_what_the_server_is(asked: Asked) -> None:
    assert (await asked.call("info")).version


async def test_the_engine_of_the_store_holds_its_roles(asked: Asked) -> None:
    (engine,) = await asked.take("engines")
    assert engine.id == (await asked.call("info")).engine
    assert (engine.lease.kind, engine.lease.until, engine.live_executions) == ("exclusive", None, 0)
    roles = await asked.take("roles")
    assert {role.holder for role in roles} == {engine.id}
    assert all(role.since >= engine.started for role in roles)


def test_both_clients_have_the_same_methods() -> None:
    def methods(kind: type) -> set[str]:
        return {name for name in vars(kind) if not name.startswith("_")}

    assert methods(AsyncClient) - {"aclose"} == methods(Client) - {"close"}
