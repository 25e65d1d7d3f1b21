"""What a commit tells the ledger: how attempts ended, who settled what, which children began and ended."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from treadle.model.commands import ReportOutcome
from treadle.model.effects import Invocation
from treadle.model.events import (
    ActivityAccepted,
    ActivityCompleted,
    ActivityFailed,
    ActivityUnknown,
    CallTrailed,
    ChildEnded,
    ChildStarted,
    CompensationAccepted,
    CompensationSkipped,
    Event,
    ExecutionRetried,
    OutcomeResolved,
)
from treadle.model.execution import AttemptOutcome, ExecutionStatus
from treadle.model.ids import ActivityId
from treadle.testing.ledger import Ledger, Side, side_of

ENGINE: Final = "engine"


class Recording:
    """Writes one execution's ledger. `calls` are all that were sent, `known` those whose end is known.

    `failed` are those that ended with a failure: they have no callback any more; `called_back` those that
    their own callback has ended; `trailing` those that are out although their visit is over.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.calls: dict[ActivityId, Invocation] = {}
        self.known: set[ActivityId] = set()
        self.failed: set[ActivityId] = set()
        self.called_back: set[ActivityId] = set()
        self.trailing: set[ActivityId] = set()

    def send(self, call: Invocation) -> None:
        """The attempt left."""
        self.calls[call.activity] = call
        self.ledger.send(call)

    def record(self, events: Sequence[Event]) -> None:
        """These events were committed."""
        for event in events:
            told = TOLD.get(type(event))
            if told is not None:
                told(self, event)

    def close(self, report: ReportOutcome) -> None:
        """An answer was taken. A definition that was found for a child that is not wanted leaves no event."""
        call = self.calls[report.activity]
        if side_of(call) is Side.LOOK_UP and report.activity not in self.known:
            self.end(report.activity, AttemptOutcome.OK)

    def end(self, activity: ActivityId, outcome: AttemptOutcome) -> None:
        """The attempt ended so, or had ended so as is known now."""
        call = self.calls[activity]
        if activity in self.trailing:
            self.trailing.remove(activity)
            self.ledger.close(call, outcome)
            return
        if outcome is AttemptOutcome.FAILED:
            self.failed.add(activity)
        if activity in self.known:
            self.ledger.correct(call, outcome)
            if outcome is AttemptOutcome.OK:
                self.known.update(one for one, other in self.calls.items() if other.key == call.key)
        else:
            self.known.add(activity)
            self.ledger.learn(call, outcome)


def _trailed(recording: Recording, event: CallTrailed) -> None:
    recording.trailing.add(event.activity)
    recording.ledger.trail(recording.calls[event.activity])


def _completed(recording: Recording, event: ActivityCompleted) -> None:
    if event.is_callback:
        recording.called_back.add(event.activity)
    recording.end(event.activity, AttemptOutcome.OK)


def _failed(recording: Recording, event: ActivityFailed) -> None:
    if event.is_callback:
        recording.called_back.add(event.activity)
    recording.end(event.activity, AttemptOutcome.FAILED)


def _unknown(recording: Recording, event: ActivityUnknown) -> None:
    recording.end(event.activity, AttemptOutcome.LOST if event.is_lost else AttemptOutcome.UNKNOWN)


def _accepted(recording: Recording, event: ActivityAccepted) -> None:
    if event.activity in recording.trailing:
        recording.end(event.activity, AttemptOutcome.OK)
    else:
        recording.ledger.accept(recording.calls[event.activity])


def _resolved(recording: Recording, event: OutcomeResolved) -> None:
    outcome = AttemptOutcome.OK if event.outcome == "done" else AttemptOutcome.FAILED
    recording.ledger.resolve(event.path, outcome)


def _settled(recording: Recording, event: CompensationSkipped | CompensationAccepted) -> None:
    if event.actor != ENGINE:
        recording.ledger.settle(event.path, is_undone=isinstance(event, CompensationAccepted))


def _child_started(recording: Recording, event: ChildStarted) -> None:
    recording.end(event.activity, AttemptOutcome.OK)
    if not event.is_detached:
        recording.ledger.begin_child(event.path)


def _child_ended(recording: Recording, event: ChildEnded) -> None:
    is_ok = event.status is ExecutionStatus.COMPLETED
    recording.ledger.join_child(event.path, AttemptOutcome.OK if is_ok else AttemptOutcome.FAILED)


def _retried(recording: Recording, _event: ExecutionRetried) -> None:
    recording.ledger.begin_run()


TOLD: Final[dict[type, Callable[[Recording, Any], None]]] = {
    ActivityCompleted: _completed,
    ActivityFailed: _failed,
    ActivityUnknown: _unknown,
    ActivityAccepted: _accepted,
    CallTrailed: _trailed,
    OutcomeResolved: _resolved,
    CompensationSkipped: _settled,
    CompensationAccepted: _settled,
    ChildStarted: _child_started,
    ChildEnded: _child_ended,
    ExecutionRetried: _retried,
}
