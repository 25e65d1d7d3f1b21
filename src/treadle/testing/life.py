"""One execution of a world: decided by the real core, stored as bytes, and checked after every decision."""

from collections.abc import Sequence
from random import Random
from typing import Final

from treadle.codec.events import decode_events, encode_events
from treadle.codec.snapshots import decode_snapshot, encode_snapshot
from treadle.core.decide import decide
from treadle.core.evolve import fold
from treadle.core.invariants import violations
from treadle.core.measuring import json_bytes
from treadle.core.outstanding import outstanding, wakes
from treadle.core.status import status_of
from treadle.model.bounds import ExecutionBounds
from treadle.model.commands import Command, PauseExecution, ReportOutcome, RetryExecution
from treadle.model.decision import Decision, Refused
from treadle.model.effects import ChildStart, Invocation, Notice
from treadle.model.events import Event, ExecutionPaused, ExecutionStarted
from treadle.model.execution import Execution, ExecutionStatus
from treadle.model.ids import ActivityId, Instant
from treadle.model.outcomes import Ok
from treadle.model.program import Program
from treadle.testing.checking import (
    deadlines_first,
    late_deadlines,
    late_timers,
    said,
    stopped_short,
    told_once,
    unfed_waits,
    untold_children,
    wrong_winners,
)
from treadle.testing.ledger import Ledger
from treadle.testing.recording import Recording

OTHERS: Final = (Invocation, ChildStart, Notice)
"""What a decision owes besides what its state says."""


class Life:
    """`flights` is what is in flight, `given` the commands that must be refused from now on.

    `inbox` holds the commands that other executions have sent, oldest first.
    """

    def __init__(self, name: str, program: Program, random: Random, bounds: ExecutionBounds) -> None:
        self.name = name
        self.program = program
        self.bounds = bounds
        self.ledger = Ledger()
        self.recording = Recording(self.ledger)
        self.history: list[Event] = []
        self.flights: dict[ActivityId, Invocation] = {}
        self.callbacks: list[Invocation] = []
        self.inbox: list[Command] = []
        self.given: list[Command] = []
        self._random = random
        self._execution: Execution | None = None
        self._snapshot = b""
        self._tail: list[bytes] = []
        self._state_bytes = 0

    @property
    def execution(self) -> Execution:
        """The state; it must have begun."""
        if self._execution is None:
            raise AssertionError("the execution was not begun")
        return self._execution

    @property
    def has_begun(self) -> bool:
        return self._execution is not None

    @property
    def status(self) -> ExecutionStatus:
        return status_of(self.execution)

    @property
    def is_over(self) -> bool:
        return self.execution.ended is not None

    def begin(self, started: ExecutionStarted) -> None:
        """It is a child: its first event was written with the commit of its parent."""
        data = encode_events([started])
        self._execution = fold(None, decode_events(data))
        self.history.append(started)
        self._snapshot = encode_snapshot(self._execution)
        _demand(violations(self._execution))

    def decide(self, command: Command, now: Instant, *, is_held: bool) -> Decision | Refused:
        """Decide and commit, with every check there is.

        Raises:
            AssertionError: something that must hold did not.
        """
        before = self._execution
        answer = self._decided(command, now, is_held=is_held)
        if self._random.random() < 0.05 and self._decided(command, now, is_held=is_held) != answer:
            raise AssertionError("the same decision twice came out differently")
        if isinstance(answer, Decision):
            self._commit(before, command, answer)
            _demand(self._left_behind(before, command, answer, now, is_held=is_held))
        return answer

    def _left_behind(
        self, before: Execution | None, command: Command, decision: Decision, now: Instant, *, is_held: bool
    ) -> list[str]:
        """What should have happened by now. A decision that stopped at its bound brings it up again."""
        if is_held:
            return [] if isinstance(command, PauseExecution) else list(late_deadlines(self.execution, now))
        found = [
            *late_deadlines(self.execution, now),
            *late_timers(before, self.execution, now),
            *unfed_waits(self.program, self.execution, self.bounds),
        ]
        return [] if stopped_short(before, command, decision, self.bounds, now) else found

    def _decided(self, command: Command, now: Instant, *, is_held: bool) -> Decision | Refused:
        return decide(
            self.program,
            self._execution,
            command,
            now,
            is_held=is_held,
            bounds=self.bounds,
            state_bytes=self._state_bytes,
        )

    def _commit(self, before: Execution | None, command: Command, decision: Decision) -> None:
        data = encode_events(decision.events)
        events = decode_events(data)
        after = before if before is not None and not events else fold(before, events)
        found = [] if after == decision.execution else ["the fold of the stored events is another state"]
        version = before.version if before is not None else 0
        if after.version != version + len(events):
            found.append("the version has a gap")
        if before is not None and before.ended is not None and not isinstance(command, RetryExecution):
            found += [f"{type(event).__name__} happened after the end" for event in events]
            found += [f"{type(effect).__name__} is owed after the end" for effect in decision.effects]
        found += wrong_winners(self.program, before, events)
        _demand([*found, *violations(after), *untold_children(before, decision)])
        if isinstance(command, ReportOutcome):
            call = self.flights.pop(command.activity)
            _demand([*said(call, command.outcome, events), *deadlines_first(command.activity, events)])
        self._execution, self._state_bytes = after, decision.state_bytes
        self.history.extend(events)
        self._tail.append(data)
        if not self._snapshot or self._random.random() < 0.2:
            self._snapshot, self._tail = encode_snapshot(after), []
        self.recording.record(events)
        if isinstance(command, ReportOutcome):
            self.recording.close(command)
            self.given.append(command)
        self._send(before, decision)

    def _send(self, before: Execution | None, decision: Decision) -> None:
        """Send what is owed; what is in flight then is what the state says.

        A pause that is in the events is another than that before, which something has ended.
        """
        sent = decision.invocations
        was_paused = before is not None and before.paused is not None
        has_gone_on = any(isinstance(event, ExecutionPaused) for event in decision.events)
        if sent and was_paused and self.execution.paused is not None and not has_gone_on:
            raise AssertionError("something was sent while paused")
        for call in sent:
            self.recording.send(call)
            self.flights[call.activity] = call
            if call.callback_until is not None:
                self.callbacks.append(call)
        rest = tuple(effect for effect in decision.effects if not isinstance(effect, OTHERS))
        if rest != wakes(self.execution):
            raise AssertionError("what is owed is not what the state asks for")
        owed = self.owed()
        for activity in [one for one in self.flights if one not in owed]:
            self._drop(activity)
        if self.flights != owed:
            raise AssertionError("what is in flight is not what is owed")

    def _drop(self, activity: ActivityId) -> None:
        """Nobody wants the answer of that call any more: its own callback came, or it was terminated."""
        call = self.flights.pop(activity)
        is_over = self.execution.ended is ExecutionStatus.TERMINATED
        if not (is_over or activity in self.recording.called_back):
            raise AssertionError(f"the call {call.key} was forgotten")
        self.given.append(ReportOutcome(frame=call.frame, activity=activity, outcome=Ok()))

    def owed(self) -> dict[ActivityId, Invocation]:
        """The attempts that the state says are in flight."""
        effects = outstanding(self.execution)
        return {effect.activity: effect for effect in effects if isinstance(effect, Invocation)}

    def restore(self) -> list[Invocation]:
        """The process is gone: go on from what was stored. What was in flight is the answer.

        Raises:
            AssertionError: what was stored is another state, or asks for other calls.
        """
        tail = [event for data in self._tail for event in decode_events(data)]
        restored = fold(decode_snapshot(self._snapshot), tail) if tail else decode_snapshot(self._snapshot)
        if restored != self.execution:
            raise AssertionError("what was stored is another state")
        self._execution, self._state_bytes = restored, json_bytes(restored)
        if self.owed() != self.flights:
            raise AssertionError("recovery finds other calls")
        return list(self.flights.values())

    def bytes_of_state(self) -> bytes:
        """The state as it is stored."""
        return encode_snapshot(self.execution)

    def judge_signals(self) -> None:
        """Raises AssertionError if a signal was taken twice."""
        _demand(list(told_once(self.history)))


def _demand(found: Sequence[str]) -> None:
    if found:
        raise AssertionError("; ".join(found))
