"""What must hold of one decision, told from the states around it; a sentence for each thing that does not."""

from collections.abc import Iterator, Sequence
from typing import Final

from treadle.core.ended import came_at
from treadle.core.folding.lifecycle import ROOT_FRAME
from treadle.core.nodes.parallel import branch_name
from treadle.core.signals import entry_for, faults_of, in_order
from treadle.core.turn import TRANSITIONS
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import CancelExecution, Command, Continue, PassDeadline, TerminateExecution
from treadle.model.decision import Decision
from treadle.model.effects import Invocation, Notice
from treadle.model.events import (
    ActivityAccepted,
    ActivityCompleted,
    ActivityFailed,
    ActivityUnknown,
    DeadlinePassed,
    Event,
    NodeCompleted,
    SignalKept,
    SignalReceived,
)
from treadle.model.execution import Execution, ExecutionStatus, Frame, Phase
from treadle.model.ids import ActivityId, ExecutionId, Instant, NodeId, Path
from treadle.model.outcomes import Failed, Ok, Outcome, Unknown
from treadle.model.program import Program, RaceNode
from treadle.testing.ledger import Side, side_of

EVENT_OF: Final[dict[type, type]] = {
    Ok: ActivityCompleted,
    Failed: ActivityFailed,
    Unknown: ActivityUnknown,
}
ANSWERS: Final = (ActivityAccepted, ActivityCompleted, ActivityFailed, ActivityUnknown)
STOPS: Final = (CancelExecution, PassDeadline)


def late_deadlines(execution: Execution, now: Instant) -> Iterator[str]:
    """A deadline acts as soon as anything is decided past it, also while paused."""
    if execution.ended is not None:
        return
    for frame in execution.frames.values():
        if frame.deadline_at is not None and frame.deadline_at <= now and frame.ending is None:
            yield f"the deadline of {frame.path} has passed, and it goes on"
    is_decided = execution.frames[ROOT_FRAME].ending is not None or execution.outcome is not None
    if execution.deadline_at is not None and execution.deadline_at <= now and not is_decided:
        yield "the deadline of the execution has passed, and it goes on"


def late_timers(before: Execution | None, after: Execution, now: Instant) -> Iterator[str]:
    """What was due has happened, unless it is held by a pause."""
    if before is None or after.ended is not None or after.paused is not None:
        return
    for frame in before.frames.values():
        still = after.frames.get(frame.id)
        if frame.wake_at is None or frame.wake_at > now or still is None or still.wake_at != frame.wake_at:
            continue
        if still.phase is frame.phase and still.activity == frame.activity and still.path == frame.path:
            yield f"what frame {frame.id} waits for was due at {frame.wake_at}, and has not happened"


def stopped_short(
    before: Execution | None, command: Command, decision: Decision, bounds: ExecutionBounds, now: Instant
) -> bool:
    """Whether a continuation, or the end of a pause, has reached its bound and owes to go on at once."""
    was_paused = before is not None and before.paused is not None
    if not (was_paused or isinstance(command, Continue)):
        return False
    is_owed = decision.is_unfinished or (decision.alarm is not None and decision.alarm <= now)
    return is_owed and sum(type(event) in TRANSITIONS for event in decision.events) >= bounds.transitions


def unfed_waits(program: Program, execution: Execution, bounds: ExecutionBounds) -> Iterator[str]:
    """No signal is kept that an open wait wants."""
    if execution.ended is not None or execution.paused is not None:
        return
    for frame in execution.frames.values():
        if frame.wait is None or frame.phase is not Phase.WAITING or frame.ending is not None:
            continue
        for kept in in_order(execution):
            came_at = kept.expires_at - bounds.signal_kept_ms
            if (
                entry_for(frame.wait, kept.name) is not None
                and not faults_of(program, frame, kept.payload)
                and (frame.wake_at is None or came_at < frame.wake_at)
            ):
                yield f"{frame.path} waits for {kept.name}, which was kept as {kept.seq}"


def wrong_winners(program: Program, before: Execution | None, events: Sequence[Event]) -> Iterator[str]:
    """Of the branches of a race that had ended before this decision, the one wins that ended first."""
    if before is None:
        return
    for event in events:
        node = program.nodes[NodeId(_node_of(event.path))] if isinstance(event, NodeCompleted) else None
        if not isinstance(event, NodeCompleted) or not isinstance(node, RaceNode):
            continue
        ended = {
            branch_name(frame): came_at(before, frame)
            for frame in before.frames.values()
            if frame.opener == event.path and _has_completed(frame)
        }
        winner = event.output["winner"] if isinstance(event.output, dict) else None
        if winner in ended and ended[winner] > min(ended.values()):
            yield f"{event.path} was won by {winner}, and the branches had ended at {ended}"


def _node_of(path: Path) -> str:
    return path.partition("~")[0].partition("[")[0]


def _has_completed(frame: Frame) -> bool:
    is_over = frame.path is None and frame.node is None and frame.children == 0 and frame.last is not None
    return is_over and frame.ending is None


def deadlines_first(activity: ActivityId, events: Sequence[Event]) -> Iterator[str]:
    """Nothing that an answer says is recorded before the deadlines that had passed."""
    is_told = False
    for event in events:
        if isinstance(event, DeadlinePassed) and is_told:
            yield f"the deadline of {event.path} has passed after an answer that came too late for it"
        is_told = is_told or (isinstance(event, ANSWERS) and event.activity == activity)


def said(call: Invocation, outcome: Outcome, events: Sequence[Event]) -> Iterator[str]:
    """What is recorded of a call is what was answered."""
    expected = EVENT_OF[type(outcome)]
    if isinstance(outcome, Ok) and side_of(call) is Side.LOOK_UP:
        return
    if isinstance(outcome, Ok) and call.callback_until is not None:
        expected = ActivityAccepted
    told = [event for event in events if isinstance(event, ANSWERS) and event.activity == call.activity]
    if [type(event) for event in told].count(expected) != 1:
        yield f"{call.key} was answered with {outcome}, and {told} was recorded"


def untold_children(before: Execution | None, decision: Decision) -> Iterator[str]:
    """A child that is awaited hears of it when its frame is told to stop, or the execution is terminated."""
    if before is None:
        return
    told: dict[ExecutionId, list[type]] = {}
    for effect in decision.effects:
        if isinstance(effect, Notice):
            told.setdefault(effect.execution_id, []).append(type(effect.command))
    for frame in before.frames.values():
        if frame.child is not None:
            words = told.get(frame.child.id, [])
            if not _is_rightly_told(frame, words, decision.execution):
                yield f"the child {frame.path} was told {[word.__name__ for word in words]}"


def _is_rightly_told(frame: Frame, words: list[type], after: Execution) -> bool:
    if after.ended is ExecutionStatus.TERMINATED:
        return words[-1:] == [TerminateExecution]
    now = after.frames.get(frame.id)
    if now is None or now.child is None:
        return len(words) <= 1
    is_stopped = frame.ending is None and now.ending is not None
    return len(words) == is_stopped and all(word in STOPS for word in words)


def told_once(history: Sequence[Event]) -> Iterator[str]:
    """A signal is taken once, by one wait."""
    kept: set[int] = set()
    for seq, event in enumerate(history, 1):
        if isinstance(event, SignalKept):
            kept.add(seq)
        elif isinstance(event, SignalReceived) and event.kept is not None:
            if event.kept not in kept:
                yield f"the signal kept as {event.kept} was taken, and is not there"
            kept.discard(event.kept)
