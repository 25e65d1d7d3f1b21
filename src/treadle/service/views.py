"""An execution as it is shown: the JSON of the API, from the folded state or from a row of a list."""

from collections.abc import Mapping

import msgspec
from msgspec import UNSET

from treadle.core.status import failure_of, status_of
from treadle.model.execution import DefinitionRef, Execution, ExecutionStatus, Failure
from treadle.model.ids import ExecutionId, Namespace, Path
from treadle.model.instants import format_instant
from treadle.model.json import Json
from treadle.model.views import Summary
from treadle.service.node_views import (
    CompensationView,
    NodeView,
    compensation_views,
    is_truncated,
    node_views,
    shown_instant,
)


class WarningView(msgspec.Struct, frozen=True, kw_only=True):
    """Something that went wrong and changed no outcome."""

    code: str
    message: str
    path: Path | None


class SummaryView(msgspec.Struct, frozen=True, kw_only=True):
    """One execution in a list."""

    id: ExecutionId
    namespace: Namespace
    definition: DefinitionRef
    business_key: str | None
    status: ExecutionStatus
    reason: str | None
    run: int
    priority: int
    labels: dict[str, str]
    failure: Failure | None
    created_at: str
    started_at: str | None
    updated_at: str
    ended_at: str | None
    version: int


class ExecutionView(msgspec.Struct, frozen=True, kw_only=True):
    """One execution with all that it holds; `nodes` is keyed by path, newest first."""

    id: ExecutionId
    namespace: Namespace
    definition: DefinitionRef
    business_key: str | None
    status: ExecutionStatus
    reason: str | None
    run: int
    priority: int
    labels: dict[str, str]
    input: Json
    vars: Mapping[str, Json]
    output: Json
    failure: Failure | None
    warnings: tuple[WarningView, ...]
    nodes: dict[str, NodeView]
    nodes_truncated: bool
    compensations: tuple[CompensationView, ...]
    created_at: str
    started_at: str | None
    updated_at: str
    ended_at: str | None
    version: int


def execution_view(execution: Execution) -> ExecutionView:
    """The whole of an execution."""
    return ExecutionView(
        id=execution.id,
        namespace=execution.namespace,
        definition=execution.definition,
        business_key=execution.business_key,
        status=status_of(execution),
        reason=execution.reason,
        run=execution.run,
        priority=execution.priority,
        labels=execution.labels,
        input=execution.input,
        vars=dict(sorted(execution.vars.items())),
        output=None if execution.output is UNSET else execution.output,
        failure=failure_of(execution),
        warnings=tuple(
            WarningView(code=one.code, message=one.message, path=one.path) for one in execution.warnings
        ),
        nodes=node_views(execution),
        nodes_truncated=is_truncated(execution),
        compensations=compensation_views(execution),
        created_at=format_instant(execution.created_at),
        started_at=shown_instant(execution.started_at),
        updated_at=format_instant(execution.updated_at),
        ended_at=shown_instant(execution.ended_at),
        version=execution.version,
    )


def summary_view(summary: Summary) -> SummaryView:
    """A row of a list."""
    return SummaryView(
        id=summary.id,
        namespace=summary.namespace,
        definition=summary.definition,
        business_key=summary.business_key,
        status=summary.status,
        reason=summary.reason,
        run=summary.run,
        priority=summary.priority,
        labels=summary.labels,
        failure=summary.failure,
        created_at=format_instant(summary.created_at),
        started_at=shown_instant(summary.started_at),
        updated_at=format_instant(summary.updated_at),
        ended_at=shown_instant(summary.ended_at),
        version=summary.version,
    )
