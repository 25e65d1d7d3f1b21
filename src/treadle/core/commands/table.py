"""command -> what it does."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from treadle.core.commands.cancel_execution import cancel_execution, terminate_execution
from treadle.core.commands.continue_execution import continue_execution
from treadle.core.commands.deliver_callback import deliver_callback
from treadle.core.commands.pause_execution import pause_execution, resume_execution
from treadle.core.commands.record_refusal import record_refusal
from treadle.core.commands.report_child import pass_deadline, report_child
from treadle.core.commands.report_outcome import report_outcome
from treadle.core.commands.resolve_outcome import resolve_outcome
from treadle.core.commands.retry_execution import retry_execution
from treadle.core.commands.settle_compensation import (
    accept_compensation,
    retry_compensation,
    skip_compensation,
)
from treadle.core.commands.signal_execution import send_signal
from treadle.core.commands.start_execution import start_execution
from treadle.core.commands.wake_execution import wake_execution
from treadle.model.commands import (
    AcceptCompensation,
    CancelExecution,
    Continue,
    DeliverCallback,
    PassDeadline,
    PauseExecution,
    RecordRefusal,
    ReportChild,
    ReportOutcome,
    ResolveOutcome,
    ResumeExecution,
    RetryCompensation,
    RetryExecution,
    SendSignal,
    SkipCompensation,
    StartExecution,
    TerminateExecution,
    WakeExecution,
)
from treadle.model.decision import Refused

Handler: TypeAlias = Callable[..., Refused | None]
"""(turn, command) -> a refusal, or None with its events emitted."""

HANDLERS: Final[Mapping[type[Any], Handler]] = {
    StartExecution: start_execution,
    Continue: continue_execution,
    ReportOutcome: report_outcome,
    DeliverCallback: deliver_callback,
    SendSignal: send_signal,
    ReportChild: report_child,
    PassDeadline: pass_deadline,
    RecordRefusal: record_refusal,
    PauseExecution: pause_execution,
    ResumeExecution: resume_execution,
    CancelExecution: cancel_execution,
    TerminateExecution: terminate_execution,
    RetryExecution: retry_execution,
    WakeExecution: wake_execution,
    ResolveOutcome: resolve_outcome,
    RetryCompensation: retry_compensation,
    SkipCompensation: skip_compensation,
    AcceptCompensation: accept_compensation,
}
