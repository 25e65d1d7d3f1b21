"""The end of a child execution, and the deadline of a parent."""

from treadle.core.commands.refusals import invalid_transition
from treadle.core.nodes import child
from treadle.core.required import required
from treadle.core.timers import fail_execution_late
from treadle.core.turn import Turn
from treadle.model.commands import PassDeadline, ReportChild
from treadle.model.decision import Refused
from treadle.model.program import ChildNode


def report_child(turn: Turn, command: ReportChild) -> Refused | None:
    """Counts only for the frame that awaits that child under that id."""
    for frame in turn.execution.frames.values():
        if (
            frame.child is not None
            and frame.child.id == command.child
            and frame.child.activity == command.activity
        ):
            node = turn.program.nodes[required(frame.node, "node of the child")]
            awaiting = required(node if isinstance(node, ChildNode) else None, "node of a child")
            child.ended(turn, frame, awaiting, command)
            return None
    return Refused(code="activity_ended", message=f"the end of {command.child} is not awaited")


def pass_deadline(turn: Turn, _command: PassDeadline) -> Refused | None:
    """The deadline of the parent has passed, and with it that of its child."""
    if turn.execution.ended is not None or turn.execution.outcome is not None:
        return invalid_transition(turn.execution, "end by its deadline")
    if turn.root.ending is not None:
        return invalid_transition(turn.execution, "end by its deadline", "its outcome is decided")
    fail_execution_late(turn)
    return None
