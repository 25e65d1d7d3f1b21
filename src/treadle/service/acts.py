"""What a person does to an execution. Every act is an event with its actor and its reason."""

from collections.abc import Callable, Mapping
from typing import Final

from treadle.model.commands import (
    AcceptCompensation,
    CancelExecution,
    Command,
    PauseExecution,
    ResumeExecution,
    RetryCompensation,
    SkipCompensation,
    TerminateExecution,
)
from treadle.model.errors import Fault, Rejected
from treadle.model.execution import Execution
from treadle.model.ids import ExecutionId, Path
from treadle.service.caller import Caller
from treadle.service.parts import ServiceParts

REASON_CHARS_MAX: Final = 2_000
OPERATOR: Final = "operator"
"""The reason of a pause for which none is given."""


def _pause(actor: str, reason: str | None) -> Command:
    return PauseExecution(actor=actor, reason=reason or OPERATOR)


def _resume(actor: str, reason: str | None) -> Command:
    return ResumeExecution(actor=actor, reason=reason)


def _cancel(actor: str, reason: str | None) -> Command:
    return CancelExecution(actor=actor, reason=reason)


def _terminate(actor: str, reason: str | None) -> Command:
    return TerminateExecution(actor=actor, reason=reason)


def _retry(path: Path, actor: str, reason: str | None) -> Command:
    return RetryCompensation(path=path, actor=actor, reason=reason)


def _skip(path: Path, actor: str, reason: str | None) -> Command:
    return SkipCompensation(path=path, actor=actor, reason=_needed(reason, "skip"))


def _accept(path: Path, actor: str, reason: str | None) -> Command:
    return AcceptCompensation(path=path, actor=actor, reason=_needed(reason, "accept"))


EXECUTION_ACTS: Final[Mapping[str, Callable[[str, str | None], Command]]] = {
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "terminate": _terminate,
}
COMPENSATION_ACTS: Final[Mapping[str, Callable[[Path, str, str | None], Command]]] = {
    "retry": _retry,
    "skip": _skip,
    "accept": _accept,
}


class Acts:
    """Durable when they return."""

    def __init__(self, parts: ServiceParts) -> None:
        self._engine = parts.engine

    async def on_execution(
        self, caller: Caller, execution_id: ExecutionId, act: str, reason: str | None
    ) -> Execution:
        """Carry out one of EXECUTION_ACTS; the state after it.

        Raises:
            Rejected: `execution_not_found`, or `invalid_transition` for the status it is in.
            Unavailable: nothing was accepted.
        """
        command = EXECUTION_ACTS[act](caller.actor, _given(reason))
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
