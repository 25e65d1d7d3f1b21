"""What is first to be decided for an execution that was claimed."""

from typing import Final

import structlog

from treadle.core.attempts import place_of
from treadle.core.outstanding import outstanding
from treadle.model.commands import Continue, PauseExecution, ReportOutcome
from treadle.model.effects import Invocation
from treadle.model.execution import Execution, Frame, Phase
from treadle.model.outcomes import Unknown
from treadle.model.requests import HandlerRequest
from treadle.runtime.mailbox import Letter

log = structlog.get_logger(__name__)

LOST: Final = Unknown(code="lost", message="the engine died while the call was in flight", is_lost=True)
CRASHES_MAX: Final = 5
"""Attempts of one activity of a handler that may go with their process; then a person looks."""
CRASH_LOOP: Final = "crash_loop"


def first_letters(execution: Execution) -> list[Letter]:
    """What was in flight when its engine died is lost: say so, then go on.

    A handler runs in the process of its engine, and may be what ends it. One that was lost too often is
    not called again by itself: the execution is paused, and the loss recorded, until a person resumes it.
    """
    reports = [
        ReportOutcome(frame=effect.frame, activity=effect.activity, outcome=LOST)
        for effect in outstanding(execution)
        if isinstance(effect, Invocation)
    ]
    letters = [*(Letter(command=report) for report in reports), Letter(command=Continue())]
    frames = (execution.frames[report.frame] for report in reports)
    looping = [place_of(frame) or f"${frame.hook}" for frame in frames if _is_lost_too_often(frame)]
    if not looping or execution.paused is not None:
        return letters
    log.warning("crash loop", execution=execution.id, paths=looping)
    return [Letter(command=PauseExecution(reason=CRASH_LOOP, actor="engine")), *letters]


def _is_lost_too_often(frame: Frame) -> bool:
    """Whether the call of a handler is lost once more than it may.

    One that was told to stop is not called again, whatever became of it. A new activity begins at none, so
    that progress resets the count; after a resume it may be lost as often again.
    """
    activity = frame.activity
    if activity is None or frame.phase is not Phase.BUSY or not isinstance(activity.request, HandlerRequest):
        return False
    return (activity.lost + 1) % CRASHES_MAX == 0
