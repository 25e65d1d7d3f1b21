"""The answer of an activity."""

from treadle.core.outcomes import ENDED
from treadle.core.outstanding import is_out
from treadle.core.turn import Turn
from treadle.model.commands import ReportOutcome
from treadle.model.decision import Refused


def report_outcome(turn: Turn, command: ReportOutcome) -> Refused | None:
    """Counts only for the attempt that is open under that id; any other changes nothing.

    An attempt that this very decision has started, because its back-off was over, is not out yet: nobody can
    have its answer.
    """
    frame = turn.execution.frames.get(command.frame)
    if (
        frame is None
        or frame.activity is None
        or frame.activity.id != command.activity
        or command.activity > turn.since
        or not is_out(frame)
    ):
        return Refused(code="activity_ended", message=f"activity {command.activity} is not open")
    ENDED[type(command.outcome)](turn, frame, command.outcome)
    return None
