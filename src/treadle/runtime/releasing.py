"""Whether an execution is to be given up, so that it needs no memory while it only waits."""

from treadle.core.outstanding import is_in_flight, wakes
from treadle.model.effects import Alarm
from treadle.model.execution import Execution
from treadle.model.ids import Instant
from treadle.runtime.recording import Release


def release_of_idle(execution: Execution, now: Instant, keep_waiting_ms: int) -> Release | None:
    """How to give up an execution that a decision did not change; None if it is soon to go on.

    What the store has of it is what it is: to give it up takes no event.
    """
    if is_in_flight(execution):
        return None
    if execution.ended is not None:
        return Release(due_at=None)
    at: Instant | None = None
    for effect in wakes(execution):
        if not isinstance(effect, Alarm):
            return None
        at = effect.at
    return None if at is not None and at - now <= keep_waiting_ms else Release(due_at=at)
