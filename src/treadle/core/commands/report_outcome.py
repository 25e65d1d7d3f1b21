"""The answer of an activity."""

from typing import Final

from treadle.core.attempts import is_out
from treadle.core.outcomes import ENDED, close_call
from treadle.core.turn import Turn
from treadle.model.commands import ReportOutcome
from treadle.model.decision import Refused
from treadle.model.execution import Role

# A name of its own: Python 3.11 finds a member of an enum through its metaclass, at five times the cost.
CALL: Final = Role.CALL


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
        return _report_trailing(turn, command)
    ENDED[type(command.outcome)](turn, frame, command.outcome)
    return None


def _report_trailing(turn: Turn, command: ReportOutcome) -> Refused | None:
    """The answer of a call that its frame has left behind."""
    for frame in turn.execution.frames.values():
        if (
            frame.role is CALL
            and frame.activity is not None
            and frame.activity.id == command.activity
            and frame.parent == command.frame
            and is_out(frame)
        ):
            close_call(turn, frame, command.outcome)
            return None
    return Refused(code="activity_ended", message=f"activity {command.activity} is not open")
