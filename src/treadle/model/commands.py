"""What may be asked of one execution, in the imperative (SEMANTICS 5)."""

from typing import TypeAlias

import msgspec

from treadle.model.execution import DefinitionRef
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant, Namespace, Path
from treadle.model.json import Json
from treadle.model.outcomes import Outcome


class StartExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Begin, now or at `start_at`. The input was checked against the definition's schema."""

    id: ExecutionId
    namespace: Namespace
    definition: DefinitionRef
    input: Json
    business_key: str | None = None
    priority: int = 0
    labels: dict[str, str] = {}
    start_at: Instant | None = None
    traceparent: str | None = None
    actor: str = "engine"


class Continue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Fire what is due and go on with what is ready; harmless at any time."""


class ReportOutcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the attempt `activity` of `frame` ended."""

    frame: FrameId
    activity: ActivityId
    outcome: Outcome


class PauseExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    reason: str = "operator"
    actor: str


class ResumeExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    reason: str | None = None
    actor: str


class CancelExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    reason: str | None = None
    actor: str


class TerminateExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    reason: str | None = None
    actor: str


class RetryCompensation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Call the exhausted compensation of `path` again, with its number of calls anew."""

    path: Path
    reason: str | None = None
    actor: str


class SkipCompensation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Leave the visit `path` undone and go on."""

    path: Path
    reason: str
    actor: str


class AcceptCompensation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A person has undone the visit `path`; go on."""

    path: Path
    reason: str
    actor: str


Command: TypeAlias = (
    StartExecution
    | Continue
    | ReportOutcome
    | PauseExecution
    | ResumeExecution
    | CancelExecution
    | TerminateExecution
    | RetryCompensation
    | SkipCompensation
    | AcceptCompensation
)
