"""command -> what it does."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from treadle.core.commands.cancel_execution import cancel_execution, terminate_execution
from treadle.core.commands.continue_execution import continue_execution
from treadle.core.commands.pause_execution import pause_execution, resume_execution
from treadle.core.commands.report_outcome import report_outcome
from treadle.core.commands.settle_compensation import (
    accept_compensation,
    retry_compensation,
    skip_compensation,
)
from treadle.core.commands.start_execution import start_execution
from treadle.model.commands import (
    AcceptCompensation,
    CancelExecution,
    Continue,
    PauseExecution,
    ReportOutcome,
    ResumeExecution,
    RetryCompensation,
    SkipCompensation,
    StartExecution,
    TerminateExecution,
)
from treadle.model.decision import Refused

Handler: TypeAlias = Callable[..., Refused | None]
"""(turn, command) -> a refusal, or None with its events emitted."""

HANDLERS: Final[Mapping[type[Any], Handler]] = {
    StartExecution: start_execution,
    Continue: continue_execution,
    ReportOutcome: report_outcome,
    PauseExecution: pause_execution,
    ResumeExecution: resume_execution,
    CancelExecution: cancel_execution,
    TerminateExecution: terminate_execution,
    RetryCompensation: retry_compensation,
    SkipCompensation: skip_compensation,
    AcceptCompensation: accept_compensation,
}
