"""What may be asked of one execution, in the imperative (SEMANTICS 5)."""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from treadle.model.execution import DefinitionRef, ExecutionStatus, Failure
from treadle.model.ids import ActivityId, ExecutionId, FrameId, Instant, Namespace, Path
from treadle.model.json import Json
from treadle.model.outcomes import Outcome
from treadle.model.waiting import SignalKey


class StartExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Begin, now or at `start_at`. The input was checked against the definition's schema.

    `deadline_at` or `deadline_ms` (from the start) replaces the deadline of the definition.
    """

    id: ExecutionId
    namespace: Namespace
    definition: DefinitionRef
    input: Json
    business_key: str | None = None
    priority: int = 0
    labels: dict[str, str] = {}
    start_at: Instant | None = None
    traceparent: str | None = None
    deadline_at: Instant | None = None
    deadline_ms: int | None = None
    actor: str = "engine"


class Continue(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Fire what is due and go on with what is ready; harmless at any time."""


class ReportOutcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the attempt `activity` of `frame` ended."""

    frame: FrameId
    activity: ActivityId
    outcome: Outcome


class DeliverCallback(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The callback of the async attempt `activity`; its token was verified. `headers` are in lower case."""

    activity: ActivityId
    body: Json
    headers: dict[str, str] = {}


class SendSignal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A named message to the execution; with a `key` that was used before it is the one that came then."""

    name: str
    payload: Json
    actor: str
    key: SignalKey | None = None


class ReportChild(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How the child execution ended that is awaited under `activity`."""

    activity: ActivityId
    child: ExecutionId
    status: ExecutionStatus
    output: Json = None
    failure: Failure | None = None


class PassDeadline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The deadline of the execution that started this one has passed: it is this one's as well."""

    actor: str = "engine"


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


class RetryExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Begin another run of a failed execution, at what has no standing result."""

    reason: str | None = None
    actor: str


class WakeExecution(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """End the sleep or back-off of the visit `path`; without one, of the only one there is."""

    path: Path | None = None
    reason: str | None = None
    actor: str


class Resolution(StrEnum):
    """What became of an attempt whose outcome was unknown."""

    DONE = "done"
    NOT_DONE = "not_done"


class ResolveOutcome(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A person knows what became of the visit `path`, or of the only one that is unknown."""

    outcome: Resolution
    output: Json = None
    path: Path | None = None
    reason: str | None = None
    actor: str


class RecordRefusal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Say that a durably queued `command` was refused, for this reason."""

    command: str
    code: str
    message: str


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
    | DeliverCallback
    | SendSignal
    | ReportChild
    | PassDeadline
    | PauseExecution
    | ResumeExecution
    | CancelExecution
    | TerminateExecution
    | RetryExecution
    | WakeExecution
    | ResolveOutcome
    | RecordRefusal
    | RetryCompensation
    | SkipCompensation
    | AcceptCompensation
)
