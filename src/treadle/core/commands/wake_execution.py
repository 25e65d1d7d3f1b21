"""End a sleep or a back-off before its time."""

from typing import Final

from treadle.core.commands.refusals import invalid_transition
from treadle.core.required import required
from treadle.core.status import status_of
from treadle.core.timers import fire
from treadle.core.turn import Turn
from treadle.model.commands import WakeExecution
from treadle.model.decision import Refused
from treadle.model.events import ExecutionWoken, RetryScheduled
from treadle.model.execution import ExecutionStatus, Frame, Phase, Role
from treadle.model.ids import Path

WAKEABLE: Final = frozenset({ExecutionStatus.RUNNING, ExecutionStatus.WAITING})
ASLEEP: Final = frozenset({Phase.SLEEPING, Phase.BACKOFF})


def wake_execution(turn: Turn, command: WakeExecution) -> Refused | None:
    """Without a path only if exactly one visit sleeps or waits for its next attempt."""
    if status_of(turn.execution) not in WAKEABLE:
        return invalid_transition(turn.execution, "wake")
    asleep = [
        frame
        for frame in turn.execution.frames.values()
        if frame.phase in ASLEEP and frame.role is Role.BODY and frame.path is not None
    ]
    found = [frame for frame in asleep if command.path in (None, frame.path)]
    if not found:
        where = f" at {command.path}" if command.path is not None else ""
        return Refused(code="nothing_to_wake", message=f"nothing sleeps or waits to be tried again{where}")
    if len(found) > 1:
        paths = ", ".join(sorted(str(frame.path) for frame in found))
        return Refused(code="ambiguous_path", message=f"say which of these is to wake: {paths}")
    _wake(turn, found[0], required(found[0].path, "visit to wake"), command)
    return None


def _wake(turn: Turn, frame: Frame, path: Path, command: WakeExecution) -> None:
    turn.emit(
        ExecutionWoken(at=turn.now, frame=frame.id, path=path, actor=command.actor, reason=command.reason)
    )
    if turn.is_held and frame.phase is Phase.BACKOFF:
        put_off(turn, frame, path)
    else:
        fire(turn, frame)


def put_off(turn: Turn, frame: Frame, path: Path) -> None:
    """Nothing starts while the turn is held: the next attempt is due now, and sent by the next decision."""
    number = required(frame.activity, "activity to try again").number + 1
    turn.emit(RetryScheduled(at=turn.now, frame=frame.id, path=path, attempt=number, wake_at=turn.now))
