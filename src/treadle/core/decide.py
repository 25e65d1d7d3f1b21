"""(program, state, command, now) -> events and effects, or a refusal. The only way in."""

from treadle.core.commands.table import HANDLERS
from treadle.core.compensating import EXHAUSTED, NEEDS_RESPONSE
from treadle.core.outstanding import IN_FLIGHT, invocation
from treadle.core.settling import runnable, settle
from treadle.core.status import is_stuck
from treadle.core.timers import fire_due, next_wake_at
from treadle.core.turn import Turn
from treadle.model.commands import Command, StartExecution
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Alarm, Continuation, Effect
from treadle.model.events import ExecutionStuck
from treadle.model.execution import Execution, Phase
from treadle.model.ids import Instant
from treadle.model.program import Program


def decide(
    program: Program, execution: Execution | None, command: Command, now: Instant, *, is_held: bool = False
) -> Decision | Refused:
    """What the command does to the execution, which is None before its start.

    Everything due by `now` is decided before the command; `now` never goes below the last event.
    A refusal changes nothing at all. `is_held` records what the command says and goes no further: nothing
    due fires and nothing new starts, as an engine wants it that is about to stop.
    """
    if execution is None:
        if not isinstance(command, StartExecution):
            return Refused(code="execution_not_found", message="there is no such execution")
    else:
        now = max(now, execution.updated_at)
    turn = Turn(program, execution, now)
    if execution is not None and not is_held:
        fire_due(turn)
    refused = HANDLERS[type(command)](turn, command)
    if refused is not None:
        return refused
    if not is_held:
        settle(turn)
    announce_stuck(turn)
    return Decision(events=tuple(turn.events), execution=turn.execution, effects=effects_of(turn))


def announce_stuck(turn: Turn) -> None:
    """Say once that nothing can move until a person has decided."""
    execution = turn.execution
    if not execution.compensations or execution.is_stuck or execution.ended is not None:
        return
    if not is_stuck(execution):
        return
    codes = {
        one.error.code
        for frame in execution.frames.values()
        if frame.phase is Phase.STUCK and frame.compensates is not None
        for one in (execution.compensations[frame.compensates],)
        if one.error is not None
    }
    reason = NEEDS_RESPONSE if codes == {NEEDS_RESPONSE} else EXHAUSTED
    turn.emit(ExecutionStuck(at=turn.now, reason=reason))


def effects_of(turn: Turn) -> tuple[Effect, ...]:
    """What this decision newly owes: its attempts, the next alarm, a continuation if it stopped short."""
    execution = turn.execution
    owed: list[Effect] = []
    for started in turn.started:
        frame = execution.frames.get(started)
        if frame is not None and frame.phase in IN_FLIGHT:
            owed.append(invocation(execution, frame))
    wake_at = next_wake_at(execution)
    if wake_at is not None:
        owed.append(Alarm(at=wake_at))
    if not turn.is_settled and runnable(execution) is not None:
        owed.append(Continuation())
    return tuple(owed)
