"""(program, state, command, now) -> events and effects, or a refusal. The only way in."""

from msgspec import UNSET

from treadle.core.attempts import is_out
from treadle.core.catching_up import catch_up
from treadle.core.commands.table import HANDLERS
from treadle.core.compensating import EXHAUSTED, NEEDS_RESPONSE
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.measuring import EVENT_BYTES
from treadle.core.outstanding import invocation
from treadle.core.required import required
from treadle.core.settling import conclude, runnable, settle
from treadle.core.signals import expire
from treadle.core.status import is_stuck
from treadle.core.timers import due_by, earliest, is_past_deadline
from treadle.core.turn import Turn
from treadle.core.unknowns import pause_for_unknown, unresolved
from treadle.model.bounds import DEFAULT_BOUNDS, ExecutionBounds
from treadle.model.commands import Command, Continue, PauseExecution, ReportChild, StartExecution
from treadle.model.decision import Decision, Refused
from treadle.model.effects import Invocation, Notice
from treadle.model.events import ExecutionStuck
from treadle.model.execution import Execution, Phase
from treadle.model.ids import Instant
from treadle.model.program import Program


def decide(  # noqa: PLR0913 - the last three have defaults that a test or an audit need not name
    program: Program,
    execution: Execution | None,
    command: Command,
    now: Instant,
    *,
    is_held: bool = False,
    bounds: ExecutionBounds = DEFAULT_BOUNDS,
    state_bytes: int = 0,
) -> Decision | Refused:
    """What the command does to the execution, which is None before its start.

    Everything due by `now` is decided before the command; `now` never goes below the last event.
    A refusal changes nothing at all. `is_held` records what the command says and goes no further: nothing new
    starts, and nothing due fires unless a deadline has passed, as an engine wants it that is about to stop.
    `state_bytes` is what the state holds at most, as the decision before said.
    """
    if execution is None:
        if not isinstance(command, StartExecution):
            return Refused(code="execution_not_found", message="there is no such execution")
        turn = Turn(program, None, now, bounds, state_bytes, is_held)
        was_ended = was_paused = False
    else:
        at = now if now > execution.updated_at else execution.updated_at
        turn = Turn(program, execution, at, bounds, state_bytes, is_held)
        begin(turn, command)
        was_ended, was_paused = execution.ended is not None, turn.execution.paused is not None
    refused = HANDLERS[type(command)](turn, command)
    if refused is not None:
        return refused
    if is_held:
        rest(turn)
    elif was_ended or was_paused:
        go_on_again(turn, was_ended=was_ended)
    else:
        settle(turn)
    after, invocations = turn.execution, invocations_of(turn) if turn.started else ()
    if after.ended is None:
        if after.frames[ROOT_FRAME].ending is not None:
            ask_further(turn)
        # What an attempt is made for is not stuck.
        if after.compensations and not (invocations or after.is_stuck) and is_stuck(after):
            announce_stuck(turn)
    elif not was_ended:
        tell_parent(turn)
    return decided(turn, invocations)


def begin(turn: Turn, command: Command) -> None:
    """Let happen what has come and is due before the command is looked at.

    All of it, since what the command says may be late; only a continuation says nothing, and may stop short.
    A pause is what an engine asks for that cannot decide any more: a held one looks at nothing before.
    """
    if turn.is_held:
        if not isinstance(command, PauseExecution) and is_past_deadline(turn):
            catch_up(turn, is_bounded=False)
        return
    execution, is_continuing = turn.execution, type(command) is Continue
    has_kept = bool(execution.signals)
    if has_kept:
        expire(turn)
    due = earliest(execution)
    if (
        has_kept
        or is_continuing
        or execution.frames[ROOT_FRAME].ending is not None
        or (due is not None and due.at <= turn.now)
    ):
        catch_up(turn, is_bounded=is_continuing)


def go_on_again(turn: Turn, *, was_ended: bool) -> None:
    """Take every step that can be taken; if it is not paused any more, first what came and fell due till now.

    A run that begins anew takes no signal that has expired since the run before.
    """
    if was_ended:
        expire(turn)
    elif turn.execution.paused is None:
        catch_up(turn)
    settle(turn)


def rest(turn: Turn) -> None:
    """A held turn takes in what has ended, unless something that came before it has its turn first."""
    execution = turn.execution
    is_plain = execution.paused is None and turn.root.ending is None and not execution.signals
    if is_plain and due_by(turn, turn.now) is None:
        conclude(turn)


def ask_further(turn: Turn) -> None:
    """A pause for an unknown outcome, ended by a stop, goes on if the stop does not reach what is unknown."""
    execution = turn.execution
    if unresolved(execution) and runnable(execution) is None:
        pause_for_unknown(turn)


def tell_parent(turn: Turn) -> None:
    """Let the execution that awaits the end of this one, which has come, know of it."""
    execution = turn.execution
    parent = execution.parent
    if parent is None or parent.activity is None:
        return
    command = ReportChild(
        activity=parent.activity,
        child=execution.id,
        status=required(execution.ended, "end of the execution"),
        output=None if execution.output is UNSET else execution.output,
        failure=execution.failure,
    )
    turn.owe(Notice(execution_id=parent.id, command=command))


def announce_stuck(turn: Turn) -> None:
    """Say once that nothing can move until a person has decided."""
    execution = turn.execution
    codes = {
        one.error.code
        for frame in execution.frames.values()
        if frame.phase is Phase.STUCK and frame.compensates is not None
        for one in (execution.compensations[frame.compensates],)
        if one.error is not None
    }
    reason = NEEDS_RESPONSE if codes == {NEEDS_RESPONSE} else EXHAUSTED
    turn.emit(ExecutionStuck(at=turn.now, reason=reason))


def decided(turn: Turn, invocations: tuple[Invocation, ...]) -> Decision:
    """What this turn comes to: what happened, and what that newly owes beside these attempts."""
    execution, events = turn.execution, turn.events
    due = earliest(execution)
    return Decision(
        events=tuple(events),
        execution=execution.frozen(),
        others=turn.others,
        invocations=invocations,
        alarm=None if due is None else due.at,
        is_unfinished=not turn.is_settled and runnable(execution) is not None,
        state_bytes=turn.state_bytes + EVENT_BYTES * len(events),
    )


def invocations_of(turn: Turn) -> tuple[Invocation, ...]:
    """The attempts that were started and are out still, in the order of their starts."""
    execution = turn.execution
    made: list[Invocation] = []
    for started in turn.started:
        frame = execution.frames.get(started)
        if frame is not None and is_out(frame):
            made.append(invocation(execution, frame))
    return tuple(made)
