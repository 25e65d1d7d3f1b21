"""Handlers of executions."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec import UNSET

from treadle.model.execution import Execution, is_settled
from treadle.model.ids import ExecutionId, Path
from treadle.rest.headers import read_traceparent, read_wait_s
from treadle.rest.queries import (
    ExecutionQuery,
    ExecutionsQuery,
    FilterQuery,
    HistoryQuery,
    NodesQuery,
    NoQuery,
    execution_filter,
)
from treadle.rest.routing import Answer, Call
from treadle.service.act_orders import ActOrder, ReasonOrder
from treadle.service.node_pages import node_page
from treadle.service.orders import StartOrder
from treadle.service.starts import Asked, Started
from treadle.service.views import execution_view

Q = TypeVar("Q")
B = TypeVar("B")


async def start_execution(call: Call[NoQuery, StartOrder]) -> Answer:
    """202; 200 if it has ended, when a wait was asked for or an earlier start of the same key made it."""
    use_cases, headers = call.edge.use_cases, call.headers
    asked = Asked(
        caller=call.caller,
        order=call.body,
        body=call.tree,
        body_bytes=len(call.data),
        idempotency_key=headers.get("idempotency-key"),
        traceparent=read_traceparent(headers),
    )
    started = await use_cases.starts.start(asked)
    if call.place is not None:  # who waits for the end takes no room from others
        call.place.leave()
    wait_s = read_wait_s(headers)
    if wait_s is None:
        return _started(started.execution, is_over=_was_over(started))
    execution = await use_cases.executions.settled(started.execution, wait_s * 1_000)
    return _started(execution, is_over=is_settled(execution), applied=f"wait={wait_s}")


async def list_executions(call: Call[ExecutionsQuery, None]) -> Answer:
    where = execution_filter(call.query, call.caller.namespace)
    lists = call.edge.use_cases.lists
    return Answer(body=await lists.page(where, call.query.cursor, call.query.limit))


async def count_executions(call: Call[FilterQuery, None]) -> Answer:
    where = execution_filter(call.query, call.caller.namespace)
    return Answer(body=await call.edge.use_cases.lists.counts(where))


async def list_failures(call: Call[ExecutionsQuery, None]) -> Answer:
    where = execution_filter(call.query, call.caller.namespace)
    lists = call.edge.use_cases.lists
    return Answer(body=await lists.failures(where, call.query.cursor, call.query.limit))


async def list_nodes(call: Call[NodesQuery, None]) -> Answer:
    """The visits of an execution, newest first."""
    execution = await call.edge.use_cases.executions.get(call.caller.namespace, _id(call))
    return Answer(body=node_page(execution, call.query.cursor, call.query.limit))


async def get_execution(call: Call[ExecutionQuery, None]) -> Answer:
    """As it is now, or as it was after the event `at`."""
    executions, namespace, at = call.edge.use_cases.executions, call.caller.namespace, call.query.at
    if at is UNSET:
        return Answer(body=execution_view(await executions.get(namespace, _id(call))))
    return Answer(body=execution_view(await executions.at(namespace, _id(call), at)))


async def get_explanation(call: Call[NoQuery, None]) -> Answer:
    explanations = call.edge.use_cases.explanations
    return Answer(body=await explanations.explain(call.caller.namespace, _id(call)))


async def get_history(call: Call[HistoryQuery, None]) -> Answer:
    query, executions = call.query, call.edge.use_cases.executions
    return Answer(body=await executions.history(call.caller.namespace, _id(call), query.after, query.limit))


async def send_signal(call: Call[NoQuery, None]) -> Answer:
    """202 when a wait has taken it, or it is kept for one."""
    key = call.headers.get("idempotency-key")
    signals = call.edge.use_cases.signals
    return _acted(await signals.send(call.caller, _id(call), call.path["name"], call.tree, key))


def act_on_execution(act: str) -> Callable[[Call[NoQuery, ActOrder]], Awaitable[Answer]]:
    """The handler of one act on an execution as a whole."""

    async def handle(call: Call[NoQuery, ActOrder]) -> Answer:
        acts = call.edge.use_cases.acts
        return _acted(await acts.on_execution(call.caller, _id(call), act, call.body))

    return handle


def act_on_compensation(act: str) -> Callable[[Call[NoQuery, ReasonOrder]], Awaitable[Answer]]:
    """The handler of one act on a compensation that is stuck; the visit is named by the path."""

    async def handle(call: Call[NoQuery, ReasonOrder]) -> Answer:
        acts, path = call.edge.use_cases.acts, Path(call.path["path"])
        return _acted(await acts.on_compensation(call.caller, _id(call), path, act, call.body.reason))

    return handle


def _id(call: Call[Q, B]) -> ExecutionId:
    """Ids are kept in lower case; a UUID may be written in either."""
    return ExecutionId(call.path["id"].lower())


def _was_over(started: Started) -> bool:
    return not started.is_new and started.execution.ended is not None


def _started(execution: Execution, *, is_over: bool, applied: str | None = None) -> Answer:
    headers = {"Location": f"/v1/executions/{execution.id}"}
    if applied is not None:
        headers["Preference-Applied"] = applied
    return Answer(status=200 if is_over else 202, body=execution_view(execution), headers=headers)


def _acted(execution: Execution) -> Answer:
    return Answer(status=202, body=execution_view(execution))
