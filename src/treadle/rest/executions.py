"""Handlers of executions."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec

from treadle.model.execution import Execution, is_settled
from treadle.model.ids import ExecutionId, Path
from treadle.rest.headers import read_traceparent, read_wait_s
from treadle.rest.queries import ExecutionsQuery, HistoryQuery, NoQuery, execution_filter
from treadle.rest.routing import Answer, Call
from treadle.service.acts import REASON_CHARS_MAX
from treadle.service.orders import StartOrder
from treadle.service.starts import Asked, Started
from treadle.service.views import execution_view


class ReasonBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an act may say; kept in the history."""

    reason: Annotated[str, msgspec.Meta(max_length=REASON_CHARS_MAX)] | None = None


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
    wait_s = read_wait_s(headers)
    if wait_s is None:
        return _started(started.execution, is_over=_was_over(started))
    execution = await use_cases.executions.settled(started.execution, wait_s * 1_000)
    return _started(execution, is_over=is_settled(execution), applied=f"wait={wait_s}")


async def list_executions(call: Call[ExecutionsQuery, None]) -> Answer:
    where = execution_filter(call.query, call.caller.namespace)
    executions = call.edge.use_cases.executions
    return Answer(body=await executions.list_page(where, call.query.cursor, call.query.limit))


async def get_execution(call: Call[NoQuery, None]) -> Answer:
    execution = await call.edge.use_cases.executions.get(call.caller.namespace, _id(call))
    return Answer(body=execution_view(execution))


async def get_history(call: Call[HistoryQuery, None]) -> Answer:
    query, executions = call.query, call.edge.use_cases.executions
    return Answer(body=await executions.history(call.caller.namespace, _id(call), query.after, query.limit))


def act_on_execution(act: str) -> Callable[[Call[NoQuery, ReasonBody]], Awaitable[Answer]]:
    """The handler of one act on an execution as a whole."""

    async def handle(call: Call[NoQuery, ReasonBody]) -> Answer:
        acts = call.edge.use_cases.acts
        return _acted(await acts.on_execution(call.caller, _id(call), act, call.body.reason))

    return handle


def act_on_compensation(act: str) -> Callable[[Call[NoQuery, ReasonBody]], Awaitable[Answer]]:
    """The handler of one act on a compensation that is stuck; the visit is named by the path."""

    async def handle(call: Call[NoQuery, ReasonBody]) -> Answer:
        acts, path = call.edge.use_cases.acts, Path(call.path["path"])
        return _acted(await acts.on_compensation(call.caller, _id(call), path, act, call.body.reason))

    return handle


def _id(call: Call[NoQuery, ReasonBody] | Call[NoQuery, None] | Call[HistoryQuery, None]) -> ExecutionId:
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
