"""What a person does to an execution. Every act is an event with its actor and its reason."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import UNSET

from treadle.model.commands import (
    AcceptCompensation,
    CancelExecution,
    Command,
    PauseExecution,
    Resolution,
    ResolveOutcome,
    ResumeExecution,
    RetryCompensation,
    RetryExecution,
    SkipCompensation,
    TerminateExecution,
    WakeExecution,
)
from treadle.model.errors import Fault, Rejected
from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId, Path
from treadle.service.act_orders import ActOrder, ReasonOrder, ResolveOrder, WakeOrder
from treadle.service.caller import Caller
from treadle.service.parts import ServiceParts

OPERATOR: Final = "operator"
"""The reason of a pause for which none is given."""


def _pause(order: ReasonOrder, actor: str) -> Command:
    return PauseExecution(actor=actor, reason=_given(order.reason) or OPERATOR)


def _resume(order: ReasonOrder, actor: str) -> Command:
    return ResumeExecution(actor=actor, reason=_given(order.reason))


def _cancel(order: ReasonOrder, actor: str) -> Command:
    return CancelExecution(actor=actor, reason=_given(order.reason))


def _terminate(order: ReasonOrder, actor: str) -> Command:
    return TerminateExecution(actor=actor, reason=_given(order.reason))


def _retry(order: ReasonOrder, actor: str) -> Command:
    return RetryExecution(actor=actor, reason=_given(order.reason))


def _wake(order: WakeOrder, actor: str) -> Command:
    return WakeExecution(path=order.path, actor=actor, reason=_given(order.reason))


def _resolve(order: ResolveOrder, actor: str) -> Command:
    if order.outcome is Resolution.NOT_DONE and order.output is not UNSET:
        message = "`output` is that of a visit that was done: it does not go with `not_done`"
        fault = Fault(pointer="/output", code="invalid_value", message=message)
        raise Rejected("malformed_request", message, (fault,))
    return ResolveOutcome(
        outcome=order.outcome,
        output=None if order.output is UNSET else order.output,
        path=order.path,
        actor=actor,
        reason=_given(order.reason),
    )


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """`order` is what is written for it, `command` what (order, actor) asks of the execution."""

    order: type[ActOrder]
    command: Callable[[Any, str], Command]
    summary: str


EXECUTION_ACTS: Final[Mapping[str, Act]] = {
    "pause": Act(order=ReasonOrder, command=_pause, summary="Pause an execution"),
    "resume": Act(order=ReasonOrder, command=_resume, summary="Resume an execution"),
    "cancel": Act(order=ReasonOrder, command=_cancel, summary="Cancel an execution"),
    "terminate": Act(order=ReasonOrder, command=_terminate, summary="Terminate an execution"),
    "retry": Act(order=ReasonOrder, command=_retry, summary="Begin another run of a failed execution"),
    "wake": Act(order=WakeOrder, command=_wake, summary="End a sleep or a back-off"),
    "resolve": Act(order=ResolveOrder, command=_resolve, summary="Say what an unknown outcome was"),
}


def _retry_undo(path: Path, actor: str, reason: str | None) -> Command:
    return RetryCompensation(path=path, actor=actor, reason=reason)


def _skip_undo(path: Path, actor: str, reason: str | None) -> Command:
    return SkipCompensation(path=path, actor=actor, reason=_needed(reason, "skip"))


def _accept_undo(path: Path, actor: str, reason: str | None) -> Command:
    return AcceptCompensation(path=path, actor=actor, reason=_needed(reason, "accept"))


COMPENSATION_ACTS: Final[Mapping[str, Callable[[Path, str, str | None], Command]]] = {
    "retry": _retry_undo,
    "skip": _skip_undo,
    "accept": _accept_undo,
}


class Acts:
    """Durable when they return."""

    def __init__(self, parts: ServiceParts) -> None:
        self._engine = parts.engine

    async def on_execution(
        self, caller: Caller, execution_id: ExecutionId, act: str, order: ActOrder
    ) -> Execution:
        """Carry out one of EXECUTION_ACTS, whose own kind of order it is; the state after it.

        Raises:
            Rejected: `execution_not_found`; `invalid_transition`, whose message names the status it is in;
                `malformed_request`; of a retry `parent_moved_on`; of a wake `nothing_to_wake`; of a wake and
                of a resolution `ambiguous_path`.
            Unavailable: nothing was accepted.
        """
        command = EXECUTION_ACTS[act].command(order, caller.actor)
        return await self._engine.submit(caller.namespace, execution_id, command)

    async def on_compensation(
        self, caller: Caller, execution_id: ExecutionId, path: Path, act: str, reason: str | None
    ) -> Execution:
        """Carry out one of COMPENSATION_ACTS on the undo of the visit `path`; the state after it.

        Raises:
            Rejected: `execution_not_found`, `compensation_not_found`, `reason_required`, or
                `invalid_transition` if the execution or that compensation is not stuck.
            Unavailable: nothing was accepted.
        """
        command = COMPENSATION_ACTS[act](path, caller.actor, _given(reason))
        return await self._engine.submit(caller.namespace, execution_id, command)


def _given(reason: str | None) -> str | None:
    """The reason, None for one of blanks alone."""
    return reason if reason is not None and reason.strip() else None


def _needed(reason: str | None, act: str) -> str:
    if reason is None:
        fault = Fault(pointer="/reason", code="reason_required", message="say why, for the history")
        raise Rejected("reason_required", f"to {act} a compensation needs a reason", (fault,))
    return reason
