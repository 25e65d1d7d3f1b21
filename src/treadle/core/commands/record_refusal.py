"""Something that was durably queued does not fit any more."""

from treadle.core.turn import Turn
from treadle.model.commands import RecordRefusal
from treadle.model.decision import Refused
from treadle.model.events import InputRefused


def record_refusal(turn: Turn, command: RecordRefusal) -> Refused | None:
    """Say in the history that something queued was refused; it changes nothing else."""
    if turn.execution.ended is not None:
        return Refused(code="execution_ended", message="the execution has ended")
    turn.emit(InputRefused(at=turn.now, command=command.command, code=command.code, message=command.message))
    return None
