"""Why an execution is not moving, as it is told."""

import msgspec
from msgspec import UNSET, UnsetType

from treadle.core.explain import explain
from treadle.core.status import status_of
from treadle.model.execution import ExecutionStatus
from treadle.model.ids import ExecutionId, Namespace, Path
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.model.reasons import Reason, ReasonCode
from treadle.service.executions import Executions
from treadle.service.parts import ServiceParts


class ReasonView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is awaited; `until` is when it is over by itself."""

    code: ReasonCode
    message: str
    path: Path | None
    until: str | UnsetType = UNSET
    detail: dict[str, Json]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What holds the execution as a whole first, then a reason for each frame that stands."""

    status: ExecutionStatus
    reasons: tuple[ReasonView, ...]


class Explanations:
    """Of executions as they are now."""

    def __init__(self, parts: ServiceParts, executions: Executions) -> None:
        self._programs = parts.programs
        self._bounds = parts.engine.execution_bounds
        self._clock = parts.clock
        self._executions = executions

    async def explain(self, namespace: Namespace, execution_id: ExecutionId) -> Explanation:
        """What the execution waits for now.

        Raises:
            Rejected: `execution_not_found`.
        """
        execution = await self._executions.get(namespace, execution_id)
        program = await self._programs.get(namespace, execution.definition.digest)
        reasons = explain(program, execution, self._clock.now(), bounds=self._bounds)
        return Explanation(status=status_of(execution), reasons=tuple(map(_view, reasons)))


def _view(reason: Reason) -> ReasonView:
    return ReasonView(
        code=reason.code,
        message=reason.message,
        path=reason.path,
        until=UNSET if reason.until is None else format_instant(reason.until),
        detail=reason.detail,
    )
