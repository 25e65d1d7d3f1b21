"""What is first to be decided for an execution that was claimed."""

from typing import Final

from treadle.core.outstanding import outstanding
from treadle.model.commands import Continue, ReportOutcome
from treadle.model.effects import Invocation
from treadle.model.execution import Execution
from treadle.model.outcomes import Unknown
from treadle.runtime.mailbox import Letter

LOST: Final = Unknown(code="lost", message="the engine died while the call was in flight", is_lost=True)


def first_letters(execution: Execution) -> list[Letter]:
    """What was in flight when its engine died is lost: say so, then go on."""
    reports = [
        ReportOutcome(frame=effect.frame, activity=effect.activity, outcome=LOST)
        for effect in outstanding(execution)
        if isinstance(effect, Invocation)
    ]
    return [*(Letter(command=report) for report in reports), Letter(command=Continue())]
